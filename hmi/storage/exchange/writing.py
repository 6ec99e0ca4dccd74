"""One file of readings, from its first row to its last: opened by format, fed with rows, there when it is closed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final, Protocol

from hmi.storage.exchange.parquet_writer import ParquetWriter
from hmi.storage.exchange.part_file import part_file
from hmi.storage.exchange.rendering import QUALITY_SQL, Engine, number_sql
from hmi.storage.exchange.sheet import COUNTS, ExportFormat, Rows, Sheet

SLICE: Final = 20_000
"""Rows rendered at once: some MB of text."""


class Writer(Protocol):
    """Writes rows to one file; `finish` completes it, `close` lets go of it in any case."""

    def write(self, rows: Rows) -> None: ...

    def finish(self, alive: Iterator[None]) -> None:
        """Complete the file; takes from `alive` now and then, which raises when somebody wants it to end."""

    def close(self) -> None: ...


def write_file(path: Path, form: ExportFormat, sheet: Sheet, chunks: Iterable[Rows], alive: Iterator[None]) -> int:
    """Write all chunks to a file and return how many rows it has; one that cannot be finished is not there.

    Blocks. Raises StorageError in words; what the chunks or `alive` raise goes through.
    """
    written = 0
    with part_file(path) as part:
        writer = _WRITERS[form](part, sheet)
        try:
            for chunk in chunks:
                for start in range(0, len(chunk), SLICE):
                    writer.write(chunk.part(start, start + SLICE))
                written += len(chunk)
            writer.finish(alive)
        finally:
            writer.close()
    return written


class CsvWriter:
    """UTF-8 with a byte order mark, which spreadsheets need to see it as such; lines end as RFC 4180 says."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self._engine = Engine(sheet)
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._names = [_cell(tag.name, sheet.separator) for tag in sheet.tags]
        self._units = [_cell(tag.unit, sheet.separator) for tag in sheet.tags]
        self._line = _csv_line(sheet, self._engine)
        self._text = _text_sql(self._line, sheet)
        csv.writer(self._file, delimiter=sheet.separator).writerow(sheet.header)

    def write(self, rows: Rows) -> None:
        line = self._text if rows.texts else self._line
        self._file.write(self._engine.render(rows, line, self._names, self._units, "\r\n") + "\r\n")

    def finish(self, alive: Iterator[None]) -> None:
        next(alive)
        self._file.flush()

    def close(self) -> None:
        self._file.close()
        self._engine.close()


class JsonWriter:
    """Objects with the header's names: one a line, or as one array."""

    def __init__(self, path: Path, sheet: Sheet, *, is_array: bool) -> None:
        self._engine = Engine(sheet)
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="\n")
        self._is_array = is_array
        self._is_first = True
        self._names = [json.dumps(tag.name, ensure_ascii=False) for tag in sheet.tags]
        self._units = [json.dumps(tag.unit, ensure_ascii=False) for tag in sheet.tags]
        self._sheet = sheet
        if is_array:
            self._file.write("[\n")

    def write(self, rows: Rows) -> None:
        line = _json_line(self._sheet, self._engine, has_texts=bool(rows.texts))
        escaped = {row: json.dumps(text, ensure_ascii=False) for row, text in rows.texts.items()}
        rows = Rows(rows.time_us, rows.tag, rows.numbers, rows.quality, rows.counts, escaped)
        between = ",\n" if self._is_array else "\n"
        text = self._engine.render(rows, line, self._names, self._units, between)
        self._file.write(text if self._is_first else between + text)
        self._is_first = False

    def finish(self, alive: Iterator[None]) -> None:
        next(alive)
        self._file.write("\n]\n" if self._is_array else "" if self._is_first else "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()
        self._engine.close()


def _xlsx_writer(path: Path, sheet: Sheet) -> Writer:
    from hmi.storage.exchange.xlsx_writer import XlsxWriter  # its library is large and seldom wanted

    return XlsxWriter(path, sheet)


_WRITERS: Final[Mapping[ExportFormat, Callable[[Path, Sheet], Writer]]] = {
    ExportFormat.CSV: CsvWriter,
    ExportFormat.JSON: lambda path, sheet: JsonWriter(path, sheet, is_array=True),
    ExportFormat.JSON_LINES: lambda path, sheet: JsonWriter(path, sheet, is_array=False),
    ExportFormat.PARQUET: ParquetWriter,
    ExportFormat.XLSX: _xlsx_writer,
}


def _csv_line(sheet: Sheet, engine: Engine) -> str:
    numbers = [number_sql(name, "''") for name in sheet.numbers]
    if sheet.decimal != ".":
        numbers = [f"replace({number}, '.', '{sheet.decimal}')" for number in numbers]
    if sheet.is_wide:
        return f" || '{sheet.separator}' || ".join([engine.time_sql(), *numbers])
    units = ["$units[tag + 1]"] if sheet.unit is None else []
    rest = [QUALITY_SQL] if sheet.is_raw else [f"{name}::VARCHAR" for name in COUNTS]
    return f" || '{sheet.separator}' || ".join([engine.time_sql(), "$names[tag + 1]", *numbers, *units, *rest])


def _text_sql(line: str, sheet: Sheet) -> str:
    """Return a line's SQL with the reading's text in place of its number, quoted when it must be."""
    quoted = f"""CASE WHEN regexp_matches(text, '["\r\n{sheet.separator}]')
        THEN '"' || replace(text, '"', '""') || '"' ELSE text END"""
    number = number_sql("value", "''")
    return line.replace(number, f"coalesce({quoted}, {number})")


def _json_line(sheet: Sheet, engine: Engine, *, has_texts: bool) -> str:
    values = {"time": f"'\"' || {engine.time_sql()} || '\"'", "tag": "$names[tag + 1]"}
    unit = sheet.unit
    for name in sheet.numbers:
        number = number_sql(name, "'null'")
        values[f"{name} [{unit}]" if unit else name] = f"coalesce(text, {number})" if has_texts else number
    if unit is None:
        values["unit"] = "$units[tag + 1]"
    values |= {"quality": f"'\"' || {QUALITY_SQL} || '\"'"} if sheet.is_raw else {n: f"{n}::VARCHAR" for n in COUNTS}
    pairs = [f"{_literal(json.dumps(name, ensure_ascii=False) + ': ')} || {value}" for name, value in values.items()]
    return "'{' || " + " || ', ' || ".join(pairs) + " || '}'"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _cell(text: str, separator: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=separator).writerow([text])
    return line.getvalue().removesuffix("\r\n") if text else ""
