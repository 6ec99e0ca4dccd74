"""Lengths of time as people type them: a number of seconds, or a number with its unit."""

from __future__ import annotations

import math
import re
from typing import Final

UNITS_S: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_TYPED: Final = re.compile(r"\s*([+-]?[0-9]*[.,]?[0-9]+(?:e[+-]?[0-9]+)?)\s*([a-z]*)\s*", re.IGNORECASE | re.ASCII)


def seconds_of(text: str) -> float | None:
    """Return a length of time in seconds; None for what is none. Without a unit it is seconds."""
    found = _TYPED.fullmatch(text.replace("−", "-"))
    if found is None:
        return None
    unit = UNITS_S.get(found.group(2).lower() or "s")
    seconds = float(found.group(1).replace(",", ".")) * unit if unit is not None else math.inf
    return seconds if math.isfinite(seconds) else None


def typed_duration(seconds: float) -> str:
    """Return a length of time as a person would type it: in the largest unit that it is whole in."""
    for unit in ("d", "h", "min"):
        if seconds >= UNITS_S[unit] and not seconds % UNITS_S[unit]:
            return f"{seconds / UNITS_S[unit]:.0f} {unit}"
    return f"{seconds:.10g} s"
