"""What is exported: which columns a file has, and the rows for it in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality
from hmi.storage.exchange.zones import Zone

LOW_BYTE: Final = np.uint16(0xFF)
QUALITY_WORDS: Final = tuple(quality.name.lower() for quality in Quality)
"""What a file says of a reading, by the number of its Quality; not translated, so that programs can read it."""
AGGREGATES: Final = ("low", "high", "mean", "first", "last")
COUNTS: Final = ("count", "bad")


class ExportFormat(StrEnum):
    """How a file is written. JSON is one array; JSON_LINES is one object a line."""

    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    JSON_LINES = "jsonl"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class ExportTag:
    """A tag as a file names it. index: the dense one that readings carry."""

    index: int
    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The shape of one file. zone: of the times written, None for UTC. separator, decimal: of CSV only.

    The unit stands in the header of the numbers when all tags have the same, else in a column of its own. is_wide: a
    row is one time with a number of each tag, of CSV and XLSX only; its rows have neither quality nor counts nor texts.
    """

    tags: tuple[ExportTag, ...]
    is_raw: bool = True
    zone: Zone | None = None
    separator: str = ","
    decimal: str = "."
    is_wide: bool = False

    @property
    def unit(self) -> str | None:
        """The unit that all tags have, or None when they differ."""
        units = {tag.unit for tag in self.tags}
        return units.pop() if len(units) == 1 else None

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the columns of numbers, without unit."""
        if self.is_wide:
            return tuple(f"c{position}" for position in range(len(self.tags)))
        return ("value",) if self.is_raw else AGGREGATES

    @property
    def header(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        if self.is_wide:
            return ("time", *(f"{tag.name} [{tag.unit}]" if tag.unit else tag.name for tag in self.tags))
        unit = self.unit
        numbers = [f"{name} [{unit}]" if unit else name for name in self.numbers]
        units = ["unit"] if unit is None else []
        rest = ["quality"] if self.is_raw else list(COUNTS)
        return ("time", "tag", *numbers, *units, *rest)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some rows of a sheet, in columns of equal length.

    time_us: int64, UTC µs. tag: int32, position in the sheet's tags. numbers: float64 arrays in the sheet's order, NaN
    for no number. quality: uint16 of Quality, of raw rows. counts: int64 arrays, of aggregated rows. texts: row number
    to text, where a reading is one.
    """

    time_us: npt.NDArray[np.int64]
    tag: npt.NDArray[np.int32]
    numbers: tuple[npt.NDArray[np.float64], ...]
    quality: npt.NDArray[np.uint16] | None = None
    counts: tuple[npt.NDArray[np.int64], ...] = ()
    texts: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time_us)

    def part(self, start: int, end: int) -> Rows:
        """Return the rows from start to end."""
        return Rows(
            self.time_us[start:end],
            self.tag[start:end],
            tuple(column[start:end] for column in self.numbers),
            None if self.quality is None else self.quality[start:end],
            tuple(column[start:end] for column in self.counts),
            {row - start: text for row, text in self.texts.items() if start <= row < end},
        )

    @classmethod
    def of_readings(cls, batch: Batch, tags: Sequence[ExportTag]) -> Rows:
        """Return a batch's rows; every tag of it must be among the sheet's."""
        indices = np.array([tag.index for tag in tags], np.int64)
        order = np.argsort(indices)
        position = order[np.searchsorted(indices, batch.tag, sorter=order)]
        texts = {row: str(text) for row, text in batch.texts.items()}
        quality = batch.quality & LOW_BYTE
        return cls(batch.source_us, position.astype(np.int32), (batch.value,), quality, texts=texts)
