"""Facts of the alarm pane: its lists, who may do what, and doing it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from hmi.domain.alarms import LISTED_STATES, UNACKNOWLEDGED_STATES, AlarmState, Occurrence
from hmi.domain.alarms.wording import alarm_source, alarm_text
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.alarms.floods import summary
from hmi.panes.alarms.guidance import Guidance, guidance_of
from hmi.panes.alarms.listing import AlarmListing, ListKind
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    Acknowledge,
    AddNote,
    AlarmRow,
    Frame,
    Port,
    PutOutOfService,
    ResetAlarms,
    ReturnToService,
    ShelveAlarms,
    UnshelveAlarms,
)
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.pane_facts import Listen, all_of

SHELVE_CHOICES_S: Final = (300.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 43_200.0, 86_400.0)
FLOOD_S: Final = 1.0


class AlarmsPresenter:
    """The three lists share what can be done to an alarm; which of it makes sense is asked here."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self.mirror = mirror
        self._port = port
        self._navigator = navigator
        self.lists = {kind: AlarmListing(mirror, kind) for kind in ListKind}
        self._summed_s, self._flood = -FLOOD_S, ""

    def listen(self, listen: Listen, changed: Callable[[], None], wanted: Callable[[UUID], None]) -> Callable[[], None]:
        """Call `changed` when a row may differ, `wanted` with an alarm to be looked at; return what removes both."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.ALARMS | Change.CATALOGUE | Change.USER | Change.SOUND):
                changed()

        return all_of(listen(on_change), self._navigator.on_alarm(wanted))

    def rows(self, kind: ListKind = ListKind.ACTIVE) -> Sequence[AlarmRow]:
        """Return a list's rows in the order to show."""
        return self.lists[kind].rows()

    def list_of(self, alarm_id: UUID) -> ListKind | None:
        """Return the list that an alarm stands in; None for one that is normal."""
        row = self.mirror.board.find(alarm_id)
        if row is None:
            return None
        if row.state is AlarmState.SHLVD:
            return ListKind.SHELVED
        return ListKind.ACTIVE if row.state in LISTED_STATES else ListKind.SUPPRESSED

    # ── what is known ─────────────────────────────────────────────────────────────────────────────────────────────

    def headline(self, kind: ListKind) -> str:
        """Return a list in one line."""
        listing, rows = self.lists[kind], self.rows(kind)
        if not listing.total:
            return {
                ListKind.ACTIVE: tr("No alarms stand"),
                ListKind.SHELVED: tr("Nothing is shelved"),
                ListKind.SUPPRESSED: tr("Nothing is suppressed or out of service"),
            }[kind]
        words = tr("{count} alarms").format(count=listing.total)
        if kind is ListKind.ACTIVE:
            fresh = sum(fresh for fresh, _ in self.mirror.board.counts.values())
            words = tr("{count} standing, {fresh} unacknowledged").format(count=listing.total, fresh=fresh)
        shown = len(rows)
        return words if shown == listing.total else words + tr(", {shown} shown").format(shown=shown)

    def flood(self) -> str:
        """Return a flood in one line, added up once a second; empty while there is none."""
        overview, now_s = self.mirror.overview, time.monotonic()
        if not overview.flood_since_us:
            return ""
        if now_s - self._summed_s >= FLOOD_S:
            self._summed_s, self._flood = now_s, summary(overview.recent, self.mirror.alarms)
        return self._flood

    def faults(self) -> Sequence[str]:
        """Return what is wrong with suppression logic, an alarm a line."""
        known = self.mirror.catalogue.every_alarm_by_id
        return [
            tr("The suppression logic of {alarm} does not work: {reason}").format(
                alarm=self._name(alarm_id), reason=sentence
            )
            for alarm_id, sentence in self.mirror.overview.faults
            if alarm_id in known
        ]

    def guidance(self, row: AlarmRow) -> Guidance:
        """Return what an operator is told of an alarm."""
        return guidance_of(self.mirror, row, time.time_ns() // 1000)

    def shelve_choices(self, rows: Sequence[AlarmRow]) -> Sequence[float]:
        """Return for how many seconds these alarms may be shelved by this person."""
        most = min(
            [self.mirror.user.role.shelve_most_s]
            + [row.definition.shelve_most_s if row.definition.may_shelve else 0.0 for row in rows]
        )
        return [seconds for seconds in SHELVE_CHOICES_S if seconds <= most]

    # ── who may ───────────────────────────────────────────────────────────────────────────────────────────────────

    def can_acknowledge(self, rows: Sequence[AlarmRow]) -> bool:
        """Whether there is something among them that this person may acknowledge."""
        may = self._may(Permission.ACKNOWLEDGE, rows)
        return may and any(row.state in UNACKNOWLEDGED_STATES for row in rows)

    def can_reset(self, rows: Sequence[AlarmRow]) -> bool:
        may = self._may(Permission.ACKNOWLEDGE, rows)
        return may and any(row.state is AlarmState.LACKED for row in rows)

    def can_shelve(self, rows: Sequence[AlarmRow]) -> bool:
        may = self._may(Permission.SHELVE, rows)
        return may and bool(self.shelve_choices(rows)) and any(row.state in LISTED_STATES for row in rows)

    def can_unshelve(self, rows: Sequence[AlarmRow]) -> bool:
        may = self._may(Permission.SHELVE, rows)
        return may and any(row.state is AlarmState.SHLVD for row in rows)

    def can_remove(self, rows: Sequence[AlarmRow]) -> bool:
        may = self._may(Permission.OUT_OF_SERVICE, rows)
        return may and any(row.state is not AlarmState.OOSRV and row.owner is None for row in rows)

    def can_return(self, rows: Sequence[AlarmRow]) -> bool:
        may = self._may(Permission.OUT_OF_SERVICE, rows)
        return may and any(row.state is AlarmState.OOSRV and row.owner is None for row in rows)

    def can_note(self, rows: Sequence[AlarmRow]) -> bool:
        return self.mirror.user.works_here and len(rows) == 1

    def _may(self, permission: Permission, rows: Sequence[AlarmRow]) -> bool:
        """Whether this person may do something to all of these, at each one's station."""
        return all(self.mirror.user.may(permission, row.station_id) for row in rows)

    # ── doing it; each raises RefusedError ────────────────────────────────────────────────────────────────────────

    async def acknowledge(self, occurrences: Sequence[Occurrence], comment: str = "") -> str:
        """Acknowledge what was on screen; return how it went."""
        count = await self._port.request(Acknowledge(tuple(occurrences), comment))
        return _went(count, len(occurrences), tr("{count} acknowledged"))

    async def reset(self, alarms: Sequence[UUID], comment: str = "") -> str:
        """Reset latched alarms."""
        return _went(await self._port.request(ResetAlarms(tuple(alarms), comment)), len(alarms), tr("{count} reset"))

    async def shelve(self, alarms: Sequence[UUID], seconds: float, reason: str, is_one_shot: bool) -> str:
        """Shelve alarms."""
        request = ShelveAlarms(tuple(alarms), seconds, reason, is_one_shot)
        return _went(await self._port.request(request), len(alarms), tr("{count} shelved"))

    async def unshelve(self, alarms: Sequence[UUID], comment: str = "") -> str:
        """Bring shelved alarms back."""
        count = await self._port.request(UnshelveAlarms(tuple(alarms), comment))
        return _went(count, len(alarms), tr("{count} back on the list"))

    async def remove(self, alarms: Sequence[UUID], note: str) -> str:
        """Take alarms out of service."""
        count = await self._port.request(PutOutOfService(tuple(alarms), note))
        return _went(count, len(alarms), tr("{count} out of service"))

    async def return_to_service(self, alarms: Sequence[UUID], comment: str = "") -> str:
        """Return alarms to service."""
        count = await self._port.request(ReturnToService(tuple(alarms), comment))
        return _went(count, len(alarms), tr("{count} back in service"))

    async def add_note(self, row: AlarmRow, text: str) -> str:
        """Write a note to an alarm's station and tag, at the moment it came, or was hidden where it never came."""
        at_us = row.occurrence.activated_us or row.hidden_us or time.time_ns() // 1000
        await self._port.request(AddNote(at_us, row.station_id, text, row.tag))
        return tr("The note is in the shift log.")

    # ── going elsewhere ───────────────────────────────────────────────────────────────────────────────────────────

    def open_trend(self, row: AlarmRow) -> None:
        """Show the trend of the alarm's tag with the moment of the alarm in view."""
        if row.tag >= 0:
            self._navigator.open_trend(row.tag, row.station_id, row.occurrence.activated_us)

    def open_map(self, row: AlarmRow) -> None:
        """Show the alarm's station on the map."""
        if row.station_id is not None:
            self._navigator.open_station(row.station_id, Workspace.MAP)

    def select_station(self, station_id: UUID | None) -> None:
        """Select the alarm's station everywhere, its faceplate too."""
        if station_id is not None:
            self._navigator.select_station(station_id)

    def _name(self, alarm_id: UUID) -> str:
        row = self.mirror.board.find(alarm_id)
        if row is not None:
            return f"{row.source}: {row.text}"
        alarm, catalogue = self.mirror.catalogue.every_alarm_by_id[alarm_id], self.mirror.catalogue
        return f"{alarm_source(alarm, catalogue)}: {alarm_text(alarm, catalogue)}"


def _went(count: int, wanted: int, words: str) -> str:
    """Return how many it was done to, and how many not."""
    done = words.format(count=count)
    return done if count == wanted else done + tr(", {count} not: they have changed since").format(count=wanted - count)
