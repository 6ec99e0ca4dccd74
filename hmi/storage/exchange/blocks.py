"""A file's rows as texts, some thousands at a time, each with its line; a file never comes into memory."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb

from hmi.domain.language import tr
from hmi.storage.errors import StorageError
from hmi.storage.exchange.mapping import FileKind, ImportPlan
from hmi.storage.exchange.rendering import open_engine
from hmi.storage.exchange.row_errors import RowErrors

BLOCK_ROWS: Final = 20_000
NOT_DECODED: Final = "\ufffd"
LONGEST_CELL: Final = 131_072

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows in order. lines: of the file, from 1. columns: by the file's columns, the cells of these rows."""

    lines: list[int]
    columns: list[tuple[str, ...]]


def read_blocks(plan: ImportPlan, width: int, errors: RowErrors, progress: Progress, rows: int) -> Iterator[Block]:
    """Yield the file's rows after its header, `rows` at a time. progress: in bytes, or in rows of Parquet.

    Raises StorageError in words when the file cannot be read.
    """
    if plan.kind is FileKind.PARQUET:
        return _parquet_blocks(plan.path, progress, rows)
    return _csv_blocks(plan, width, errors, progress, rows)


def open_file(path: Path) -> io.BufferedReader:
    """Open a file to read. Raises StorageError in words."""
    try:
        return path.open("rb")
    except OSError as error:
        raise StorageError(
            tr("{path} cannot be read ({reason}). Choose another file.").format(path=path, reason=error.strerror)
        ) from error


def _csv_blocks(plan: ImportPlan, width: int, errors: RowErrors, progress: Progress, rows: int) -> Iterator[Block]:
    with open_file(plan.path) as raw, io.TextIOWrapper(raw, plan.encoding, errors="replace", newline="") as text:
        size = os.fstat(raw.fileno()).st_size
        found = _rows(text, plan, width, errors)
        if plan.has_header:
            next(found, None)
        while taken := list(islice(found, rows)):
            progress(min(raw.tell(), size), size)
            yield Block([line for line, _ in taken], list(zip(*(cells for _, cells in taken), strict=True)))
        progress(size, size)


def _rows(text: io.TextIOWrapper, plan: ImportPlan, width: int, errors: RowErrors) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of each row that has as many cells as it should; the others are told."""
    lines = csv.reader(_decoded(text, plan.encoding, errors), delimiter=plan.separator)
    is_header = plan.has_header
    while True:
        line = lines.line_num + 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error:
            errors.add(line, "", tr("A quotation mark is not closed: the cell would never end."))
            continue
        if not cells:
            continue
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) == width or is_header:
            yield line, cells
        else:
            words = tr("The row has {found} columns instead of {width}.")
            errors.add(line, "", words.format(found=len(cells), width=width), plan.separator.join(cells))
        is_header = False


def _decoded(text: io.TextIOWrapper, encoding: str, errors: RowErrors) -> Iterator[str]:
    """Yield the lines; one that is not of the encoding is told and comes as an empty one, so that lines still count."""
    for number, line in enumerate(text, 1):
        if NOT_DECODED in line:
            errors.add(number, "", tr("The line is not written in {encoding}.").format(encoding=encoding), line.strip())
            yield "\n"
        else:
            yield line


def _parquet_blocks(path: Path, progress: Progress, rows: int) -> Iterator[Block]:
    with closing(open_parquet()) as connection:
        total = count_rows(connection, path)
        chosen = ", ".join(as_text(name, kind) for name, kind in parquet_columns(connection, path))
        found = connection.execute(f"SELECT {chosen} FROM read_parquet($1)", [str(path)])
        done = 0
        while taken := _fetch(found, rows, path):
            progress(done, total)
            yield Block(list(range(done + 1, done + 1 + len(taken))), list(zip(*taken, strict=True)))
            done += len(taken)
        progress(total, total)


def _fetch(found: duckdb.DuckDBPyConnection, rows: int, path: Path) -> list[tuple[str, ...]]:
    try:
        return found.fetchmany(rows)
    except duckdb.Error as error:
        raise damaged(path) from error


def open_parquet() -> duckdb.DuckDBPyConnection:
    """Open what reads Parquet; to be closed by the caller."""
    return open_engine(memory="256MB")


def parquet_columns(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str]]:
    """Return name and type of each column. Raises StorageError in words."""
    open_file(path).close()
    try:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(path)]).fetchall()
    except duckdb.Error as error:
        raise damaged(path) from error
    return [(str(row[0]), str(row[1])) for row in found]


def count_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Return how many rows a Parquet file has. Raises StorageError in words."""
    try:
        return int(connection.execute("SELECT count(*) FROM read_parquet($1)", [str(path)]).fetchall()[0][0])
    except duckdb.Error as error:
        raise damaged(path) from error


def as_text(name: str, kind: str) -> str:
    """Return the SQL of a Parquet column as text; times with a zone in UTC, with a Z."""
    column = '"' + name.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"coalesce(make_timestamp(epoch_us({column}))::VARCHAR || 'Z', '')"
    if kind == "BLOB":
        return "''"
    return f"coalesce({column}::VARCHAR, '')"


def damaged(path: Path) -> StorageError:
    """Return the error of a file that is no Parquet, or not a whole one."""
    words = tr("{name} is not a Parquet file, or not a whole one. Export it again, or choose another file.")
    return StorageError(words.format(name=path.name))
