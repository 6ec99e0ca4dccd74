"""Facts of the setup of notifications: what is configured, what is being edited, and what became of messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from hmi.config.faults import build
from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel
from hmi.config.notification_settings import Group, NotificationSettings, Recipient, Rule
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.notifications.drafts import ChannelDraft, GroupDraft, PersonDraft
from hmi.panes.notifications.messages import Messages
from hmi.panes.notifications.rule_draft import RuleDraft, draft_of
from hmi.panes.notifications.sound_draft import SoundDraft
from hmi.panes.notifications.trials import Trials
from hmi.panes.notifications.words import KINDS, AnyChannel, channel_text, tells_text, where_text, which_text
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    Frame,
    NotificationState,
    Port,
    ReadNotifications,
    ReadSoundSettings,
    RefusedError,
    SaveNotifications,
    SaveSoundSettings,
    SetChannelSecret,
)
from hmi.ui.pane_facts import Listen
from hmi.ui.secret_words import kept_text

AnyDraft = ChannelDraft | PersonDraft | GroupDraft | RuleDraft


class Part(StrEnum):
    """The kinds of things that are configured; each is a field of the settings."""

    CHANNELS = "channels"
    RECIPIENTS = "recipients"
    GROUPS = "groups"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in words. is_bad: something is wrong with it."""

    id: UUID
    part: Part
    cells: tuple[str, ...]
    is_bad: bool = False


