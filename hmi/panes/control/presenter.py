"""Facts of the control pane, and the two steps of a command: select, then operate or let go."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from drivers.api import Quality
from hmi.domain.commands import Control, ControlKind
from hmi.domain.language import tr
from hmi.domain.plant import Asset, AssetKind, Station
from hmi.domain.roles import Permission
from hmi.domain.tags import Tag
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    CancelSelection,
    CommandStatus,
    Frame,
    Operate,
    Port,
    ReadCommands,
    SelectControl,
    Selection,
)
from hmi.ui.navigator import Navigator, Place
from hmi.ui.pane_facts import Listen, all_of
from hmi.ui.readings import ReadingRow, reading_row
from hmi.ui.words import quality_text

SHOWN_QUANTITIES = frozenset(
    {"flow", "pressure", "level", "current", "power", "speed", "position", "chlorine", "temperature", "running_hours"}
)
READINGS_A_CARD = 5
COMMANDS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One control as it stands. choices: label and value of each button; empty for a setpoint, which takes a number.

    is_on: whether a pump runs or a valve is open, None for others. pending: the state of a command on its way.
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


@dataclass(frozen=True, slots=True)
class ControlCard:
    """One piece of equipment: its controls and the readings that matter beside them."""

    asset_id: UUID
    name: str
    kind: AssetKind
    controls: tuple[ControlRow, ...]
    readings: tuple[ReadingRow, ...]


class ControlPresenter:
    """Reads the selected station's controls and takes commands to the gate."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._earlier: tuple[CommandStatus, ...] = ()
        self.selection: Selection | None = None

    def listen(
        self, listen: Listen, changed: Callable[[], None], station_changed: Callable[[], None]
    ) -> Callable[[], None]:
        """Call `changed` when a value or command may differ and `station_changed` when another is selected."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.CATALOGUE | Change.USER):
                station_changed()
            elif change & (Change.LIVE | Change.ALARMS | Change.LINKS | Change.COMMANDS):
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
        return self._mirror.user.may(Permission.COMMAND)

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
                cards.append(ControlCard(asset.id, asset.name, asset.kind, rows, self._readings(asset)))
        return tuple(cards)

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

    async def select(self, control_id: UUID, value: float) -> None:
        """Select a control for a value; what is to be confirmed is then in `selection`. Raises RefusedError."""
        await self.cancel()
        self.selection = await self._port.request(SelectControl(control_id, value))

    async def operate(self) -> None:
        """Operate what is selected. Raises RefusedError, and then nothing was sent."""
        selection, self.selection = self.selection, None
        if selection is not None:
            await self._port.request(Operate(selection.token))

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

    def _latest_by_control(self) -> dict[UUID, CommandStatus]:
        return {status.control_id: status for status in self._mirror.commands}

    def _readings(self, asset: Asset) -> tuple[ReadingRow, ...]:
        tags = self._mirror.catalogue.tags_of_asset.get(asset.id, ())
        shown = [tag for tag in tags if tag.quantity in SHOWN_QUANTITIES and not tag.writable]
        return tuple(reading_row(self._mirror, tag, asset.name) for tag in shown[:READINGS_A_CARD])

    def _row(self, control: Control, latest: dict[UUID, CommandStatus]) -> ControlRow:
        now = self._mirror.reading(control.readback)
        tag = self._mirror.catalogue.tag_by_index[control.readback]
        is_good = now.quality is Quality.GOOD
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
            outcome=latest.get(control.id),
        )


def _state(control: Control, tag: Tag, value: float) -> str:
    """Return what a control's readback says, in words where it is at an end and in figures between."""
    is_between = control.kind is ControlKind.VALVE and control.low < value < control.high
    if control.kind is ControlKind.SETPOINT or is_between:
        return f"{tag.text(value)} {control.unit}".strip()
    if control.kind is ControlKind.RESET:
        return tr("Tripped") if value else tr("No trip")
    return control.label(value)


def _choices(control: Control) -> tuple[tuple[str, float], ...]:
    return {
        ControlKind.PUMP: ((tr("Start"), 1.0), (tr("Stop"), 0.0)),
        ControlKind.VALVE: ((tr("Open"), control.high), (tr("Close"), control.low)),
        ControlKind.MODE: ((tr("Auto"), 1.0), (tr("Manual"), 0.0)),
        ControlKind.RESET: ((tr("Reset trip"), 1.0),),
        ControlKind.SETPOINT: (),
    }[control.kind]
