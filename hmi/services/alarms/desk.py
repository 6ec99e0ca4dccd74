"""What people ask of alarms, ours and those that servers own: one desk, so that a list need not know whose they are."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from hmi.config.alarm_settings import AlarmSettings
from hmi.domain.alarms import AlarmEvent
from hmi.domain.language import tr
from hmi.domain.roles import Permission, User
from hmi.services import port
from hmi.services.alarms.engine import AlarmEngine
from hmi.services.alarms.journal_desk import JournalDesk
from hmi.services.alarms.mirrored import Mirrored
from hmi.services.jobs import Jobs
from hmi.services.port.alarms import MOST_COMMENT
from hmi.storage.errors import StorageError

Handlers = Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]

NOT_THERE: Final = "A server's own alarm cannot be taken out of service from here; do it at the server."


@dataclass(frozen=True, slots=True)
class KeptRules:
    """Where the rules that hold for all alarms are kept; both raise StorageError."""

    load: Callable[[], Awaitable[AlarmSettings]]
    save: Callable[[AlarmSettings], Awaitable[None]]


class AlarmDesk:
    """Answers requests on the I/O thread."""

    def __init__(
        self,
        engine: AlarmEngine,
        mirrored: Mirrored,
        journal: JournalDesk,
        jobs: Jobs,
        user: Callable[[], User],
        rules: KeptRules,
    ) -> None:
        self._engine = engine
        self._mirrored = mirrored
        self._journal = journal
        self._jobs = jobs
        self._user = user
        self._rules = rules
        self._settings = AlarmSettings()

    async def start(self) -> str:
        """Take up the rules; return what is wrong with them, empty for nothing."""
        try:
            self._settings = await self._rules.load()
        except StorageError as error:
            return str(error)
        self._engine.need_comments(self._settings.comment_for)
        return ""

    async def take_settings(self, settings: AlarmSettings) -> None:
        """Work with settings that are kept already."""
        self._settings = settings
        self._engine.need_comments(settings.comment_for)

    def handlers(self) -> Handlers:
        """Return what answers each request."""
        return {
            port.Acknowledge: self._acknowledge,
            port.ResetAlarms: self._reset,
            port.ShelveAlarms: self._shelve,
            port.UnshelveAlarms: self._unshelve,
            port.PutOutOfService: self._put_out_of_service,
            port.ReturnToService: self._return_to_service,
            port.ReadAlarmJournal: self._journal.read,
            port.ExportAlarmJournal: self._export,
            port.ReadAlarmSettings: self._read_settings,
            port.SaveAlarmSettings: self._save_settings,
            port.ReadAlarmFigures: self._journal.figures,
            port.ExportAlarmFigures: self._journal.export_figures,
        }

    async def _acknowledge(self, request: port.Acknowledge) -> int:
        user = self._require(Permission.ACKNOWLEDGE, [each.alarm_id for each in request.occurrences])
        comment = _checked(request.comment)
        owned, own = self._parted(request.occurrences, lambda each: each.alarm_id)
        if not comment and any(self._needs_comment(each) for each in owned):
            raise port.RefusedError(tr("This alarm needs a comment; write what was found."))
        done = await self._at_servers(owned, port.ConditionAction.ACKNOWLEDGE, comment) if owned else 0
        return done + (await self._engine.acknowledge(own, user, comment) if own or not owned else 0)

    async def _reset(self, request: port.ResetAlarms) -> int:
        user = self._require(Permission.ACKNOWLEDGE, request.alarms)
        comment = _checked(request.comment)
        owned, own = self._parted(request.alarms, lambda each: each)
        done = await self._at_servers(owned, port.ConditionAction.CONFIRM, comment) if owned else 0
        return done + (await self._act(AlarmEvent.RESET, own, user, comment) if own or not owned else 0)

    async def _shelve(self, request: port.ShelveAlarms) -> int:
        user = self._require(Permission.SHELVE, request.alarms)
        reason = _checked(request.reason)
        if not reason:
            raise port.RefusedError(tr("Write why the alarm is shelved."))
        owned, own = self._parted(request.alarms, lambda each: each)
        most_s = user.role.shelve_most_s
        if not 0 < request.seconds < math.inf:
            raise port.RefusedError(tr("An alarm is shelved for a time; choose how long."))
        if request.seconds > most_s:
            words = tr("You may shelve an alarm for {minutes:g} minutes at most.")
            raise port.RefusedError(words.format(minutes=most_s / 60))
        seconds = 0.0 if request.is_one_shot else request.seconds
        done = await self._at_servers(owned, port.ConditionAction.SHELVE, reason, seconds) if owned else 0
        kind = AlarmEvent.ONE_SHOT if request.is_one_shot else AlarmEvent.SHELVE
        return done + (await self._act(kind, own, user, reason, request.seconds) if own or not owned else 0)

    async def _unshelve(self, request: port.UnshelveAlarms) -> int:
        user = self._require(Permission.SHELVE, request.alarms)
        comment = _checked(request.comment)
        owned, own = self._parted(request.alarms, lambda each: each)
        done = await self._at_servers(owned, port.ConditionAction.UNSHELVE, comment) if owned else 0
        return done + (await self._act(AlarmEvent.UNSHELVE, own, user, comment) if own or not owned else 0)

    async def _put_out_of_service(self, request: port.PutOutOfService) -> int:
        user = self._require(Permission.OUT_OF_SERVICE, request.alarms)
        note = _checked(request.note)
        if not note:
            raise port.RefusedError(tr("Write why the alarm is taken out of service."))
        if any(self._mirrored.owns(each) for each in request.alarms):
            raise port.RefusedError(tr(NOT_THERE))
        return await self._act(AlarmEvent.REMOVE, request.alarms, user, note)

    async def _return_to_service(self, request: port.ReturnToService) -> int:
        user = self._require(Permission.OUT_OF_SERVICE, request.alarms)
        return await self._act(AlarmEvent.RETURN, request.alarms, user, _checked(request.comment))

    async def _read_settings(self, _request: port.ReadAlarmSettings) -> AlarmSettings:
        return self._settings

    async def _save_settings(self, request: port.SaveAlarmSettings) -> None:
        self._require(Permission.EDIT_ALARMS)
        await self._rules.save(request.settings)
        await self.take_settings(request.settings)

    async def _export(self, request: port.ExportAlarmJournal) -> UUID:
        label = tr("Alarm journal to {name}").format(name=request.path.name)
        return self._jobs.start(label, tr("rows"), lambda progress: self._journal.export(request, progress))

    async def _act(
        self, kind: AlarmEvent, alarms: Sequence[UUID], user: User, comment: str, seconds: float = 0.0
    ) -> int:
        return await self._engine.act(kind, alarms, user, comment, seconds)

    async def _at_servers(
        self, alarms: Iterable[UUID], action: port.ConditionAction, comment: str, seconds: float = 0.0
    ) -> int:
        """Do something to servers' alarms one after another; return how many it was done to. Raises for none."""
        done, reasons = 0, []
        for alarm_id in alarms:
            try:
                await self._mirrored.act_on(alarm_id, action, comment, seconds)
            except port.RefusedError as error:
                reasons.append(str(error))
            else:
                done += 1
        if not done:
            raise port.RefusedError(reasons[0])
        return done

    def _needs_comment(self, alarm_id: UUID) -> bool:
        row = self._mirrored.row(alarm_id)
        return row is not None and row.priority in self._settings.comment_for

    def _parted(self, given: Sequence[Any], id_of: Callable[[Any], UUID]) -> tuple[list[UUID], list[Any]]:
        """Part what servers own from what is ours."""
        owned = [id_of(each) for each in given if self._mirrored.owns(id_of(each))]
        return owned, [each for each in given if not self._mirrored.owns(id_of(each))]

    def _require(self, permission: Permission, alarms: Iterable[UUID] | None = None) -> User:
        """Return who acts. Raises RefusedError without the permission, at the station of one of the alarms too.

        None: about all alarms.
        """
        user = self._user()
        if not (user.may_everywhere(permission) if alarms is None else user.may(permission)):
            raise port.RefusedError(tr("{name} may not do this.").format(name=user.name))
        if user.stations is not None and not all(user.may(permission, self._station_of(each)) for each in alarms or ()):
            words = tr("{name} may not do this at all of these stations. Choose alarms of your own stations.")
            raise port.RefusedError(words.format(name=user.name))
        return user

    def _station_of(self, alarm_id: UUID) -> UUID | None:
        theirs = self._mirrored.row(alarm_id)
        return theirs.station_id if theirs is not None else self._engine.station_of(alarm_id)


def _checked(comment: str) -> str:
    text = comment.encode("utf-8", "replace").decode().strip()  # half a character would stop the journal
    if len(text) > MOST_COMMENT:
        raise port.RefusedError(tr("The text is too long: {most} characters are the most.").format(most=MOST_COMMENT))
    return text
