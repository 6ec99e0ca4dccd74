"""Facts of the control pane, and the two steps of a command: select, then operate or let go."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from drivers.api import Quality
from hmi.domain.commands import CommandState, Control, ControlKind
from hmi.domain.language import tr
from hmi.domain.lockouts import LockoutTag
from hmi.domain.plant import Asset, AssetKind, Station
from hmi.domain.roles import Permission
from hmi.domain.tags import Tag
from hmi.panes.control.authority import OPERATING, AuthorityDesk
from hmi.panes.control.sequences import SequenceDesk, SequenceRow
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    CancelSelection,
    Check,
    CommandStatus,
    ConfirmSecond,
    Frame,
    HangLockout,
    HoldRamp,
    Operate,
    Port,
    ReadCommands,
    RefusedError,
    ResetRunningTime,
    SelectControl,
    Selection,
    SelectSequence,
    TakeOffLockout,
)
from hmi.ui.navigator import Navigator, Place
from hmi.ui.pane_facts import Listen, all_of
from hmi.ui.readings import ReadingRow, reading_row, short_name
from hmi.ui.words import moment_text, quality_text

SHOWN_QUANTITIES = frozenset(
    {"flow", "pressure", "level", "current", "power", "speed", "position", "chlorine", "temperature", "running_hours"}
)
READINGS_A_CARD = 5
SHOWN_CHANGES = Change.LIVE | Change.ALARMS | Change.LINKS | Change.COMMANDS | Change.STANDING | Change.UPKEEP
COMMANDS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One control as it stands. choices: label and value of each button; empty for a setpoint, which takes a number.

    is_on: whether a pump runs or a valve is open, None for others. conditions: permissives and interlocks as they
    stand; they bind away from safe_value only. is_ramping: its command goes there in steps, and can be held.
    """

    id: UUID
    kind: ControlKind
    name: str
    state: str
    is_good: bool
    is_on: bool | None
    choices: tuple[tuple[str, float], ...]
    value: float
    low: float
    high: float
    unit: str
    decimals: int
    readback: int
    outcome: CommandStatus | None
    safe_value: float | None
    conditions: tuple[Check, ...]
    is_ramping: bool
    has_ramp: bool


@dataclass(frozen=True, slots=True)
class ControlCard:
    """One piece of equipment: its controls, the readings that matter beside them, and the lock-out tags on it.

    upkeep: how long it has run and how often it began to, in words; empty where that is not counted.
    """

    asset_id: UUID
    name: str
    kind: AssetKind
    controls: tuple[ControlRow, ...]
    readings: tuple[ReadingRow, ...]
    lockouts: tuple[LockoutTag, ...]
    upkeep: str = ""
    is_service_due: bool = False


