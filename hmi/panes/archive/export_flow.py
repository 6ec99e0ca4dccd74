"""Facts of one export: which tags, of what time, and how they are written."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hmi.domain.language import tr
from hmi.panes.archive.words import WIDTHS
from hmi.services.mirror import Mirror
from hmi.services.port import EstimateExport, Port, RefusedError, StartExport
from hmi.storage.exchange.sheet import ExportFormat
from hmi.ui.words import local_time

PRESETS: Final = ((tr("Last hour"), 1), (tr("Last day"), 24), (tr("Last 7 days"), 168), (tr("Last 30 days"), 720))
"""In hours."""
SPREADSHEET_ROWS: Final = 1_048_575
TIME: Final = "%Y-%m-%d %H:%M"


class ExportFlow:
    """One order, until its job is begun."""

    def __init__(self, mirror: Mirror, port: Port, tags: tuple[int, ...], changed: Callable[[], None]) -> None:
        self._mirror = mirror
        self._port = port
        self._changed = changed
        self.chosen: tuple[int, ...] = tags
        self.search = ""
        self.start_text = self.end_text = ""
        self.format = ExportFormat.CSV
        self.width_s = WIDTHS[0][1]
        self.is_local = True
        self.decimal = "."
        self.is_wide = False
        self.is_full = False
        self.estimate: int | None = None
        self.message = ""
        self.preset(24)

    def preset(self, hours: int) -> None:
        """Take the last hours."""
        now = local_time(time.time_ns() // 1000)
        self.start_text, self.end_text = ((now - timedelta(hours=back)).strftime(TIME) for back in (hours, 0))
        # The minute that runs belongs to the span, too.
        self.end_text = (now + timedelta(minutes=1)).strftime(TIME)
        self._forget()

    def type_span(self, start: str, end: str) -> None:
        """Take a span as it was typed."""
        self.start_text, self.end_text = start.strip(), end.strip()
        self._forget()

    def choose(self, tag: int, is_chosen: bool) -> None:
        """Choose a tag, or no longer."""
        rest = tuple(each for each in self.chosen if each != tag)
        self.chosen = (*rest, tag) if is_chosen else rest
        self._forget()

    def tags(self) -> list[tuple[int, str]]:
        """Return the tags that the search finds: index and full name; the chosen ones first."""
        catalogue, wanted = self._mirror.catalogue, self.search.casefold().split()
        found = []
        for tag in catalogue.tags:
            name = f"{catalogue.station_by_id[tag.station_id].name} · {tag.name}"
            if tag.index in self.chosen or all(word in name.casefold() for word in wanted):
                found.append((tag.index, name))
        return sorted(found, key=lambda each: (each[0] not in self.chosen, each[1]))

    @property
    def start_us(self) -> int | None:
        return _moment(self.start_text)

    @property
    def end_us(self) -> int | None:
        return _moment(self.end_text)

    @property
    def span_fault(self) -> str:
        start, end = self.start_us, self.end_us
        if start is None or end is None:
            return tr("Write times as 2026-01-31 12:00.")
        return "" if start < end else tr("The end must come after the beginning.")

    @property
    def tags_fault(self) -> str:
        return "" if self.chosen else tr("Choose at least one tag.")

    @property
    def can_start(self) -> bool:
        return not self.span_fault and not self.tags_fault

    @property
    def has_columns(self) -> bool:
        """Whether the format can have one column a tag."""
        return self.format in (ExportFormat.CSV, ExportFormat.XLSX)

    @property
    def words(self) -> str:
        """About how much it will be."""
        if self.estimate is None:
            return ""
        if self.width_s:
            tags = 1 if self.is_wide and self.has_columns else len(self.chosen)
            buckets = ((self.end_us or 0) - (self.start_us or 0)) // (self.width_s * 1_000_000) * tags
            return tr("At most {rows:,} rows.").format(rows=min(buckets, self.estimate) if self.estimate else 0)
        words = tr("About {rows:,} rows.")
        if self.is_wide and self.has_columns:
            words = tr("At most {rows:,} rows, one for each time of a reading; cells stay empty where a tag has none.")
        said = words.format(rows=self.estimate)
        if self.format is ExportFormat.XLSX and self.estimate > SPREADSHEET_ROWS:
            said += " " + tr("A sheet holds 1,048,576; the rest goes on in further sheets.")
        return said

    async def count(self) -> None:
        """Ask how much it will be."""
        if not self.can_start or self.start_us is None or self.end_us is None:
            self.estimate = None
            self._changed()
            return
        try:
            self.estimate = await self._port.request(EstimateExport(self.chosen, self.start_us, self.end_us))
        except RefusedError as error:
            self.message = str(error)
        self._changed()

    async def start(self, path: Path) -> None:
        """Begin to write a file. Raises RefusedError."""
        if self.start_us is None or self.end_us is None:
            return
        await self._port.request(
            StartExport(
                self.chosen,
                self.start_us,
                self.end_us,
                path if path.suffix else path.with_name(f"{path.name}.{self.format}"),
                self.format,
                self.width_s * 1_000_000,
                "" if self.is_local else None,
                ";" if self.decimal == "," else ",",
                self.decimal,
                self.is_wide and self.has_columns,
                self.is_full,
            )
        )

    def _forget(self) -> None:
        self.message = ""
        self._changed()


def _moment(text: str) -> int | None:
    try:
        return round(datetime.fromisoformat(text).astimezone().timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return None
