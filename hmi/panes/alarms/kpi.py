"""Facts of the figures page: the stretch of time, the figures in words, how each stands to its target; no Qt."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from hmi.domain.alarms import Priority
from hmi.domain.alarms.figures import DAY_US, HOUR_US, PRIORITY_TARGET, TARGETS, AlarmFigures
from hmi.domain.language import tr
from hmi.services.mirror import Mirror
from hmi.services.port import ExportAlarmFigures, Port, ReadAlarmFigures
from hmi.ui.alarm_words import PRIORITY_NAMES
from hmi.ui.navigator import Navigator
from hmi.ui.words import duration_text, local_time

SPANS: Final = (
    ("8 hours", 8 * HOUR_US),
    ("24 hours", DAY_US),
    ("7 days", 7 * DAY_US),
    ("30 days", 30 * DAY_US),
    ("1 year", 365 * DAY_US),
)


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure. target: what it should be, empty for none. is_met: None where there is no target."""

    label: str
    value: str
    target: str = ""
    is_met: bool | None = None


class KpiFacts:
    """Reads the figures of a stretch of time."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self.span_us = SPANS[2][1]
        self.start_us = self.end_us = 0
        self.found: AlarmFigures | None = None
        self.notice = ""

    def want(self, span_us: int) -> None:
        """Ask for a stretch back from now."""
        self.span_us, self.start_us, self.end_us = span_us, 0, 0

    def want_between(self, start_us: int, end_us: int) -> None:
        """Ask for a stretch of its own (UTC µs)."""
        self.start_us, self.end_us = start_us, end_us

    async def read(self) -> None:
        """Read the figures. Raises RefusedError."""
        self.found = await self._port.request(ReadAlarmFigures(*self._stretch()))

    async def export(self, path: Path) -> None:
        """Write the figures to a file. Raises RefusedError."""
        start_us, end_us = (self.found.start_us, self.found.end_us) if self.found else self._stretch()
        await self._port.request(ExportAlarmFigures(start_us, end_us, path))
        self.notice = tr("Written to {path}.").format(path=path)

    @property
    def headline(self) -> str:
        """The figures in one line."""
        found = self.found
        if found is None:
            return tr("Adding up…")
        if not found.count:
            return tr("No alarm called anybody")
        missed = sum(line.is_met is False for line in self.lines())
        words = tr("{count:,} alarms").format(count=found.count)
        return words + (tr(", targets missed: {missed}").format(missed=missed) if missed else tr(", every target met"))

    @property
    def span_text(self) -> str:
        """From when to when the figures are."""
        found = self.found
        if found is None:
            return ""
        return tr("{start} to {end}").format(start=_minute(found.start_us), end=_minute(found.end_us))

    def lines(self) -> Sequence[FigureLine]:
        """Return the figures with their targets."""
        found = self.found
        if found is None:
            return ()
        return (
            _rate(tr("Alarms a day"), found.per_day, "per_day"),
            _rate(tr("Alarms an hour"), found.per_hour, "per_hour"),
            _rate(tr("Alarms in ten minutes"), found.per_ten_minutes, "per_ten_minutes"),
            _rate(tr("Most in ten minutes"), found.most_in_ten_minutes, "most_in_ten_minutes"),
            _percent(tr("Hours with more than 30"), found.busy_hours, "busy_hours"),
            _percent(tr("Ten minutes with more than 10"), found.busy_ten_minutes, "busy_ten_minutes"),
            FigureLine(tr("Floods"), f"{found.floods}"),
            _percent(tr("Time in flood"), found.flood_share, "flood_share"),
            _percent(tr("Share of the ten most frequent"), found.top_share, "top_share"),
            _rate(tr("Chattering alarms"), found.chattering, "chattering"),
            FigureLine(tr("Fleeting alarms"), f"{found.fleeting}"),
            _rate(tr("Stood for over a day"), found.stale, "stale"),
            FigureLine(tr("Mean time to acknowledge"), _wait(found.acknowledged_mean_s)),
            FigureLine(tr("95 of 100 acknowledged within"), _wait(found.acknowledged_p95_s)),
            FigureLine(tr("Never acknowledged"), f"{found.never_acknowledged}"),
        )

    def priorities(self) -> Sequence[tuple[Priority, str, float, float]]:
        """Return (priority, name, share, about what it should be), the most urgent first."""
        found = self.found
        return [
            (each, tr(PRIORITY_NAMES[each]), found.priority_share(each) if found else 0.0, PRIORITY_TARGET[each])
            for each in Priority
        ]

    def open_top(self, place: int) -> None:
        """Show one of the most frequent alarms in the list, when it stands there."""
        if self.found is None or not 0 <= place < len(self.found.top):
            return
        row = self._mirror.board.find(UUID(self.found.top[place].alarm_id))
        if row is None:
            self.notice = tr("{alarm} does not stand now.").format(alarm=self.found.top[place].name)
        else:
            self._navigator.open_alarm(row.id, row.station_id)

    def _stretch(self) -> tuple[int, int]:
        if self.start_us:
            return self.start_us, self.end_us
        now_us = time.time_ns() // 1000
        return now_us - self.span_us, now_us


def _rate(label: str, value: float, name: str) -> FigureLine:
    text = f"{value:.0f}" if value == int(value) or value >= 100 else f"{value:.1f}"
    return FigureLine(label, text, f"≤ {TARGETS[name]:g}", value <= TARGETS[name])


def _percent(label: str, share: float, name: str) -> FigureLine:
    target = f"≤ {TARGETS[name] * 100:g} %"
    return FigureLine(label, f"{share * 100:.1f} %", target, share <= TARGETS[name])


def _wait(seconds: float) -> str:
    return "–" if math.isnan(seconds) else duration_text(seconds)


def _minute(at_us: int) -> str:
    return local_time(at_us).strftime("%Y-%m-%d %H:%M")
