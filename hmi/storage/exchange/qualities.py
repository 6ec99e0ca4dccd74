"""Cells as qualities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.api import Quality
from hmi.domain.language import tr
from hmi.storage.exchange.mapping import QualityCode

WORDS: Final = {quality.name.lower(): quality for quality in Quality} | {
    "": Quality.GOOD,
    "ok": Quality.GOOD,
    "valid": Quality.GOOD,
    "questionable": Quality.UNCERTAIN,
    "suspect": Quality.UNCERTAIN,
    "invalid": Quality.BAD,
    "error": Quality.BAD,
    "no link": Quality.NOT_CONNECTED,
    "comm_fail": Quality.NOT_CONNECTED,
    "manual": Quality.SUBSTITUTED,
}
OPC_DA_KINDS: Final = {0: Quality.BAD, 1: Quality.UNCERTAIN, 3: Quality.GOOD}
"""By the two bits of 192."""


def qualities_of(cells: Sequence[str], code: QualityCode) -> tuple[npt.NDArray[np.uint16], dict[int, str]]:
    """Return the qualities, uint16, and by row why a cell is none; each different cell is looked at once."""
    known: dict[str, Quality | None] = {cell: _quality(cell, code) for cell in set(cells)}
    found = np.array([known[cell] or 0 for cell in cells], np.uint16)
    if None not in known.values():
        return found, {}
    reason = tr("This is not a quality of the kind chosen.")
    return found, {row: reason for row, cell in enumerate(cells) if known[cell] is None}


def _quality(cell: str, code: QualityCode) -> Quality | None:
    text = cell.strip().casefold()
    if code is QualityCode.WORDS or not text:
        return WORDS.get(text)
    try:
        number = int(text, 0)
    except ValueError:
        return WORDS.get(text)
    if code is QualityCode.OPC_UA:
        severity = (number >> 30) & 3
        return {0: Quality.GOOD, 1: Quality.UNCERTAIN}.get(severity, Quality.BAD)
    return OPC_DA_KINDS.get((number >> 6) & 3)
