"""Tags and plans that the tests of reading use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from drivers.api import Batch
from hmi.storage.exchange.guessing import guess
from hmi.storage.exchange.mapping import ImportPlan, ImportTag, TagBook
from hmi.storage.exchange.reading import read_batches
from hmi.storage.exchange.row_errors import RowErrors
from hmi.storage.exchange.sniffing import look_at

FLOW = ImportTag(1, ("Hill · Flow", "Flow"), "m³/h")
LEVEL = ImportTag(2, ("Hill · Level", "Level"), "m")
STATE = ImportTag(3, ("Hill · Pump", "Pump"), "", ("Stopped", "Running"))
TEXT = ImportTag(4, ("Hill · Mode", "Mode"), is_text=True)
BOOK = TagBook((FLOW, LEVEL, STATE, TEXT))
Row = tuple[int, int, Any, int]


def write(folder: Path, text: str | bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def planned(path: Path, **changes: Any) -> ImportPlan:
    return replace(guess(path, look_at(path), BOOK), **changes)


def taken(plan: ImportPlan, block_rows: int = 3) -> tuple[list[Row], RowErrors]:
    """Return (tag, µs, value, quality) of all readings, in order, and the faults."""
    errors = RowErrors()
    header = look_at(plan.path).header
    batches = list(read_batches(plan, header, BOOK, errors, lambda _done, _total: None, block_rows))
    return rows_of(batches), errors


def rows_of(batches: Sequence[Batch]) -> list[Row]:
    whole = Batch.concatenate(batches)
    values = [None if np.isnan(value) else value for value in whole.value.tolist()]
    return list(zip(whole.tag.tolist(), whole.source_us.tolist(), values, whole.quality.tolist(), strict=True))
