"""The same generated plant data in our history, in SQLite and in embedded ClickHouse, and the same question to each.

ClickHouse (chdb) is not among the packages of the tests, it is half a gigabyte: `pip install chdb` to have it beside.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from drivers.api import Batch
from hmi.storage.history.records import DAY_US, HOUR_US, SECOND_US
from hmi.storage.history.store import Store
from tests.support.readings import T0

TAGS: Final = 400
STEP_US: Final = 10 * SECOND_US
ROWS_A_DAY: Final = TAGS * DAY_US // STEP_US


def arriving(days: int, *, is_jittered: bool = True, tags: int = TAGS, first_day: int = 0) -> Iterator[Batch]:
    """Return plant data hour by hour as it arrives: by time, every tag every 10 s, two decimals, some at rest."""
    random = np.random.default_rng(11)
    level = random.uniform(10, 90, tags)
    speed = np.where(np.arange(tags) % 4 == 0, 0.0, 0.05)  # every fourth stands still most of the time
    steps = HOUR_US // STEP_US
    for hour in range(days * 24):
        walk = level + np.cumsum(random.normal(size=(steps, tags)) * speed, axis=0)
        level = walk[-1]
        times = T0 + first_day * DAY_US + hour * HOUR_US + np.repeat(np.arange(steps) * STEP_US, tags)
        if is_jittered:
            times = times + random.integers(0, 1000, len(times)) * 1000
        yield Batch.of(np.tile(np.arange(tags, dtype=np.uint32), steps), np.round(walk.ravel(), 2), times)


class Peer(Protocol):
    """A place for readings. trend returns how many buckets there were."""

    def write(self, batch: Batch) -> None: ...

    def settle(self) -> None:
        """Do all that is put off: sort, merge, compress."""

    def trend(self, tag: int, start_us: int, end_us: int, pixels: int) -> int: ...

    def bytes(self) -> int: ...

    def close(self) -> None: ...


class Ours:
    """The history as the program uses it; days are sealed as they end."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self._folder = folder
        self._day = 0

    def write(self, batch: Batch) -> None:
        self.store.write(batch)

    def settle(self) -> None:
        self.store.swap()
        self.store.tend(T0 + 10_000 * DAY_US)

    def end_day(self, day: int) -> None:
        self.store.swap()
        self.store.tend(T0 + (day + 1) * DAY_US + HOUR_US)

    def trend(self, tag: int, start_us: int, end_us: int, pixels: int) -> int:
        return len(self.store.read(tag, start_us, end_us, pixels).time_us)

    def bytes(self) -> int:
        return sum(each.bytes for each in self.store.shelf.picture.sealed)

    def sample_bytes(self) -> int:
        """Return what the readings alone take, without the averages."""
        with self.store.reading() as (cursor, picture):
            blocks = 0
            for each in picture.sealed:
                row = cursor.execute(
                    f"""SELECT count(DISTINCT block_id) FROM pragma_storage_info('{each.alias}.sample')
                        WHERE block_id >= 0"""
                ).fetchone()
                blocks += row[0] if row else 0
        return blocks * 262_144

    def close(self) -> None:
        self.store.close()


class Sqlite:
    """SQLite with a write-ahead log and an index by tag and time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "peer.sqlite"
        self._database = sqlite3.connect(self._path)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute("CREATE TABLE sample (tag_id INTEGER, ts INTEGER, value REAL, quality INTEGER)")
        self._database.execute("CREATE INDEX by_tag ON sample (tag_id, ts)")

    def write(self, batch: Batch) -> None:
        rows = zip(
            batch.tag.tolist(), batch.source_us.tolist(), batch.value.tolist(), batch.quality.tolist(), strict=True
        )
        with self._database:
            self._database.executemany("INSERT INTO sample VALUES (?, ?, ?, ?)", rows)

    def settle(self) -> None:
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._database.execute("ANALYZE")

    def trend(self, tag: int, start_us: int, end_us: int, pixels: int) -> int:
        width = (end_us - start_us) // pixels
        return len(
            self._database.execute(
                """SELECT (ts - ?) / ? AS b, min(value), max(value), avg(value), count(*) FROM sample
                   WHERE tag_id = ? AND ts >= ? AND ts < ? GROUP BY b""",
                (start_us, width, tag, start_us, end_us),
            ).fetchall()
        )

    def bytes(self) -> int:
        return self._path.stat().st_size

    def close(self) -> None:
        self._database.close()


class ClickHouse:
    """Embedded ClickHouse, ordered by tag and time, with the codecs that its handbook advises for such data."""

    def __init__(self, folder: Path) -> None:
        from chdb import session

        self._folder = folder / "clickhouse"
        self._session: Any = session.Session(str(self._folder))
        self._session.query("CREATE DATABASE IF NOT EXISTS plant")
        self._session.query(
            """CREATE TABLE plant.sample (tag_id UInt32, ts Int64 CODEC(DoubleDelta, LZ4),
               value Float64 CODEC(Gorilla, LZ4), quality UInt16) ENGINE = MergeTree ORDER BY (tag_id, ts)"""
        )

    def write(self, batch: Batch) -> None:
        import pyarrow

        arriving = pyarrow.table(  # found by ClickHouse under its name
            {"tag_id": batch.tag, "ts": batch.source_us, "value": batch.value, "quality": batch.quality}
        )
        assert len(arriving)
        self._session.query("INSERT INTO plant.sample SELECT * FROM Python(arriving)")

    def settle(self) -> None:
        self._session.query("OPTIMIZE TABLE plant.sample FINAL")

    def trend(self, tag: int, start_us: int, end_us: int, pixels: int) -> int:
        width = (end_us - start_us) // pixels
        found = self._session.query(
            f"""SELECT intDiv(ts - {start_us}, {width}) AS b, min(value), max(value), avg(value), count()
                FROM plant.sample WHERE tag_id = {tag} AND ts >= {start_us} AND ts < {end_us} GROUP BY b ORDER BY b""",
            "CSV",
        )
        return str(found).count("\n")

    def bytes(self) -> int:
        found = self._session.query(
            "SELECT sum(data_compressed_bytes) FROM system.parts WHERE active AND table = 'sample'", "CSV"
        )
        return int(str(found).strip())

    def close(self) -> None:
        self._session.close()


def peers() -> dict[str, type[Any]]:
    """Return the peers that can be had here, by name."""
    found: dict[str, type[Any]] = {"ours": Ours, "sqlite": Sqlite}
    if find_spec("chdb"):  # not imported yet: it takes memory that is measured
        found["clickhouse"] = ClickHouse
    return found
