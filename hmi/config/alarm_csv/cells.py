"""From fields to cells and back, so that a spreadsheet neither runs nor garbles what a cell holds."""

from __future__ import annotations

from typing import Final

from hmi.domain.alarm_drafts import PRIORITY_LABELS
from hmi.domain.alarms import TYPE_LABELS, AlarmType, Priority
from hmi.domain.language import tr

FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""

GUARD: Final = "'"
YES: Final = frozenset({"yes", "true", "1", "x", tr("yes").casefold()})
NO: Final = frozenset({"no", "false", "0", "-", tr("no").casefold()})

_TYPES: Final = {
    **{each.value: each for each in AlarmType},
    **{label.casefold(): each for each, label in TYPE_LABELS.items()},
}
_PRIORITIES: Final = {
    **{str(int(each)): each for each in Priority},
    **{label.casefold(): each for each, label in PRIORITY_LABELS.items()},
}


def guarded(text: str) -> str:
    """Return a text that no spreadsheet runs: what looks like a formula begins with an apostrophe."""
    return GUARD + text if text.startswith((*FORMULA_MARKS, GUARD)) else text


def unguarded(cell: str) -> str:
    """Return what a guarded text was; line ends as the program has them."""
    text = cell[1:] if cell.startswith(GUARD) and cell[1:].startswith((*FORMULA_MARKS, GUARD)) else cell
    return text.replace("\r\n", "\n").replace("\r", "\n")


def type_of(cell: str) -> AlarmType | None:
    """Return the type that a cell names."""
    return _TYPES.get(" ".join(cell.split()).casefold())


def priority_of(cell: str) -> Priority | None:
    """Return the priority that a cell names or numbers."""
    text = " ".join(cell.split()).casefold()
    return _PRIORITIES.get(text) or _PRIORITIES.get(text.removesuffix(".0").removesuffix(",0"))


def flag_of(cell: str) -> bool | None:
    """Return whether a cell says yes."""
    text = cell.strip().casefold()
    return True if text in YES else False if text in NO else None


def flag_text(flag: bool) -> str:
    """Return a flag as a cell."""
    return tr("yes") if flag else tr("no")


def number_text(text: str, decimal: str) -> str:
    """Return a number's text with another decimal sign."""
    return text.replace(".", decimal)
