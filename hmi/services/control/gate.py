"""The one gate for writes: every command to the plant passes here, in two steps, and nowhere else.

    select   the steps (see `steps`)                                   ⇒ a token for this value and this person, 30 s
    operate  the token → the person again, a second one, or a reason (by level) → the steps, as the world is now
             → the intent on the disk → the write → the server's answer → readback in time → the outcome on the disk

The token is void as soon as what it was given for has changed: quality, role, link, authority, the value itself.
Nothing is queued, nothing is retried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from drivers.api import Batch, LinkState, Quality
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind, SafetyLevel
from hmi.domain.language import tr
from hmi.domain.roles import Permission, User
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.domain.setpoints import SetpointError, setpoint_of
from hmi.domain.tags import Tag
from hmi.services.audit.trail import AuditTrail
from hmi.services.control import voiding
from hmi.services.control.recording import LeftBehind, Order, Recording
from hmi.services.control.running import Running, RunningCommands
from hmi.services.control.selections import Selected, Selections
from hmi.services.control.steps import (
    STEPS,
    STEPS_IN_SEQUENCE,
    Ask,
    Step,
    StepRefusedError,
    checks,
    decimals_of,
    require_all,
)
from hmi.services.control.world import World
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import CommandStatus, LinkStatus, RefusedError, Selection
from hmi.storage.journal.journal import Journal

SELECT_S: Final = 30.0
SECOND_S: Final = 60.0
REASON_LEAST: Final = 5
REASON_MOST: Final = 200
GOING_ON: Final = tuple(step for step in STEPS if step.name in ("session", "role", "link", "authority", "lock-out"))
"""What is asked again on the way of a ramp, with the interlocks."""
INTERLOCKS: Final = tuple(step for step in STEPS if step.name in ("quality", "interlocks"))
CLOCK_SET_US: Final = 86_400_000_000
"""How far a clock that was set back may have an outcome come before its command."""
UP: Final = (LinkState.UP, LinkState.DEGRADED)


class ControlGate:
    """Takes commands to the plant. All on the I/O thread."""

    def __init__(self, world: World, recording: Recording) -> None:
        self.world = world
        self.recording = recording
        self._listeners: list[Callable[[CommandStatus], None]] = []
        self._void_listeners: list[Callable[[UUID, str], None]] = []
        self._alone_listeners: list[Callable[[str], None]] = []
        self._selections = Selections(self._voided)
        self._commands = RunningCommands(world, recording, self._tell)
        world.is_pending = self._commands.is_pending
        world.authority.on_change(self._authority_changed)

    def on_status(self, listener: Callable[[CommandStatus], None]) -> None:
        """Call the listener at every state of every command."""
        self._listeners.append(listener)

    def on_void(self, listener: Callable[[UUID, str], None]) -> None:
        """Call the listener with each selection that holds no more, and why."""
        self._void_listeners.append(listener)

    def on_alone(self, listener: Callable[[str], None]) -> None:
        """Call the listener with each critical command that is given without a second person, in words."""
        self._alone_listeners.append(listener)

    async def start(self, catalogue: Catalogue, journal: Journal, thread: DatabaseThread, trail: AuditTrail) -> None:
        """Mark the commands whose outcome was lost with the last run. Raises StorageError."""
        self.world.catalogue = catalogue
        rows, intents = await thread.run(journal.open_commands), trail.unended
        begun_us = [*(row.at_us for row in rows), *(each["at_us"] for each in intents.values())]
        outcomes: Mapping[str, str] = {}
        if begun_us:
            references = [*(row.command_id for row in rows), *intents]
            outcomes = await trail.outcomes(references, min(begun_us) - CLOCK_SET_US)
        await self.recording.lost(LeftBehind(rows, outcomes, intents), self.world.plant.now_us())

    def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue; what was selected of a control that is another now holds no more."""
        before, self.world.catalogue = self.world.catalogue, catalogue
        self._selections.void(voiding.by_configuration(before, catalogue))

    async def stop(self) -> None:
        """End all waiting; what has no outcome is written down as unknown."""
        await self._commands.stop()
        await self.recording.stop()

    # ── select ────────────────────────────────────────────────────────────────────────────────────────────────────

    def select(self, control_id: UUID, value: float | str) -> Selection:
        """Return a token for one control and one value; a text is read as a setpoint. Raises RefusedError."""
        control = self._control(control_id)
        user = self.world.plant.user()
        ask = Ask(control, self._value(control, value, user), user, self.world)
        self._pass(ask)
        now = self.world.plant.live.reading(control.readback)
        is_known = now.quality is Quality.GOOD
        selected = Selected(control, ask.value, user, 0.0, ask.is_safe, now.value if is_known else float("nan"))
        from_label = control.readback_label(now.value) if is_known else tr("unknown")
        level = self._level(selected)
        shown = Selection(
            token=selected.token,
            control_id=control.id,
            value=ask.value,
            from_label=from_label,
            to_label=control.label(ask.value),
            checks=checks(ask),
            expires_us=0,
            note=self._note(control, ask.value, now.value if is_known else None),
            level=level,
            may_be_alone=control.is_alone_allowed and level is SafetyLevel.SECOND_PERSON,
        )
        return self._held(selected, shown)

    def select_sequence(self, sequence_id: UUID) -> Selection:
        """Return a token for a sequence; its first command must be possible now. Raises RefusedError."""
        sequence = self.world.catalogue.sequence_by_id.get(sequence_id)
        if sequence is None:
            raise RefusedError(tr("This sequence is no longer there."))
        user = self.world.plant.user()
        controls = [(self._control(step.control_id), step) for step in sequence.steps if step.control_id is not None]
        if not controls:
            raise RefusedError(tr("This sequence has no command."))
        for control, step in controls:  # who may give only some of them does not begin
            require_all(Ask(control, step.value, user, self.world), STEPS[:2])
        first = Ask(controls[0][0], controls[0][1].value, user, self.world)
        self._pass(first, steps=STEPS_IN_SEQUENCE)
        steps = tuple(self._step_words(step, user) for step in sequence.steps)
        selected = Selected(sequence, float("nan"), user, 0.0)
        shown = Selection(
            token=selected.token,
            control_id=sequence.id,
            value=selected.value,
            from_label=sequence.name,
            to_label=tr("{count} steps").format(count=len(steps)),
            checks=checks(first),
            expires_us=0,
            level=self._level(selected),
            steps=steps,
        )
        return self._held(selected, shown)

    def _step_words(self, step: SequenceStep, user: User) -> str:
        """Return a step as it is confirmed, with what would refuse it now: an interlock, a lock-out tag."""
        if step.control_id is None:
            return tr("Hold: {text}").format(text=step.text)
        control = self._control(step.control_id)
        words = f"{control.name} → {control.label(step.value)}"
        ask = Ask(control, step.value, user, self.world)
        refusals = (each.refusal(ask) for each in STEPS_IN_SEQUENCE if each.binds_safe or not ask.is_safe)
        why = next((refusal for refusal in refusals if refusal), "")
        return tr("{words}  ✗ not now: {why}").format(words=words, why=why) if why else words

    def cancel(self, token: UUID) -> None:
        """Let go of a selection."""
        self._selections.drop(token)

    async def confirm_second(self, token: UUID, name: str, password: str) -> str:
        """Let a second person confirm a selection; return their name. Raises RefusedError."""
        selected = self._selections.find(token, self.world.plant.monotonic())
        second = await self.world.plant.verify(name, password)
        station_id = selected.target.station_id
        if second.name == selected.user.name:
            raise RefusedError(tr("The second person must be somebody else."))
        self.require_second(second, station_id)
        self._selections.find(token, self.world.plant.monotonic()).second = second
        return second.name

    # ── operate ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def operate(self, token: UUID, password: str = "", reason: str = "") -> tuple[Selected, Running | None]:
        """Begin what was selected, once its intent is on the disk; a sequence has none yet. Raises RefusedError."""
        selected = self._selections.find(token, self.world.plant.monotonic())
        user = self.world.plant.user()
        if user.name != selected.user.name:
            self._selections.drop(token)
            raise RefusedError(tr("This was selected by {name}; select again.").format(name=selected.user.name))
        level = self._level(selected)
        if level is not SafetyLevel.CONFIRM and not (level is SafetyLevel.SECOND_PERSON and selected.second):
            await self._require_level(selected, level, password, reason)
        elif selected.second is not None:  # what they were allowed when they agreed, they must be allowed now
            self.require_second(self.world.plant.refreshed(selected.second), selected.target.station_id)
        self._selections.find(token, self.world.plant.monotonic())  # the password took its time
        self._selections.drop(token)
        if isinstance(selected.target, CommandSequence):
            return selected, None
        is_alone = level is SafetyLevel.SECOND_PERSON and not selected.second
        marks = ("alone",) if is_alone else ()
        order = Order(selected.target, selected.value, user, selected.second_name, reason.strip()[:REASON_MOST], marks)
        running = await self.give(order)
        if is_alone:
            words = f"{user.name}: {order.control.name} → {running.status.label}. {order.reason}"
            for listener in self._alone_listeners:
                listener(words)
        return selected, running

    async def give(self, order: Order, steps: Iterable[Step] = STEPS) -> Running:
        """Pass an order through the steps, as the world is now, and begin it. Raises RefusedError."""
        control = self._control(order.control.id)
        user = self.world.plant.user()
        ask = Ask(control, order.value, user, self.world)
        self._pass(ask, order, steps)
        now_s = self.world.plant.monotonic()
        if not ask.is_safe:
            self.world.rates.note(control.command, user.name, now_s)
        tag = self.world.catalogue.tag_by_index[control.command]
        return await self._commands.begin(order, lambda: self._why_not_on(order, tag))

    def hold(self, command_id: UUID) -> None:
        """End a ramp where it is. Raises RefusedError."""
        user, control = self.world.plant.user(), self._commands.control_of(command_id)
        if control is None:
            raise RefusedError(tr("This command has ended already."))
        require_all(Ask(control, control.safe_value or 0.0, user, self.world), STEPS[:2])
        if not self._commands.hold(command_id, f"Held on the way by {user.name}."):
            raise RefusedError(tr("This command does not ramp; it cannot be held."))

    def level_of(self, sequence: CommandSequence) -> SafetyLevel:
        """Return the hardest level of a sequence's commands, as they are now. Raises RefusedError."""
        controls = [self._control(step.control_id) for step in sequence.steps if step.control_id is not None]
        return max((control.level for control in controls), key=list(SafetyLevel).index)

    def require_second(self, second: User, station_id: UUID) -> None:
        """See that a person, as they are now, may be the second one at a station. Raises RefusedError."""
        if not second.may(Permission.COMMAND_CRITICAL, station_id):
            raise RefusedError(tr("{name} may not confirm critical commands here.").format(name=second.name))

    # ── the world changes ─────────────────────────────────────────────────────────────────────────────────────────

    def process(self, batch: Batch) -> None:
        """See whether a batch brings a readback that is waited for, or changes what was selected."""
        self._commands.process(batch)
        if not self._selections.is_empty:
            self._selections.void(voiding.by_readings(self.world, set(batch.tag.tolist())))

    def link_changed(self, status: LinkStatus) -> None:
        """Void what was selected over a link that is gone."""
        if status.state not in UP and not self._selections.is_empty:
            self._selections.void(voiding.by_link(self.world, status))

    def user_changed(self) -> None:
        """Void what somebody selected who is not there, or may not do it, any more."""
        self._selections.void(voiding.by_user(self.world))

    def _authority_changed(self, station_id: UUID) -> None:
        self._selections.void(voiding.by_authority(self.world, station_id))

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _held(self, selected: Selected, shown: Selection) -> Selection:
        """Keep a selection for its time and return what is shown of it."""
        lasts_s = SECOND_S if shown.level is SafetyLevel.SECOND_PERSON else SELECT_S
        selected.until_s = self.world.plant.monotonic() + lasts_s
        self._selections.add(selected)
        return replace(shown, expires_us=self.world.plant.now_us() + round(lasts_s * 1e6))

    def _level(self, selected: Selected) -> SafetyLevel:
        if selected.is_safe:
            return SafetyLevel.CONFIRM
        if isinstance(selected.target, Control):
            return selected.target.level
        return self.level_of(selected.target)

    async def _require_level(self, selected: Selected, level: SafetyLevel, password: str, reason: str) -> None:
        """Ask for what the level takes. Raises RefusedError, and the selection holds on."""
        if level is SafetyLevel.PASSWORD:
            if not password:
                raise RefusedError(tr("This command takes your password again."))
            await self.world.plant.verify(selected.user.name, password)
            return
        is_allowed = isinstance(selected.target, Control) and selected.target.is_alone_allowed
        if not is_allowed:
            raise RefusedError(tr("This command takes a second person. Let them confirm it first."))
        if len(reason.strip()) < REASON_LEAST:
            raise RefusedError(tr("Without a second person this takes a reason. Write why you are alone."))

    def _pass(self, ask: Ask, order: Order | None = None, steps: Iterable[Step] = STEPS) -> None:
        """Pass through the steps; a refusal is written down. Raises RefusedError."""
        try:
            require_all(ask, steps)
        except StepRefusedError as error:
            refused = order or Order(ask.control, ask.value, ask.user)
            self.recording.refusal(refused, self.world.catalogue, error.step, str(error))
            raise RefusedError(str(error)) from None

    def _why_not_on(self, order: Order, tag: Tag) -> str:
        """Return what speaks against sending, or against the next step of a ramp."""
        catalogue, control = self.world.catalogue, order.control
        if catalogue.control_by_id.get(control.id) != control or catalogue.tag_by_index.get(control.command) != tag:
            return tr("The configuration of this control was changed.")
        ask = Ask(order.control, order.value, self.world.plant.user(), self.world)
        if ask.user.name != order.user.name:
            return tr("{name} is not signed in any more.").format(name=order.user.name)
        try:
            require_all(ask, (*GOING_ON, *INTERLOCKS))
        except StepRefusedError as error:
            return str(error)
        return ""

    def _value(self, control: Control, value: float | str, user: User) -> float:
        if not isinstance(value, str):
            return float(value)
        try:
            return setpoint_of(value, control.unit, decimals_of(control, self.world.catalogue))
        except SetpointError as error:
            order = Order(control, float("nan"), user)
            self.recording.refusal(order, self.world.catalogue, "limits", str(error))
            raise RefusedError(str(error)) from None

    def _control(self, control_id: UUID) -> Control:
        control = self.world.catalogue.control_by_id.get(control_id)
        if control is None:
            raise RefusedError(tr("This control is no longer there."))
        return control

    def _note(self, control: Control, value: float, now: float | None) -> str:
        """Return what the operator should know besides: that nothing would change, or that it runs by itself."""
        if now is not None and control.kind is not ControlKind.RESET and control.is_confirmed_by(value, now):
            return tr("It is so already.")
        if control.kind not in (ControlKind.PUMP, ControlKind.VALVE):
            return ""
        for other in self.world.catalogue.controls_of_station.get(control.station_id, ()):
            if other.asset_id == control.asset_id and other.kind is ControlKind.MODE:
                mode = self.world.plant.live.reading(other.readback)
                if mode.quality is Quality.GOOD and mode.value == 1:
                    return tr("It is in Auto now; a command by hand may take it out of automatic.")
        return ""

    def _voided(self, token: UUID, reason: str) -> None:
        for listener in self._void_listeners:
            listener(token, reason)

    def _tell(self, status: CommandStatus) -> None:
        for listener in self._listeners:
            listener(status)
