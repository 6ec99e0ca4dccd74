"""Readings in columns, as they travel from a driver to everyone else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

UInt32Column = npt.NDArray[np.uint32]

UInt16Column = npt.NDArray[np.uint16]

Int64Column = npt.NDArray[np.int64]

Float64Column = npt.NDArray[np.float64]

Text = str | int
"""What cannot travel through float64 without loss: strings, and integers beyond 2**53."""

Value = bool | int | float | str
"""What can be written to a tag."""


class Quality(IntEnum):
    """How far a value can be trusted; the order is the order of trouble, and the numbers are stored."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2
    STALE = 3
    NOT_CONNECTED = 4
    CONFIG_ERROR = 5
    SUBSTITUTED = 6


class Flag(IntFlag):
    """How a value came here; stored beside its quality."""

    NONE = 0
    HISTORICAL = 1
    RETAINED = 2
    TRANSIENT = 4
    TIME_REPLACED = 8


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Readings in columns of equal length; rows are in the order of arrival.

    tag: uint32, the dense index of the tag. value: float64 (discrete values are 0.0 and 1.0, NaN where `texts` holds
    the value or there is none). quality: uint16 of `Quality`. code: uint32, the protocol's own status.
    source_us, received_us: int64, UTC microseconds. flags: uint16 of `Flag`. texts: row number to text.
    """

    tag: UInt32Column
    value: Float64Column
    quality: UInt16Column
    code: UInt32Column
    source_us: Int64Column
    received_us: Int64Column
    flags: UInt16Column
    texts: Mapping[int, Text] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tag)

    @classmethod
    def of(
        cls,
        tag: npt.ArrayLike,
        value: npt.ArrayLike,
        source_us: npt.ArrayLike,
        *,
        received_us: npt.ArrayLike | None = None,
        quality: npt.ArrayLike = Quality.GOOD,
        code: npt.ArrayLike = 0,
        flags: npt.ArrayLike = Flag.NONE,
        texts: Mapping[int, Text] | None = None,
    ) -> Self:
        """Return a batch with every column in its dtype; a scalar stands for a whole column."""
        tags = np.atleast_1d(np.asarray(tag, np.uint32))
        rows = len(tags)

        return cls(
            tag=tags,
            value=_column(value, np.float64, rows),
            quality=_column(quality, np.uint16, rows),
            code=_column(code, np.uint32, rows),
            source_us=_column(source_us, np.int64, rows),
            received_us=_column(source_us if received_us is None else received_us, np.int64, rows),
            flags=_column(flags, np.uint16, rows),
            texts=texts or {},
        )

    @classmethod
    def concatenate(cls, batches: Sequence[Batch]) -> Batch:
        """Return the rows of all batches, in order; one batch is returned as it is."""
        if len(batches) == 1:
            return batches[0]
        texts: dict[int, Text] = {}
        offset = 0
        for batch in batches:
            texts.update((offset + row, text) for row, text in batch.texts.items())
            offset += len(batch)
        return cls(
            tag=_stack([batch.tag for batch in batches], np.uint32),
            value=_stack([batch.value for batch in batches], np.float64),
            quality=_stack([batch.quality for batch in batches], np.uint16),
            code=_stack([batch.code for batch in batches], np.uint32),
            source_us=_stack([batch.source_us for batch in batches], np.int64),
            received_us=_stack([batch.received_us for batch in batches], np.int64),
            flags=_stack([batch.flags for batch in batches], np.uint16),
            texts=texts,
        )

    def select(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Batch:
        """Return the named rows, by index or by mask; texts go with their rows."""
        indices = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        texts = (
            {new: self.texts[old] for new, old in enumerate(indices.tolist()) if old in self.texts}
            if self.texts
            else {}
        )
        return Batch(
            tag=self.tag[indices],
            value=self.value[indices],
            quality=self.quality[indices],
            code=self.code[indices],
            source_us=self.source_us[indices],
            received_us=self.received_us[indices],
            flags=self.flags[indices],
            texts=texts,
        )


_Scalar = TypeVar("_Scalar", bound=np.generic)


def _stack(columns: Sequence[npt.NDArray[_Scalar]], dtype: type[_Scalar]) -> npt.NDArray[_Scalar]:
    return np.concatenate(columns) if columns else np.empty(0, dtype)


def _column(given: npt.ArrayLike, dtype: type[_Scalar], rows: int) -> npt.NDArray[_Scalar]:
    return np.ascontiguousarray(np.broadcast_to(np.asarray(given, dtype), (rows,)))


BatchSink = Callable[[Batch], None]
"""Takes a batch on the I/O thread and returns at once."""
