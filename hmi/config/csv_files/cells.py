"""Texts, flags and numbers as cells and back, so that a spreadsheet neither runs nor garbles what a cell holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hmi.domain.language import tr

FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""

GUARD: Final = "'"
YES: Final = frozenset({"yes", "true", "1", "x", tr("yes").casefold()})
NO: Final = frozenset({"no", "false", "0", "-", tr("no").casefold()})


class CellError(Exception):
    """A cell that means nothing; its text is for the operator."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column = column


def guarded(text: str) -> str:
    """Return a text that no spreadsheet runs: what looks like a formula begins with an apostrophe."""
    return GUARD + text if text.startswith((*FORMULA_MARKS, GUARD)) else text


def unguarded(cell: str) -> str:
    """Return what a guarded text was; line ends as the program has them."""
    text = cell[1:] if cell.startswith(GUARD) and cell[1:].startswith((*FORMULA_MARKS, GUARD)) else cell
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_in(cells: Mapping[str, str], name: str) -> str:
    """Return the text of a column; empty where there is none."""
    return unguarded(cells.get(name, "").strip()).strip()


def plain(text: str) -> str:
    """Return a name in which capitals and blanks do not matter."""
    return " ".join(text.split()).casefold()


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


def meaningless(column: str, cell: str, wanted: str) -> CellError:
    """Return the error of a cell that is none of the words that its column takes."""
    words = tr("{text} means nothing here; write {wanted}.")
    return CellError(column, words.format(text=cell.strip(), wanted=wanted))
