"""Many values cut into as many as one IN of a statement takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

IN_MOST: Final = 500
"""SQLite takes a bounded number of them."""

Value = TypeVar("Value")


def in_parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Yield the values, part by part, in order."""
    for start in range(0, len(values), IN_MOST):
        yield values[start : start + IN_MOST]
