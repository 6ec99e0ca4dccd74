"""Rows in the order of their numbers, for whoever keeps a copy elsewhere: the history is its own outbox.

A copy remembers the epoch and the last number that it has. Rows above it come in batches, each number once, wherever
the row lies by then; with another epoch it begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from drivers.api import Batch
from hmi.storage.history import sql
from hmi.storage.history.merging import floats
from hmi.storage.history.query import texts_of
from hmi.storage.history.shelf import Picture, Place


@dataclass(frozen=True, slots=True, eq=False)
class Outgoing:
    """Rows and their numbers (int64, ascending); there may be more when it is as long as was asked for."""

    epoch: str
    seq: npt.NDArray[np.int64]
    batch: Batch


def after(cursor: duckdb.DuckDBPyConnection, picture: Picture, seq: int, rows: int) -> Outgoing:
    """Return at most `rows` rows with numbers above `seq`, in the order of their numbers.

    Rows that were recorded since an import began wait until it is through: its own come before them.
    """
    waiting = cursor.execute("SELECT min(first_seq) FROM import WHERE row_count < 0").fetchall()[0][0]
    places = [each.place for each in picture.sealed if each.last_seq > seq]
    places += [*picture.runs, *picture.hot]
    condition = f"seq > {seq:d}" + (f" AND seq < {waiting:d}" if waiting is not None else "")
    selects = _selects(places, condition)
    epoch = cursor.execute("SELECT epoch FROM history").fetchall()[0][0]
    found = cursor.execute(
        f"""SELECT seq, tag_id, epoch_us(ts) AS t, value, quality, text FROM ({" UNION ALL ".join(selects)})
            ORDER BY seq LIMIT {rows:d}"""
    ).fetchnumpy()
    quality = np.asarray(found["quality"], np.uint16)
    batch = Batch.of(
        np.asarray(found["tag_id"], np.uint32),
        floats(found["value"]),
        np.asarray(found["t"], np.int64),
        quality=quality & np.uint16(255),
        flags=quality >> np.uint16(8),
        texts=texts_of(found["text"]),
    )
    return Outgoing(str(epoch), np.asarray(found["seq"], np.int64), batch)


def _selects(places: list[Place], condition: str) -> list[str]:
    always = (sql.FIRST_US, sql.END_US)
    columns = "seq, tag_id, ts, quality"
    return [
        *sql.samples(places, f"{columns}, value, NULL::VARCHAR AS text", *always, condition),
        *sql.texts(places, f"{columns}, NULL::DOUBLE AS value, text", *always, condition),
    ]
