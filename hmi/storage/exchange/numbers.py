"""Cells as numbers, fast when all is well and in detail when it is not."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from hmi.domain.language import tr

NOTHING: Final = frozenset({"", "-", "–", "nan", "null", "none", "n/a", "na", "#n/a", "nil", "\\n"})
_POINT: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_COMMA: Final = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?")
_GROUPED_COMMA: Final = re.compile(r"[+-]?\d{1,3}([. ]\d{3})+,\d+|[+-]?\d{1,3}( \d{3})+")
_GROUPED_POINT: Final = re.compile(r"[+-]?\d{1,3}([, ]\d{3})+\.\d+|[+-]?\d{1,3}( \d{3})+")
_SPACES: Final = str.maketrans("\u00a0\u202f\u2009", "   ")


def numbers_of(
    cells: Sequence[str], decimal: str, states: Sequence[str] = ()
) -> tuple[npt.NDArray[np.float64], Mapping[int, str]]:
    """Return the numbers, NaN where a cell holds none, and by row why a cell is not one.

    states: words for 0 and 1, of a discrete tag.
    """
    fast = _fast(cells, decimal)
    if fast is not None:
        return fast, {}
    words = {state.casefold(): float(number) for number, state in enumerate(states)} | {"false": 0.0, "true": 1.0}
    values, faults = np.full(len(cells), np.nan), {}
    for row, cell in enumerate(cells):
        found = _slow(cell, decimal, words)
        if isinstance(found, str):
            faults[row] = found
        else:
            values[row] = found
    return values, faults


def _fast(cells: Sequence[str], decimal: str) -> npt.NDArray[np.float64] | None:
    """Return the numbers when every cell is a plain one, else None."""
    joined = "\n".join(cells)
    if decimal == ",":
        if "." in joined:
            return None
        cells = joined.replace(",", ".").split("\n")
    if "_" in joined or len(cells) != joined.count("\n") + 1:
        return None
    try:
        values = np.array(list(map(float, cells)), np.float64)
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _slow(cell: str, decimal: str, words: Mapping[str, float]) -> float | str:
    text = cell.translate(_SPACES).strip()
    if text.casefold() in NOTHING:
        return math.nan
    if text.casefold() in words:
        return words[text.casefold()]
    simple, grouped = (_COMMA, _GROUPED_COMMA) if decimal == "," else (_POINT, _GROUPED_POINT)
    if grouped.fullmatch(text):
        text = text.replace(" ", "").replace("." if decimal == "," else ",", "")
    if simple.fullmatch(text):
        value = float(text.replace(",", "."))
        return value if math.isfinite(value) else tr("The number is too large.")
    return _reason(text, decimal)


def _reason(text: str, decimal: str) -> str:
    if decimal == "." and _COMMA.fullmatch(text):
        return tr("This number has a comma; the decimal sign chosen is a point.")
    if decimal == "," and _POINT.fullmatch(text):
        return tr("This number has a point; the decimal sign chosen is a comma.")
    return tr("This is not a number.")