class NotificationsPresenter:
    """Every change is saved as a whole, at once; what is being typed is a draft of its own."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self._tell: Callable[[], None] = lambda: None
        self.state: NotificationState | None = None
        self.draft: AnyDraft | None = None
        self.sound = SoundDraft()
        self.message = ""
        self.said = ""
        self.messages = Messages(port, self._tell_again)
        self.trials = Trials(port, self._tell_again)

    def listen(self, listen: Listen, changed: Callable[[], None], outgoing: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ, `outgoing` when messages may; return what removes both."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.USER | Change.CATALOGUE | Change.SOUND | Change.OUTGOING):
                changed()
            if change & Change.OUTGOING:
                outgoing()

        return listen(on_change)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def settings(self) -> NotificationSettings:
        return self.state.settings if self.state is not None else NotificationSettings()

    @property
    def may_edit(self) -> bool:
        return self.state is not None and self._mirror.user.may_everywhere(Permission.EDIT_NOTIFICATIONS)

    @property
    def why_not(self) -> str:
        if self._mirror.user.may_everywhere(Permission.EDIT_NOTIFICATIONS):
            return ""
        return tr("{user} may look, try out the sound and send messages again only.").format(
            user=self._mirror.user.name
        )

    @property
    def fault(self) -> str:
        """What is wrong with what was asked, or with the messages."""
        return self.message or self.messages.message or self._mirror.outgoing.fault

    @property
    def where_kept(self) -> str:
        """Where a password that is typed now will be."""
        return kept_text(self._mirror.secrets)

    @property
    def sound_fault(self) -> str:
        return self._mirror.sound.fault

    @property
    def counts(self) -> str:
        """How many messages are on their way, in words."""
        now = self._mirror.outgoing
        if not (now.waiting or now.held or now.dead):
            return tr("All messages are delivered.")
        words = tr("Waiting: {waiting} · held for quiet hours: {held} · given up: {dead}")
        return words.format(waiting=now.waiting, held=now.held, dead=now.dead)

    def rule_rows(self) -> tuple[Row, ...]:
        """Return the rules: name, which alarms, whom they tell, in use."""
        found, catalogue = self.settings, self._mirror.catalogue
        return tuple(
            Row(
                rule.id,
                Part.RULES,
                (
                    rule.name,
                    which_text(rule, catalogue),
                    tells_text(rule, found),
                    tr("In use") if rule.is_on else tr("Off"),
                ),
            )
            for rule in found.rules
        )

    def channel_rows(self) -> tuple[Row, ...]:
        """Return the channels: name, kind, where to, how it works; of one that was just tested, how that went."""
        states = {each.channel: each for each in self.state.channels} if self.state is not None else {}
        rows = []
        for channel in self.settings.channels:
            state, test = states.get(channel.id), self.trials.channels.get(channel.id)
            how = test.words if test is not None else channel_text(channel, state)
            is_bad = test.is_bad if test is not None else bool(state is not None and state.fault)
            cells = (channel.name, KINDS[channel.kind], where_text(channel), how)
            rows.append(Row(channel.id, Part.CHANNELS, cells, is_bad))
        return tuple(rows)

    def people_rows(self) -> tuple[Row, ...]:
        """Return groups and recipients: name, mail address, user or members."""
        found = self.settings
        names = {each.id: each.name for each in found.recipients}
        groups = [
            Row(each.id, Part.GROUPS, (each.name, tr("Group"), ", ".join(names[one] for one in each.members)))
            for each in found.groups
        ]
        people = [
            Row(each.id, Part.RECIPIENTS, (each.name, each.email or "–", each.user or "–")) for each in found.recipients
        ]
        return (*groups, *people)

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def refresh(self) -> None:
        """Ask for everything."""
        try:
            state, sound = await asyncio.gather(
                self._port.request(ReadNotifications()), self._port.request(ReadSoundSettings())
            )
        except RefusedError as error:
            self.message = str(error)
        else:
            self.state, self.message = state, ""
            self.sound.take(sound)
        await self.messages.refresh()

    # ── editing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def add_channel(self, kind: str) -> None:
        """Begin with a new channel."""
        self._begin(ChannelDraft(kind))

    def add(self, part: Part) -> None:
        """Begin with a new rule, person or group."""
        made: dict[Part, Callable[[], AnyDraft]] = {
            Part.RULES: lambda: draft_of(None, self.settings),
            Part.RECIPIENTS: PersonDraft,
            Part.GROUPS: GroupDraft,
        }
        self._begin(made[part]())

    def edit(self, part: Part, thing_id: UUID) -> None:
        """Begin with something that is there."""
        match next((each for each in self._things(part) if each.id == thing_id), None):
            case EmailChannel() | WebhookChannel() | DesktopChannel() as channel:
                self._begin(ChannelDraft(channel.kind, channel))
            case Recipient() as person:
                self._begin(PersonDraft(person))
            case Group() as group:
                self._begin(GroupDraft(group))
            case Rule() as rule:
                self._begin(draft_of(rule, self.settings))

    def leave(self) -> None:
        """Go back to the overview; what was typed is gone."""
        self.draft = None
        self._tell()

    async def test(self, channel_id: UUID) -> None:
        """Send a test over a channel as it is saved."""
        channel = self.settings.channel(channel_id)
        if channel is not None:
            await self.trials.test(channel, None)

    async def test_draft(self) -> None:
        """Send a test over the channel that is being typed."""
        draft = self.draft
        if not isinstance(draft, ChannelDraft):
            return
        built = draft.build()
        if isinstance(built, EmailChannel | WebhookChannel | DesktopChannel):
            await self.trials.test(built, draft.secret)
        self._tell()

    def changed(self) -> None:
        """Show the draft again."""
        self._tell()

    async def save(self) -> None:
        """Save the draft, and go back when it could be."""
        draft = self.draft
        if draft is None:
            return
        built = draft.build(self.settings) if isinstance(draft, RuleDraft) else draft.build()
        if built is None:
            self._tell()
            return
        part = _part_of(draft)
        things = [each for each in self._things(part) if each.id != draft.id]
        place = next((number for number, each in enumerate(self._things(part)) if each.id == draft.id), len(things))
        things.insert(place, built)  # type: ignore[arg-type]  # built from the draft of just this part
        if not await self._save({part: tuple(things)}, draft):
            return
        if isinstance(draft, ChannelDraft):
            self.trials.channels.pop(draft.id, None)
            if draft.secret is not None:
                await self._keep_secret(draft.id, draft.secret)
        self.draft = None
        await self.refresh()

    def delete_question(self, part: Part, thing_id: UUID) -> str:
        """Return what to ask before something is deleted."""
        name = next((each.name for each in self._things(part) if each.id == thing_id), "")
        if part is Part.RULES:
            return tr("Nobody is told by the rule {name} any more.").format(name=name)
        if part is Part.CHANNELS:
            return tr("Messages that wait for {name} are given up, and its password is forgotten.").format(name=name)
        return tr("{name} is told nothing any more.").format(name=name)

    async def delete(self, part: Part, thing_id: UUID) -> None:
        """Delete something; refused while a rule needs it."""
        things = tuple(each for each in self._things(part) if each.id != thing_id)
        if await self._save({part: things}):
            await self.refresh()

    async def _save(self, changes: dict[Part, tuple[object, ...]], draft: AnyDraft | None = None) -> bool:
        """Save the settings with a change; return whether they were, and say why not at the draft or here."""
        values: dict[str, object] = {name: getattr(self.settings, name) for name in NotificationSettings.model_fields}
        settings, faults = build(NotificationSettings, values | {str(part): each for part, each in changes.items()})
        reason = " ".join(faults.values())
        if settings is not None:
            try:
                await self._port.request(SaveNotifications(settings))
            except RefusedError as error:
                reason = str(error)
        if reason and draft is not None:
            draft.faults = {"": reason}
        else:
            self.message = reason
        if not reason:
            self.said = tr("Saved.")
        self._tell()
        return not reason

    async def _keep_secret(self, channel: UUID, secret: str) -> None:
        try:
            self.said = await self._port.request(SetChannelSecret(channel, secret))
        except RefusedError as error:
            self.message = str(error)

    def _tell_again(self) -> None:
        self._tell()

    def _begin(self, draft: AnyDraft) -> None:
        self.draft, self.said, self.message = draft, "", ""
        self._tell()

    def _things(self, part: Part) -> tuple[AnyChannel | Recipient | Group | Rule, ...]:
        found: tuple[AnyChannel | Recipient | Group | Rule, ...] = getattr(self.settings, part)
        return found

    # ── the sound ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def save_sound(self) -> None:
        """Keep the sound's settings that were typed."""
        settings, _ = self.sound.check()
        if settings is None:
            return
        try:
            await self._port.request(SaveSoundSettings(settings))
            self.sound.take(settings)
            self.message, self.said = "", tr("Saved.")
        except RefusedError as error:
            self.message = str(error)
        self._tell()


def _part_of(draft: AnyDraft) -> Part:
    match draft:
        case ChannelDraft():
            return Part.CHANNELS
        case PersonDraft():
            return Part.RECIPIENTS
        case GroupDraft():
            return Part.GROUPS
        case _:
            return Part.RULES
