"""Writing readings into a hot pair of tables, and what is known of the rows there."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from drivers.api import Batch
from hmi.storage.history.transaction import transaction

Columns = dict[str, npt.NDArray[Any]]


def last_seq(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the last number that was given to a row; 0 before the first."""
    row = connection.execute("SELECT last_seq FROM progress").fetchone()
    return int(row[0]) if row else 0


def insert(connection: duckdb.DuckDBPyConnection, batch: Batch, seq: int, hot: str) -> int:
    """Write a batch into a hot pair in one transaction with its last number; return the next number.

    Raises duckdb.Error, and then nothing is written.
    """
    with transaction(connection):
        append(connection, batch, seq, f"hot_{hot}", f"hot_text_{hot}")
        connection.execute("UPDATE progress SET last_seq = ?", [seq + len(batch) - 1])
    return seq + len(batch)


def append(connection: duckdb.DuckDBPyConnection, batch: Batch, seq: int, table: str, text_table: str) -> None:
    """Add a batch's rows to a pair of tables, numbered from `seq`, in the transaction that is open."""
    rows = len(batch)
    columns: Columns = {
        "seq": np.arange(seq, seq + rows, dtype=np.int64),
        "tag_id": batch.tag,
        "ts": batch.source_us.view("datetime64[us]"),
        "value": batch.value,
        "quality": batch.quality | (batch.flags << np.uint16(8)),
    }
    if batch.texts:
        is_text = np.zeros(rows, bool)
        is_text[list(batch.texts)] = True
        texts = [str(batch.texts[row]) for row in np.flatnonzero(is_text).tolist()]
        _append(connection, text_table, {**_rows(columns, is_text), "value": np.array(texts)}, "value")
        columns = _rows(columns, ~is_text)
    # NaN means "no number" here; NULL costs no space and every aggregate passes over it.
    _append(connection, table, columns, "CASE WHEN isnan(value) THEN NULL ELSE value END")


def _rows(columns: Columns, mask: npt.NDArray[np.bool_]) -> Columns:
    return {name: column[mask] for name, column in columns.items()}


def _append(connection: duckdb.DuckDBPyConnection, table: str, columns: Columns, value: str) -> None:
    connection.register("incoming", columns)
    try:
        connection.execute(f"INSERT INTO {table} SELECT seq, tag_id, ts, {value}, quality FROM incoming")
    finally:
        connection.unregister("incoming")
