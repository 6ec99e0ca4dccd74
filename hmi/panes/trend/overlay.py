"""What happened beside the values, on the chart's own time: alarms, commands and notes of the pens' stations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hmi.domain.language import tr
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow
from hmi.services.port import AddNote, EventKind, PlantEvent, PlantEvents, Port, ReadEvents, RefusedError

MARGIN: Final = 0.5
REFRESH_US: Final = 3 * SECOND_US
RETRY_US: Final = 10 * SECOND_US


@dataclass(frozen=True, slots=True)
class EventMark:
    """One event on the chart; share: 0 the left edge and 1 the right one."""

    share: float
    event: PlantEvent
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class EventRow:
    """Texts of one event."""

    time: str
    kind: str
    title: str
    detail: str
    user: str


class Overlay:
    """Holds the events around one chart's window. now_us: the clock, UTC µs."""

    def __init__(self, port: Port, now_us: Callable[[], int], changed: Callable[[], None]) -> None:
        self._port = port
        self._now_us = now_us
        self._changed = changed
        self._found = PlantEvents()
        self._asked: ReadEvents | None = None
        self._asked_us = 0
        self._is_loading = False
        self.kinds = set(EventKind)
        self.chosen: PlantEvent | None = None
        self.failure = ""

    def toggle(self, kind: EventKind, is_shown: bool) -> None:
        """Show one kind of event, or not."""
        (self.kinds.add if is_shown else self.kinds.discard)(kind)
        self._changed()

    def is_due(self, window: TimeWindow, stations: tuple[UUID, ...]) -> bool:
        """Whether the events of a window have to be asked for now."""
        if self._is_loading or not stations or not self.kinds:
            return False
        age_us = self._now_us() - self._asked_us
        if self.failure:
            return age_us >= RETRY_US
        asked = self._asked
        if asked is None or asked.stations != stations or window.start_us < asked.start_us:
            return True
        return age_us >= REFRESH_US if window.is_live else window.end_us > asked.end_us

    async def load(self, window: TimeWindow, stations: tuple[UUID, ...]) -> None:
        """Ask for the events of a window; a refusal is kept as `failure` and tried again later."""
        margin_us = round(MARGIN * window.span_us)
        request = ReadEvents(window.start_us - margin_us, window.end_us + margin_us, stations)
        self._is_loading, self._asked, self._asked_us = True, request, self._now_us()
        try:
            self._found = await self._port.request(request)
        except RefusedError as error:
            self.failure = str(error)
        except Exception:
            self.failure = tr("The events could not be read.")
            raise
        else:
            self.failure = ""
        finally:
            self._is_loading = False
        self._changed()

    async def add_note(self, at_us: int, station_id: UUID, tag: int, text: str) -> None:
        """Write a note to a moment. Raises RefusedError."""
        await self._port.request(AddNote(at_us, station_id, text, tag))
        self._asked = None
        self._changed()

    def events(self, window: TimeWindow) -> Sequence[PlantEvent]:
        """Return the events of the kinds that are shown in a window, in order of time."""
        return [
            each
            for each in self._found.events
            if each.kind in self.kinds and window.start_us <= each.at_us <= window.end_us
        ]

    def marks(self, window: TimeWindow) -> Sequence[EventMark]:
        """Return where they stand on the chart."""
        return [
            EventMark((each.at_us - window.start_us) / max(1, window.span_us), each, each == self.chosen)
            for each in self.events(window)
        ]

    def choose_next(self, window: TimeWindow, direction: int) -> PlantEvent | None:
        """Choose the next event, or the one before for −1; the nearest end where none is chosen."""
        events = list(self.events(window))
        if not events:
            self.chosen = None
        elif self.chosen in events:
            place = events.index(self.chosen) + direction
            self.chosen = events[min(len(events) - 1, max(0, place))]
        else:
            self.chosen = events[0 if direction > 0 else -1]
        self._changed()
        return self.chosen

    @property
    def remark(self) -> str:
        """What has to be said of the events, or nothing."""
        if self.failure:
            return self.failure
        return tr("More events than can be shown: only the newest are here.") if self._found.is_cut else ""


def event_row(event: PlantEvent) -> EventRow:
    """Return an event's texts."""
    kinds = {EventKind.ALARM: tr("Alarm"), EventKind.COMMAND: tr("Command"), EventKind.NOTE: tr("Note")}
    kind = kinds[event.kind]
    return EventRow(
        f"{local(event.at_us):%Y-%m-%d %H:%M:%S}",
        f"{kind} {int(event.priority)}" if event.priority is not None else kind,
        event.title,
        event.detail,
        event.user,
    )


def event_text(event: PlantEvent) -> str:
    """Return an event in one sentence."""
    row = event_row(event)
    return " · ".join(each for each in (row.time, row.kind, row.title, row.detail, row.user) if each)


def stations_of(ids: Iterable[UUID]) -> tuple[UUID, ...]:
    """Return the stations, each once, always in the same order."""
    return tuple(sorted(set(ids)))