class ControlPresenter:
    """Reads the selected station's controls and takes commands to the gate."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._earlier: tuple[CommandStatus, ...] = ()
        self.authority = AuthorityDesk(mirror, port)
        self.sequences = SequenceDesk(mirror, port)
        self.selection: Selection | None = None

    def listen(
        self, listen: Listen, changed: Callable[[], None], station_changed: Callable[[], None]
    ) -> Callable[[], None]:
        """Call `changed` when a value or command may differ and `station_changed` when another is selected."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.CATALOGUE | Change.USER):
                station_changed()
            elif change & (
                Change.LIVE | Change.ALARMS | Change.LINKS | Change.COMMANDS | Change.STANDING | Change.UPKEEP
            ):
                changed()

        shown = self._navigator.place.station_id

        def on_place(place: Place) -> None:
            nonlocal shown
            if place.station_id != shown:
                shown = place.station_id
                station_changed()

        return all_of(listen(on_change), self._navigator.on_place(on_place))

    @property
    def station(self) -> Station | None:
        found = self._navigator.place.station_id
        return self._mirror.catalogue.station_by_id.get(found) if found else None

    @property
    def can_command(self) -> bool:
        """Whether the user may operate at the station, holding its control."""
        station = self.station
        return any(self._mirror.user.may(each, station.id if station else None) for each in OPERATING)

    @property
    def has_control(self) -> bool:
        return self.station is not None and self.authority.facts(self.station.id).is_mine

    @property
    def can_lock_out(self) -> bool:
        return self.station is not None and self._mirror.user.may(Permission.LOCK_OUT, self.station.id)

    @property
    def user_name(self) -> str:
        return self._mirror.user.name

    def cards(self) -> tuple[ControlCard, ...]:
        """Return the equipment of the station that can be operated."""
        if self.station is None:
            return ()
        catalogue = self._mirror.catalogue
        controls = catalogue.controls_of_station.get(self.station.id, ())
        latest = self._latest_by_control()
        cards = []
        for asset in catalogue.assets_of_station.get(self.station.id, ()):
            rows = tuple(self._row(control, latest) for control in controls if control.asset_id == asset.id)
            if rows:
                tags = self._mirror.standing.lockouts_of(asset.id)
                upkeep = self._upkeep(asset)
                cards.append(ControlCard(asset.id, asset.name, asset.kind, rows, self._readings(asset), tags, *upkeep))
        return tuple(cards)

    def sequence_rows(self) -> tuple[SequenceRow, ...]:
        """Return the station's sequences as they stand."""
        if self.station is None:
            return ()
        return self.sequences.rows(self.station.id, can_command=self.can_command, has_control=self.has_control)

    def stations_with_controls(self) -> tuple[Station, ...]:
        """Return the stations that have something to operate."""
        catalogue = self._mirror.catalogue
        found = [station for station in catalogue.stations if catalogue.controls_of_station.get(station.id)]
        return tuple(sorted(found, key=lambda station: station.name))

    def commands(self) -> Sequence[CommandStatus]:
        """Return the latest commands, each in its newest state, newest first."""
        newest: dict[UUID, CommandStatus] = {}
        for status in (*reversed(self._earlier), *self._mirror.commands):
            newest.pop(status.id, None)
            newest[status.id] = status
        return tuple(reversed(newest.values()))[:COMMANDS_SHOWN]

    async def load_commands(self) -> None:
        """Read the commands of earlier runs. Raises RefusedError."""
        self._earlier = await self._port.request(ReadCommands(COMMANDS_SHOWN))

    async def select(self, control_id: UUID, value: float | str) -> None:
        """Select a control for a value; what is to be confirmed is then in `selection`. Raises RefusedError."""
        await self.cancel()
        self.selection = await self._port.request(SelectControl(control_id, value))

    async def select_sequence(self, sequence_id: UUID) -> None:
        """Select a sequence as `select` does a control. Raises RefusedError."""
        await self.cancel()
        self.selection = await self._port.request(SelectSequence(sequence_id))

    async def confirm_second(self, name: str, password: str) -> str:
        """Let a second person agree; return their name. Raises RefusedError, and the selection holds on."""
        if self.selection is None:
            raise RefusedError(tr("The selection has run out; select again."))
        return await self._port.request(ConfirmSecond(self.selection.token, name, password))

    async def operate(self, password: str = "", reason: str = "") -> None:
        """Operate what is selected. Raises RefusedError, and then nothing was sent."""
        selection = self.selection
        if selection is not None:
            await self._port.request(Operate(selection.token, password, reason))
            if self.selection is selection:  # not another that was made meanwhile
                self.selection = None

    def void_reason(self) -> str:
        """Return why the selection holds no more, empty while it does; it is let go of then."""
        reason = self._mirror.voided.get(self.selection.token, "") if self.selection is not None else ""
        if reason:
            self.selection = None
        return reason

    async def cancel(self) -> None:
        """Let go of the selection."""
        selection, self.selection = self.selection, None
        if selection is not None:
            await self._port.request(CancelSelection(selection.token))

    def seconds_left(self) -> float:
        """Return how long the selection still holds."""
        return max(0.0, self.selection.expires_us / 1e6 - time.time()) if self.selection else 0.0

    def control_name(self, control_id: UUID) -> str:
        """Return a control's name with its station's."""
        control = self._mirror.catalogue.control_by_id.get(control_id)
        if control is None:
            return ""
        return f"{self.station_name(control.station_id)} · {control.name}"

    def station_name(self, station_id: UUID) -> str:
        """Return a station's name."""
        station = self._mirror.catalogue.station_by_id.get(station_id)
        return station.name if station else ""

    def select_station(self, station_id: UUID) -> None:
        """Select a station everywhere."""
        self._navigator.select_station(station_id)

    def open_trend(self, tag: int) -> None:
        """Show a tag's trend."""
        self._navigator.open_trend(tag)

    async def hold_ramp(self, control_id: UUID) -> None:
        """End a control's ramp where it is. Raises RefusedError."""
        status = self._latest_by_control().get(control_id)
        if status is not None:
            await self._port.request(HoldRamp(status.id))

    async def lock_out(self, asset_id: UUID, reason: str) -> None:
        """Hang a lock-out tag. Raises RefusedError."""
        await self._port.request(HangLockout(asset_id, reason))

    async def take_off(self, tag_id: UUID, reason: str = "") -> None:
        """Take a lock-out tag off. Raises RefusedError."""
        await self._port.request(TakeOffLockout(tag_id, reason))

    def is_mine(self, tag: LockoutTag) -> bool:
        """Whether the user hung a lock-out tag."""
        return tag.user == self._mirror.user.name

    def can_take_off(self, tag: LockoutTag) -> bool:
        """Whether the user may take a lock-out tag off: the own, or as one who edits users."""
        if self.is_mine(tag):
            return self.can_lock_out
        return self.station is not None and self._mirror.user.may(Permission.EDIT_USERS, self.station.id)

    def _latest_by_control(self) -> dict[UUID, CommandStatus]:
        return {status.control_id: status for status in self._mirror.commands}

    @property
    def can_service(self) -> bool:
        """Whether the user may begin running hours anew."""
        return self.station is not None and self._mirror.user.may(Permission.OUT_OF_SERVICE, self.station.id)

    async def reset_running_time(self, asset_id: UUID, reason: str) -> None:
        """Begin an asset's running hours anew. Raises RefusedError."""
        await self._port.request(ResetRunningTime(asset_id, reason))

    def _upkeep(self, asset: Asset) -> tuple[str, bool]:
        counted = self._mirror.upkeep.time_of.get(asset.id)
        if counted is None:
            return "", False
        words = tr("Ran {hours:,.1f} h in {starts:,} starts since {since}").format(
            hours=counted.seconds / 3600, starts=counted.starts, since=moment_text(counted.since_us)
        )
        if counted.is_service_due:
            words += tr(" · service due (every {hours:g} h)").format(hours=counted.service_every_s / 3600)
        return words, counted.is_service_due

    def _readings(self, asset: Asset) -> tuple[ReadingRow, ...]:
        tags = self._mirror.catalogue.tags_of_asset.get(asset.id, ())
        shown = [tag for tag in tags if tag.quantity in SHOWN_QUANTITIES and not tag.writable]
        return tuple(reading_row(self._mirror, tag, asset.name) for tag in shown[:READINGS_A_CARD])

    def _row(self, control: Control, latest: dict[UUID, CommandStatus]) -> ControlRow:
        now = self._mirror.reading(control.readback)
        tag = self._mirror.catalogue.tag_by_index[control.readback]
        is_good = now.quality is Quality.GOOD
        outcome = latest.get(control.id)
        state = _state(control, tag, now.value) if is_good else quality_text(now.quality)
        return ControlRow(
            id=control.id,
            kind=control.kind,
            name=control.name,
            state=state,
            is_good=is_good,
            is_on=bool(now.value > control.low) if control.kind in (ControlKind.PUMP, ControlKind.VALVE) else None,
            choices=_choices(control),
            value=now.value,
            low=control.low,
            high=control.high,
            unit=control.unit,
            decimals=tag.revision.decimals,
            readback=control.readback,
            outcome=outcome,
            safe_value=control.safe_value,
            conditions=self._conditions(control),
            has_ramp=bool(control.ramp_per_s),
            is_ramping=bool(control.ramp_per_s) and outcome is not None and outcome.state is CommandState.SENT,
        )

    def _conditions(self, control: Control) -> tuple[Check, ...]:
        """Return permissives and interlocks as they stand; what is not known counts as not met, as at the gate."""
        wanted = [(tag, True) for tag in control.permissives] + [(tag, False) for tag in control.interlocks]
        found = []
        for index, state in wanted:
            tag, now = self._mirror.catalogue.tag_by_index[index], self._mirror.reading(index)
            is_met = now.quality is Quality.GOOD and bool(now.value) is state
            said = tag.text(now.value) if now.quality is Quality.GOOD else quality_text(now.quality)
            asset = self._mirror.catalogue.asset_by_id.get(control.asset_id)
            name = short_name(tag.name, asset.name if asset is not None else "")
            found.append(Check(f"{name}: {said}", is_met))
        return tuple(found)


def _state(control: Control, tag: Tag, value: float) -> str:
    """Return what a control's readback says, in words where it is at an end and in figures between."""
    is_between = control.kind is ControlKind.VALVE and control.low < value < control.high
    if control.kind is ControlKind.SETPOINT or is_between:
        return f"{tag.text(value)} {control.unit}".strip()
    if control.kind is ControlKind.RESET:
        return tr("Tripped") if value else tr("No trip")
    return control.label(value)


VERBS: Final = {
    (ControlKind.PUMP, 1.0): tr("Start"),
    (ControlKind.PUMP, 0.0): tr("Stop"),
    (ControlKind.RESET, 1.0): tr("Reset trip"),
    (ControlKind.METHOD, 1.0): tr("Run"),
}


def _choices(control: Control) -> tuple[tuple[str, float], ...]:
    """Return the label and the value of each button."""
    ends = {control.high: tr("Open"), control.low: tr("Close")} if control.kind is ControlKind.VALVE else {}
    return tuple(
        (VERBS.get((control.kind, value)) or ends.get(value) or control.label(value), value)
        for value in control.commandable()
    )
