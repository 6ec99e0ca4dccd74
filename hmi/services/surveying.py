"""Reading a file through without taking anything: how much it has of which tag, and what somebody should know first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.api import Batch
from hmi.config.history_settings import HistorySettings
from hmi.domain.language import tr
from hmi.services.jobs import Progress
from hmi.services.port.archive import ImportSurvey
from hmi.storage.exchange.mapping import ImportPlan, TagBook, TimeFormat
from hmi.storage.exchange.reading import Reader, read_with
from hmi.storage.exchange.row_errors import RowErrors
from hmi.storage.exchange.times import TimeReader
from hmi.storage.history.records import DAY_US

AHEAD_US: Final = DAY_US
"""How far after now a reading may lie: the clock of another machine, or another zone."""
BLOCK_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """Against what times are held: the clock, UTC µs, and how long the history keeps what."""

    now_us: int
    settings: HistorySettings


class Survey:
    """Counts batches as they come by."""

    def __init__(self, plan: ImportPlan, times: TimeReader, bounds: Bounds) -> None:
        self._plan = plan
        self._times = times
        self._bounds = bounds
        self._by_tag: Counter[int] = Counter()
        self._future = self._old = self._gone = 0
        self._first_us = self._last_us = 0

    @property
    def readings(self) -> int:
        """How many came by."""
        return self._by_tag.total()

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        at, settings = batch.source_us, self._bounds.settings
        age_us = self._bounds.now_us - at
        averages_days = max(settings.minute_days, settings.hour_days)
        self._future += int((age_us < -AHEAD_US).sum())
        self._gone += int((age_us > max(averages_days, settings.raw_days) * DAY_US).sum())
        self._old += int((age_us > settings.raw_days * DAY_US).sum())
        tags, counts = np.unique(batch.tag, return_counts=True)
        first, last = int(at.min()), int(at.max())
        self._first_us = min(first, self._first_us) if self._by_tag else first
        self._last_us = max(last, self._last_us) if self._by_tag else last
        self._by_tag.update(dict(zip(tags.tolist(), counts.tolist(), strict=True)))

    def warnings(self) -> tuple[str, ...]:
        """Return what is taken and yet may not be what somebody wants, in words."""
        found = [*self._dates_words()]
        if self._future:
            found.append(
                tr("{rows:,} readings lie in the future: look at the time format and the zone.").format(
                    rows=self._future
                )
            )
        if self._old:
            words = tr("{rows:,} readings are older than the {days:,} days that readings are kept; {what}.")
            left = self._old - self._gone
            what = tr("they will be kept as averages only") if left else tr("they will not be kept at all")
            if left and self._gone:
                what = tr("{rows:,} of them will not be kept at all, the others as averages only").format(
                    rows=self._gone
                )
            found.append(words.format(rows=self._old, days=self._bounds.settings.raw_days, what=what))
        return tuple(found)

    def result(self, errors: RowErrors, *, is_whole: bool) -> ImportSurvey:
        """Return what was counted."""
        by_tag = tuple(sorted(self._by_tag.items()))
        return ImportSurvey(
            self.readings, by_tag, errors.total, self._first_us, self._last_us, self.warnings(), is_whole=is_whole
        )

    def _dates_words(self) -> list[str]:
        """Return what is to be said of dates that can be read two ways."""
        times = self._times
        is_day_first = self._plan.time_format is TimeFormat.DAY_FIRST
        if times.contrary:
            other = tr("the month first") if is_day_first else tr("the day first")
            words = tr("{rows:,} dates make sense only with {other}: look at the time format.")
            return [words.format(rows=times.contrary, other=other)]
        if times.is_decided or not times.open_days or times.open_day is None:
            return []
        text, moment = times.open_day
        order = tr("day first") if is_day_first else tr("month first")
        words = tr(
            "Nothing tells whether day or month comes first in {rows:,} dates. {text} is read as {day} ({order}): "
            "choose the time format if that is wrong."
        )
        return [words.format(rows=times.open_days, text=text, day=moment.strftime("%Y-%m-%d"), order=order)]


def survey(
    plan: ImportPlan, header: tuple[str, ...], book: TagBook, bounds: Bounds, progress: Progress, most_rows: int = 0
) -> ImportSurvey:
    """Read a file, all of it or about its first rows, and return what it has. Blocks. Raises StorageError."""
    errors = RowErrors()
    reader = Reader(plan, header, book, errors)
    counted = Survey(plan, reader.times, bounds)
    for batch in read_with(reader, progress, BLOCK_ROWS, most_rows):
        counted.add(batch)
    return counted.result(errors, is_whole=reader.has_ended)
