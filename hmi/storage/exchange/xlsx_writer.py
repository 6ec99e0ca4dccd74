"""XLSX, row by row to disk; what does not fit one sheet goes on in the next."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException

from hmi.storage.exchange.sheet import QUALITY_WORDS, Rows, Sheet
from hmi.storage.exchange.zones import Offsets

SHEET_ROWS: Final = 1_048_576
TEXT_MOST: Final = 32_767
EPOCH_DAY: Final = 25_569
"""1970-01-01 in the days that spreadsheets count."""
DAY_US: Final = 86_400 * 1_000_000
TIME_WIDTH, NAME_WIDTH = 24, 32


class XlsxWriter:
    """Times are dates of the spreadsheet, which know no zone: the header names it, a column has the offset."""

    def __init__(self, path: Path, sheet: Sheet, sheet_rows: int = SHEET_ROWS) -> None:
        """Begin. sheet_rows: the most rows of one sheet, its header among them."""
        self._path = path
        self._sheet = sheet
        self._sheet_rows = sheet_rows
        self._zones = Offsets(sheet.zone) if sheet.zone is not None else None
        # The rows wait beside the file: a temporary folder in memory would not be bounded.
        self._folder = Path(tempfile.mkdtemp(prefix=path.name + ".", dir=path.parent))
        options = {"constant_memory": True, "tmpdir": str(self._folder), "use_zip64": True}
        self._book = Workbook(str(path), options)
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self._bold = self._book.add_format({"bold": True})
        self._page: Any = None
        self._row = 0
        self._is_done = False
        self._begin_page()

    def write(self, rows: Rows) -> None:
        offsets = None if self._zones is None else self._zones.at_utc(rows.time_us)
        days = ((rows.time_us if offsets is None else rows.time_us + offsets) / DAY_US + EPOCH_DAY).tolist()
        tags = rows.tag.tolist()
        numbers = [column.tolist() for column in rows.numbers]
        rest = [column.tolist() for column in rows.counts]
        for row, day in enumerate(days):
            if self._row == self._sheet_rows:
                self._begin_page()
            offset = None if offsets is None else int(offsets[row])
            self._write_row(day, offset, tags[row], [column[row] for column in numbers], rows.texts.get(row))
            column = self._rest_column
            if rows.quality is not None:
                self._page.write_string(self._row, column, QUALITY_WORDS[rows.quality[row]])
            for counts in rest:
                self._page.write_number(self._row, column, counts[row])
                column += 1
            self._row += 1

    def finish(self, alive: Iterator[None]) -> None:
        """Put the pages into one file."""
        next(alive)
        self._is_done = True
        try:
            self._book.close()
        except XlsxWriterException as error:
            raise OSError(str(error)) from error

    def close(self) -> None:
        if not self._is_done:
            for page in self._book.worksheets():
                with contextlib.suppress(OSError):  # a full disk refuses the last lines, and is told already
                    page._opt_close()  # noqa: SLF001  # only then are the page's files closed and can be removed
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write_row(self, day: float, offset: int | None, tag: int, numbers: list[float], text: str | None) -> None:
        page, row = self._page, self._row
        page.write_number(row, 0, day, self._date)
        column = 1
        if offset is not None:
            page.write_string(row, column, _offset_text(offset))
            column += 1
        if self._sheet.is_wide:
            column -= 1
        else:
            page.write_string(row, column, self._sheet.tags[tag].name)
        for number in numbers:
            column += 1
            if text is not None:
                page.write_string(row, column, text[:TEXT_MOST])
            elif number == number and abs(number) != float("inf"):
                page.write_number(row, column, number)
        if self._sheet.unit is None and not self._sheet.is_wide:
            page.write_string(row, column + 1, self._sheet.tags[tag].unit)
            column += 1
        self._rest_column = column + 1

    def _begin_page(self) -> None:
        self._page = self._book.add_worksheet()
        header = list(self._sheet.header)
        if self._sheet.zone is None:
            header[0] = "time (UTC)"
        else:
            header[0:1] = [f"time ({self._sheet.zone.label})", "UTC offset"]
        for column, name in enumerate(header):
            self._page.write_string(0, column, name, self._bold)
        self._page.set_column(0, 0, TIME_WIDTH)
        first = 1 if self._zones is None else 2
        self._page.set_column(first, first + (len(self._sheet.tags) - 1 if self._sheet.is_wide else 0), NAME_WIDTH)
        self._page.freeze_panes(1, 0)
        self._row = 1


def _offset_text(offset_us: int) -> str:
    minutes = abs(offset_us) // 60_000_000
    return f"{'-' if offset_us < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
