"""Setpoints as people type them: nothing is bent, rounded or guessed; what is not plain is refused in words."""

from __future__ import annotations

import math
import re
from typing import Final

from hmi.domain.language import tr

LONGEST: Final = 40
_NUMBER: Final = re.compile(r"\s*([+-]?)(\d+(?:[.,]\d*)?|[.,]\d+)\s*(.*?)\s*", re.ASCII)


class SetpointError(ValueError):
    """A text that is no setpoint; its words say why."""


def setpoint_of(text: str, unit: str, decimals: int) -> float:
    """Return the number that a text says, in `unit`. Raises SetpointError.

    A comma is read as a point: no thousands are separated. A unit may follow and must be the setpoint's own.
    """
    found = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        words = tr("“{text}” is not a number. Type figures only, such as 2.5.")
        raise SetpointError(words.format(text=text[:LONGEST].strip()))
    sign, digits, said_unit = found.groups()
    if said_unit and said_unit != unit:
        words = tr("The unit here is {unit}, not {said}.") if unit else tr("There is no unit here; leave out “{said}”.")
        raise SetpointError(words.format(unit=unit, said=said_unit))
    value = float(sign + digits.replace(",", "."))
    require_digits(value, decimals)
    return value


def require_digits(value: float, decimals: int) -> None:
    """Raise SetpointError for a number with more digits after the point than are shown, or one that is none."""
    if not math.isfinite(value):
        raise SetpointError(tr("This is not a number that can be set."))
    if round(value, decimals) != value:
        words = tr("Too many digits: {decimals} after the point at most.") if decimals else tr("Whole numbers only.")
        raise SetpointError(words.format(decimals=decimals))
