"""When a pen's history has to be asked for, and asking: one query a pen at a time, the newest wish wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hmi.domain.language import tr
from hmi.panes.trend.history.ring import CAPACITY
from hmi.panes.trend.history.series import Coverage
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow
from hmi.services.port import Port, ReadHistory, RefusedError

MARGIN: Final = 0.25
"""How much more than the window a query asks for on either side, so that a small pan shows something at once."""

AHEAD_US: Final = 10 * SECOND_US
"""How far source times may run ahead of our clock; acquisition replaces those that run further."""

REFRESH_US: Final = 10 * SECOND_US
REFRESH_SHARE: Final = 0.01
"""While live, history is asked for again this often: ten seconds, or a hundredth of a longer window."""

RETRY_US: Final = 10 * SECOND_US

COARSER: Final = 1.5
"""Pixels of an answer may be this much wider than those of the chart before a finer one is asked for."""


class Loader:
    """Asks the port. now_us: the clock, UTC µs."""

    def __init__(self, port: Port, now_us: Callable[[], int]) -> None:
        self._port = port
        self._now_us = now_us

    def is_due(self, pen: Pen, window: TimeWindow, columns: int) -> bool:
        """Whether a pen's history has to be asked for now."""
        window = pen.source(window)
        age_us = self._now_us() - pen.asked_us
        if pen.is_loading:
            return False
        if pen.failure:
            return age_us >= RETRY_US
        if not self._covers(pen, window) or not _is_fine(pen, window, columns):
            return True
        is_long = pen.series.tail_rows > CAPACITY // 2
        patience_us = REFRESH_US if is_long else max(REFRESH_US, round(REFRESH_SHARE * window.span_us))
        return window.is_live and age_us >= patience_us

    def is_covered(self, pen: Pen, window: TimeWindow) -> bool:
        """Whether the whole window can be drawn from what is known, however coarsely."""
        return self._covers(pen, pen.source(window))

    def _covers(self, pen: Pen, window: TimeWindow) -> bool:
        known = pen.series.coverage
        if known is None:
            return False
        reach_us = max(known.end_us, pen.series.reaches(self._now_us()))
        return known.start_us <= window.start_us and window.end_us <= reach_us

    async def load(self, pen: Pen, window: TimeWindow, columns: int) -> None:
        """Ask for a pen's history of a window; a refusal is kept as the pen's failure and tried again later."""
        window = pen.source(window)
        now_us = self._now_us()
        margin_us = round(MARGIN * window.span_us)
        asked = Coverage(
            window.start_us - margin_us,
            min(window.end_us + margin_us, now_us + AHEAD_US),
            max(1.0, window.span_us / max(1, columns)),
        )
        pixels = max(1, round((asked.end_us - asked.start_us) / asked.width_us))
        pen.is_loading, pen.asked_us = True, now_us
        try:
            (answer,) = await self._port.request(ReadHistory((pen.tag.index,), asked.start_us, asked.end_us, pixels))
        except RefusedError as error:
            pen.failure = str(error)
        except Exception:
            pen.failure = tr("it could not be read.")  # or every beat would ask again
            raise
        else:
            pen.failure = ""
            pen.series.take_history(answer, asked)
        finally:
            pen.is_loading = False


def _is_fine(pen: Pen, window: TimeWindow, columns: int) -> bool:
    known = pen.series.coverage
    return known is not None and known.width_us <= COARSER * window.span_us / max(1, columns)
