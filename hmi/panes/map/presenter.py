"""Facts of the map: stations and pipes, what each shows, and what an operator can do from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag, auto
from typing import Final

from hmi.domain.language import tr
from hmi.domain.tags import Tag
from hmi.panes.map.marks import PipeMark, ShownValue, Status, pipe_mark, shown_value, status_of
from hmi.panes.map.places import Places, places_of
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame
from hmi.ui.navigator import Navigator, Place, Workspace
from hmi.ui.pane_facts import Listen, all_of
from hmi.ui.words import link_text, quality_text


class MapChange(IntFlag):
    """What of the map changed."""

    STATIONS = auto()
    STATUS = auto()
    VALUES = auto()
    SELECTION = auto()


@dataclass(frozen=True, slots=True)
class _Shown:
    """All that is on the map, by station and by pipe, to be compared with what was."""

    statuses: tuple[Status, ...]
    values: tuple[ShownValue | None, ...]
    pipes: tuple[PipeMark, ...]


NOTHING: Final = _Shown((), (), ())


class MapPresenter:
    """A station is named by its row, see Places."""

    def __init__(self, mirror: Mirror, navigator: Navigator) -> None:
        self._mirror = mirror
        self._navigator = navigator
        self._shown = NOTHING
        self.places = Places()
        self._take_catalogue()

    def listen(self, listen: Listen, changed: Callable[[MapChange], None]) -> Callable[[], None]:
        """Call `changed` only when something shown differs; return what removes it."""

        def on_change(change: Change, frame: Frame) -> None:
            found = self._take(change, frame)
            if found:
                changed(found)

        def on_place(_place: Place) -> None:
            changed(MapChange.SELECTION)

        return all_of(listen(on_change), self._navigator.on_place(on_place))

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def statuses(self) -> tuple[Status, ...]:
        return self._shown.statuses

    @property
    def values(self) -> tuple[ShownValue | None, ...]:
        return self._shown.values

    @property
    def pipes(self) -> tuple[PipeMark, ...]:
        return self._shown.pipes

    @property
    def selected(self) -> int:
        """Row of the selected station, −1 for none."""
        station_id = self._navigator.place.station_id
        return self.places.row_of.get(station_id, -1) if station_id is not None else -1

    def sentence(self, row: int) -> str:
        """Return a station in words, as a screen reader says it."""
        status, value = self.statuses[row], self.values[row]
        parts = [self.places.stations[row].name, tr("link {state}").format(state=link_text(status.link).lower())]
        if value is not None and (tag := self.places.stations[row].tag) is not None:
            quality = quality_text(self._mirror.reading(tag.index).quality)
            parts.append(f"{tag.name} {value.text} {value.unit}".strip() + (f" ({quality})" if quality else ""))
        alarms = sum(status.counts)
        if status.alarm is not None:
            parts.append(
                tr("alarms {count}, worst priority {priority}").format(
                    count=alarms, priority=int(status.alarm.priority)
                )
            )
        else:
            parts.append(tr("no alarm"))
        return ", ".join(parts)

    # ── what an operator does ─────────────────────────────────────────────────────────────────────────────────────

    def select(self, row: int) -> None:
        """Select a station everywhere; −1 selects none."""
        self._navigator.select_station(self.places.stations[row].id if row >= 0 else None)

    def open_control(self, row: int) -> None:
        """Open a station's controls."""
        self._navigator.open_station(self.places.stations[row].id, Workspace.CONTROL)

    def open_trend(self, row: int, tag: Tag) -> None:
        """Show the trend of one of a station's values."""
        self._navigator.open_trend(tag.index, self.places.stations[row].id)

    def find(self, text: str) -> int:
        """Return the station that a typed text means, −1 for none: one that begins so before one that holds it."""
        wanted = text.strip().casefold()
        if not wanted:
            return -1
        names = [place.name.casefold() for place in self.places.stations]
        for fits in (str.startswith, str.__contains__):
            found = next((row for row, name in enumerate(names) if fits(name, wanted)), -1)
            if found >= 0:
                return found
        return -1

    # ── what arrives ──────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, change: Change, frame: Frame) -> MapChange:
        if change & Change.CATALOGUE:
            self._take_catalogue()
            return MapChange.STATIONS | MapChange.STATUS | MapChange.VALUES
        before, statuses, values, pipes = self._shown, self.statuses, self.values, self.pipes
        if change & (Change.ALARMS | Change.LINKS):
            statuses = self._statuses()
        if change & Change.LIVE and frame.live is not None:
            known = frame.live.tag[frame.live.tag < len(self.places.watched)]
            if self.places.watched[known].any():
                values, pipes = self._values(), self._pipe_marks()
        self._shown = _Shown(statuses, values, pipes)
        found = MapChange(0)
        if statuses != before.statuses:
            found |= MapChange.STATUS
        if values != before.values or pipes != before.pipes:
            found |= MapChange.VALUES
        return found

    def _take_catalogue(self) -> None:
        self.places = places_of(self._mirror.catalogue)
        self._shown = _Shown(self._statuses(), self._values(), self._pipe_marks())

    def _statuses(self) -> tuple[Status, ...]:
        return tuple(
            status_of(self._mirror.link_of_station(place.id), self._mirror.alarms_of_station(place.id))
            for place in self.places.stations
        )

    def _values(self) -> tuple[ShownValue | None, ...]:
        return tuple(shown_value(self._mirror, place.tag) if place.tag else None for place in self.places.stations)

    def _pipe_marks(self) -> tuple[PipeMark, ...]:
        return tuple(pipe_mark(self._mirror, pipe.tag) for pipe in self.places.pipes)
