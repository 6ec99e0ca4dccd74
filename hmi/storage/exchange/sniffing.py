"""What a file looks like, found out from its beginning: encoding, separator, decimal sign, header, first rows."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from hmi.domain.language import tr
from hmi.storage.errors import StorageError
from hmi.storage.exchange.blocks import as_text, count_rows, open_file, open_parquet, parquet_columns
from hmi.storage.exchange.mapping import FileKind, FileLook

LOOK_BYTES: Final = 1 << 20
LOOK_LINES: Final = 200
LOOK_ROWS: Final = 100
SEPARATORS: Final = (";", "\t", ",", "|")
PARQUET_MAGIC: Final = b"PAR1"
ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
_COMMA_NUMBER: Final = re.compile(r"\s*[+-]?\d+,\d+\s*")
_POINT_NUMBER: Final = re.compile(r"\s*[+-]?\d+\.\d+\s*")
_VALUE: Final = re.compile(r"\s*[+-]?[\d.,:/TZ+\- ]*\d[\d.,:/TZ+\- ]*\s*")


def look_at(
    path: Path, encoding: str = "", separator: str = "", decimal: str = "", has_header: bool | None = None
) -> FileLook:
    """Return what a file looks like; what is given is not found out. Blocks. Raises StorageError in words."""
    with open_file(path) as file:
        begin = file.read(LOOK_BYTES)
        is_whole = not file.read(1)
    if not begin:
        raise StorageError(tr("{name} is empty. Choose another file.").format(name=path.name))
    if begin.startswith(PARQUET_MAGIC) or path.suffix.casefold() in (".parquet", ".pq"):
        return _look_at_parquet(path)
    encoding = encoding or encoding_of(begin, is_whole=is_whole)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(begin, is_whole)
    lines = [line for line in text.splitlines()[: LOOK_LINES + 1] if line.strip()]
    if not is_whole and len(lines) > 1 and len(text.splitlines()) <= LOOK_LINES:
        lines = lines[:-1]
    if not lines or "\0" in text:
        raise StorageError(tr("{name} has no lines of text. Choose a CSV or Parquet file.").format(name=path.name))
    separator = separator or separator_of(lines)
    rows = list(csv.reader(lines, delimiter=separator))
    first = rows[0]
    if has_header is None:
        has_header = not any(_VALUE.fullmatch(cell) for cell in first)
    header = _names(first) if has_header else tuple(_nameless(number) for number in range(len(first)))
    body = [tuple(row) for row in rows[int(has_header) :] if len(row) == len(first)][:LOOK_ROWS]
    return FileLook(
        FileKind.CSV,
        header,
        tuple(body),
        encoding,
        separator,
        decimal or decimal_of(body, separator),
        has_header,
    )


def encoding_of(begin: bytes, *, is_whole: bool) -> str:
    """Return the encoding of a file by its first bytes.

    Without a mark it is UTF-8 when any line is proper UTF-8 beyond ASCII, and Windows' when none is.
    """
    if begin.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    odd, even = begin[1:2000:2].count(0), begin[0:2000:2].count(0)
    if max(odd, even) > len(begin[:2000]) // 5:
        return "utf-16-le" if odd > even else "utf-16-be"
    lines = begin.split(b"\n")
    lines = lines if is_whole or len(lines) == 1 else lines[:-1]
    beyond = [line for line in lines if not line.isascii()]
    return "utf-8" if not beyond or any(_is_utf8(line) for line in beyond) else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def separator_of(lines: Sequence[str]) -> str:
    """Return the separator that cuts most lines into the same number of columns, more than one."""

    def score(separator: str) -> tuple[float, int]:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        columns, often = counts.most_common(1)[0]
        return (often / counts.total() if columns > 1 else 0.0, columns)

    return max(SEPARATORS, key=score)


def decimal_of(rows: Sequence[Sequence[str]], separator: str) -> str:
    """Return the decimal sign that the cells use; a point when nothing tells."""
    if separator == ",":
        cells = [cell for row in rows for cell in row]
        if not any(_COMMA_NUMBER.fullmatch(cell) for cell in cells):
            return "."
    commas = sum(bool(_COMMA_NUMBER.fullmatch(cell)) for row in rows for cell in row)
    points = sum(bool(_POINT_NUMBER.fullmatch(cell)) for row in rows for cell in row)
    return "," if commas > points else "."


def _look_at_parquet(path: Path) -> FileLook:
    with closing(open_parquet()) as connection:
        columns = parquet_columns(connection, path)
        total = count_rows(connection, path)
        chosen = ", ".join(as_text(name, kind) for name, kind in columns)
        found = connection.execute(f"SELECT {chosen} FROM read_parquet($1) LIMIT {LOOK_ROWS}", [str(path)])
        rows = [tuple(row) for row in found.fetchall()]
    names, kinds = tuple(name for name, _ in columns), tuple(kind for _, kind in columns)
    return FileLook(FileKind.PARQUET, names, tuple(rows), kinds=kinds, row_count=total)


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() or _nameless(number) for number, cell in enumerate(cells))


def _nameless(number: int) -> str:
    return tr("Column {number}").format(number=number + 1)
