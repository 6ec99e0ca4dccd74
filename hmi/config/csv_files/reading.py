"""A file's text into lines of cells; a line that cannot be read costs only itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hmi.config.csv_files.columns import Columns
from hmi.domain.language import tr
from hmi.storage.exchange.sniffing import encoding_of

MEGABYTES_MOST: Final = 50
BYTES_MOST: Final = MEGABYTES_MOST * 1024 * 1024
"""Room for 100,000 tags and more."""

LINES_MOST: Final = 100
"""Lines that one object may take: a quotation mark that is never closed must not eat the rest of a file."""

SEPARATORS: Final = (",", ";", "\t", "|")
QUOTE: Final = '"'
SEPARATOR_HINT: Final = "sep="
"""How a first line begins that tells Excel the separator."""


class CsvError(Exception):
    """A file that holds nothing of the kind; the text says why."""


@dataclass(frozen=True, slots=True)
class CsvLine:
    """One object's cells by column. number: of its first line, from 1. fault: why it could not be read."""

    number: int
    cells: dict[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file. unknown: headings that mean nothing here and are passed over."""

    lines: tuple[CsvLine, ...]
    unknown: tuple[str, ...]


def read(content: bytes, columns: Columns) -> CsvFile:
    """Return what a file holds. Raises CsvError when it is no file of the kind."""
    if len(content) > BYTES_MOST:
        words = tr("The file is larger than {most} MB; it holds no {what}.")
        raise CsvError(words.format(most=MEGABYTES_MOST, what=columns.what))
    lines = _decoded(content)
    first = 0
    while first < len(lines) - 1 and (not lines[first].strip() or lines[first].casefold().startswith(SEPARATOR_HINT)):
        first += 1
    heading = lines[first]
    separator = max(SEPARATORS, key=lambda each: _known(heading, each, columns))
    headings = _cells(heading, separator)
    found = columns.columns_of(headings)
    _check(found, columns)
    unknown = tuple(head.strip() for head, name in zip(headings, found, strict=True) if name is None and head.strip())
    return CsvFile(tuple(_lines(lines, first + 1, separator, found)), unknown)


def _known(heading: str, separator: str, columns: Columns) -> int:
    """Return how many columns a heading line names when it is read with a separator."""
    return sum(name is not None for name in columns.columns_of(_cells(heading, separator)))


def _decoded(content: bytes) -> list[str]:
    text = content.decode(encoding_of(content, is_whole=True), "replace")
    if "\0" in text:
        raise CsvError(tr("The file is no text. Save it as CSV, UTF-8."))
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _check(found: list[str | None], columns: Columns) -> None:
    known = [name for name in found if name is not None]
    if not set(columns.keys) & set(known):
        keys = tr(" or ").join(columns.labels[name] for name in columns.keys)
        words = tr("The first line must name the columns, among them {keys}. Export a file to see how it is.")
        raise CsvError(words.format(keys=keys))
    for name in known:
        if known.count(name) > 1:
            raise CsvError(tr("The column {name} is there twice; remove one.").format(name=columns.labels[name]))


def _lines(lines: list[str], place: int, separator: str, columns: list[str | None]) -> Iterator[CsvLine]:
    while place < len(lines):
        end = _end_of(lines, place)
        found = _line(place + 1, "\n".join(lines[place:end]), separator, columns)
        if found is not None and found.fault:
            end = place + 1  # whatever followed in the same quotes is read for itself
        if found is not None:
            yield found
        place = end


def _end_of(lines: list[str], place: int) -> int:
    """Return where the record that begins at a line ends; the next line where its quotes are never closed."""
    quotes = 0
    for end in range(place, min(place + LINES_MOST, len(lines))):
        quotes += lines[end].count(QUOTE)
        if quotes % 2 == 0:
            return end + 1
    return place + 1


def _line(number: int, record: str, separator: str, columns: list[str | None]) -> CsvLine | None:
    """Return a record's line; None for an empty one."""
    if not record.replace(separator, "").strip():
        return None
    if "\ufffd" in record:
        return CsvLine(number, {}, tr("It holds a character that cannot be read; save the file as UTF-8."))
    if record.count(QUOTE) % 2:
        return CsvLine(number, {}, tr("A quotation mark is not closed."))
    cells = _cells(record, separator)
    if not cells:
        return CsvLine(number, {}, tr("A quotation mark stands where none may be."))
    if any(cell.strip() for cell in cells[len(columns) :]):
        words = tr("It has {count} cells, and the first line names {columns} columns.")
        return CsvLine(number, {}, words.format(count=len(cells), columns=len(columns)))
    return CsvLine(number, {name: cell for name, cell in zip(columns, cells, strict=False) if name is not None})


def _cells(record: str, separator: str) -> list[str]:
    """Return a record's cells; none where its quotes make no sense."""
    try:
        rows = list(csv.reader(io.StringIO(record, newline="\n"), delimiter=separator, strict=True))
    except csv.Error:
        return []
    return rows[0] if len(rows) == 1 else []
