"""Readings of one file that contradict each other: the same tag at the same time with another value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Readings of one tag, in columns of equal length: UTC µs, float64, lines of the file. texts: by position."""

    time_us: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    lines: npt.NDArray[np.int64]
    texts: Mapping[int, str]


class Clashes:
    """Finds them within one block and against the block before it: what lies further apart is not remembered.

    A reading that repeats another one, value and all, is none. The first in the file counts.
    """

    def __init__(self) -> None:
        self._before: dict[int, list[Said]] = {}
        self._now: dict[int, list[Said]] = {}

    def next_block(self) -> None:
        """Begin another block."""
        self._before, self._now = self._now, {}

    def find(self, tag: int, said: Said) -> dict[int, int]:
        """Return by position which readings contradict an earlier one, and that one's line."""
        if not len(said.time_us):
            return {}
        earlier = [*self._before.get(tag, ()), *self._now.get(tag, ())]
        self._now.setdefault(tag, []).append(said)
        last = max((int(each.time_us.max()) for each in earlier), default=-1)
        if said.time_us[0] > last and (np.diff(said.time_us) > 0).all():
            return {}  # in order and later than all before: nearly every file
        return _compare([*earlier, said], sum(len(each.time_us) for each in earlier))


def _compare(parts: list[Said], begin: int) -> dict[int, int]:
    """Return the clashes of the readings from position `begin` of all parts on, counted from there."""
    time_us, values, lines = (
        np.concatenate([getattr(each, name) for each in parts]) for name in ("time_us", "values", "lines")
    )
    order = np.argsort(time_us, kind="stable")
    ordered = time_us[order]
    is_first = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    first = order[np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))]
    same = (values[order] == values[first]) | (np.isnan(values[order]) & np.isnan(values[first]))
    texts: dict[int, str] = {}
    at = 0
    for each in parts:
        texts |= {at + row: text for row, text in each.texts.items()}
        at += len(each.time_us)
    if texts:
        same &= np.array([texts.get(one) == texts.get(two) for one, two in zip(order, first, strict=True)], bool)
    rows = np.flatnonzero(~same & (order >= begin))
    return {int(order[row]) - begin: int(lines[first[row]]) for row in rows.tolist()}
