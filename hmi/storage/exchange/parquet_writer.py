"""Parquet: the rows are gathered in a database beside the file, in order and on disk, then copied out in one go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb

from hmi.storage.exchange.part_file import remove
from hmi.storage.exchange.rendering import QUALITY_SQL, TABLE, Engine
from hmi.storage.exchange.sheet import COUNTS, Rows, Sheet

LOOK_S: Final = 0.2
MEMORY: Final = "96MB"
GROUP_ROWS: Final = 61_440
INSERT_ROWS: Final = 100_000


class ParquetWriter:
    """Times are UTC with their zone said; a reading that is text stands in the column `text`."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self._path = path
        self._sheet = sheet
        self._beside = path.with_name(path.name + ".rows")
        remove(self._beside)
        self._engine = Engine(sheet, str(self._beside), MEMORY)
        run = self._engine.connection.execute
        run("CREATE TABLE tag (position INTEGER, name VARCHAR, unit VARCHAR)")
        for position, tag in enumerate(sheet.tags):
            run("INSERT INTO tag VALUES (?, ?, ?)", [position, tag.name, tag.unit])
        numbers = "".join(f", {name} DOUBLE" for name in sheet.numbers)
        rest = ", quality UTINYINT, text VARCHAR" if sheet.is_raw else "".join(f", {name} BIGINT" for name in COUNTS)
        run(f"CREATE TABLE written (us BIGINT, tag INTEGER{numbers}{rest})")

    def write(self, rows: Rows) -> None:
        columns = self._engine.columns(rows)
        numbers = "".join(f", CASE WHEN isnan({name}) THEN NULL ELSE {name} END" for name in self._sheet.numbers)
        rest = ", ".join(COUNTS) if rows.quality is None else f"quality, {'text' if rows.texts else 'NULL'}"
        connection = self._engine.connection
        connection.register(TABLE, columns)
        try:
            connection.execute(f"INSERT INTO written SELECT us, tag{numbers}, {rest} FROM {TABLE}")
        finally:
            connection.unregister(TABLE)

    def finish(self, alive: Iterator[None]) -> None:
        """Copy the rows out on a thread of its own, so that it can be interrupted."""
        failed: list[Exception] = []
        copying = threading.Thread(target=self._copy, args=(failed,), name="parquet")
        copying.start()
        try:
            while copying.is_alive():
                copying.join(LOOK_S)
                next(alive)
        except BaseException:
            self._engine.connection.interrupt()
            raise
        finally:
            copying.join()
        if failed:
            raise failed[0]

    def close(self) -> None:
        self._engine.close()
        remove(self._beside)
        remove(self._beside.with_name(self._beside.name + ".wal"))

    def _copy(self, failed: list[Exception]) -> None:
        header = self._sheet.header
        numbers = [f'w.{n} AS "{h}"' for n, h in zip(self._sheet.numbers, header[2:], strict=False)]
        units = ["t.unit"] if self._sheet.unit is None else []
        rest = [f"{QUALITY_SQL} AS quality", "w.text"] if self._sheet.is_raw else [f"w.{name}" for name in COUNTS]
        chosen = ", ".join(["make_timestamp(us)::TIMESTAMPTZ AS time", "t.name AS tag", *numbers, *units, *rest])
        target = str(self._path).replace("'", "''")
        try:
            self._engine.connection.execute(
                f"COPY (SELECT {chosen} FROM written w JOIN tag t ON t.position = w.tag ORDER BY w.rowid) "
                f"TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP_ROWS})"
            )
        except duckdb.Error as error:
            failed.append(error)
