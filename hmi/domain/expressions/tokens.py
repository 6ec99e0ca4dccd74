"""From an expression's text to its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hmi.domain.language import tr

LENGTH_MOST: Final = 1000
"""Characters of one expression."""

SHOWN_MOST: Final = 20
NO_POSITION: Final = -1


class ExpressionError(Exception):
    """What is wrong with an expression or its value, for the operator; position: of the character, −1 for none."""

    def __init__(self, sentence: str, position: int = NO_POSITION) -> None:
        where = tr("At character {number}: ").format(number=position + 1) if position != NO_POSITION else ""
        super().__init__(where + sentence)
        self.position = position


class TokenKind(Enum):
    """What a word is."""

    TAG = "tag"
    NUMBER = "number"
    WORD = "word"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word. text: a tag's name without its brackets, a word in small letters, a sign in its one spelling."""

    kind: TokenKind
    text: str
    position: int


SPELLINGS: Final = {"==": "=", "!=": "<>", "≠": "<>", "≤": "<=", "≥": ">=", "×": "*", "÷": "/", "−": "-"}
"""Other spellings of a sign."""

_TAG: Final = r"\[(?:[^\[\]]|\[\[|\]\])*\](?!\])"
_NEXT: Final = re.compile(
    rf"(?P<tag>{_TAG})"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign><>|<=|>=|==|!=|[-+*/()=<>,≠≤≥×÷−])"
)
_BLANK: Final = re.compile(r"\s*")


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the words of a text, and one for its end. Raises ExpressionError."""
    if len(text) > LENGTH_MOST:
        raise ExpressionError(tr("An expression has {most} characters at most.").format(most=LENGTH_MOST))
    position = _past_blanks(text, 0)
    while position < len(text):
        found = _NEXT.match(text, position)
        if found is None:
            raise ExpressionError(_why_not(text, position), position)
        yield _token(found, position)
        position = _past_blanks(text, found.end())
    yield Token(TokenKind.END, "", len(text))


def bracketed(name: str) -> str:
    """Return a tag's name as an expression has it."""
    return "[" + name.replace("[", "[[").replace("]", "]]") + "]"


def renamed(text: str, name_for: Callable[[str], str]) -> str:
    """Return an expression's text with each tag under the name that it is given for its present one."""
    return re.sub(_TAG, lambda found: bracketed(name_for(_name_in(found.group()))), text)


def shown(text: str) -> str:
    """Return a text for a sentence: short, and without what cannot be printed."""
    printable = "".join(mark if mark.isprintable() else "?" for mark in text)
    return printable if len(printable) <= SHOWN_MOST else printable[: SHOWN_MOST - 1] + "…"


def _past_blanks(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found is not None else position


def _token(found: re.Match[str], position: int) -> Token:
    kind = TokenKind(found.lastgroup)
    text = found.group()
    if kind is TokenKind.TAG:
        name = _name_in(text)
        if not name:
            raise ExpressionError(tr("Write a tag's name between the brackets."), position)
        return Token(kind, name, position)
    if kind is TokenKind.SIGN:
        text = SPELLINGS.get(text, text)
    return Token(kind, text.lower() if kind is TokenKind.WORD else text, position)


def _name_in(brackets: str) -> str:
    return brackets[1:-1].replace("[[", "[").replace("]]", "]").strip()


def _why_not(text: str, position: int) -> str:
    if text[position] == "[":
        return tr("The bracket of this tag is not closed; end it with ].")
    return tr("{text} means nothing here.").format(text=shown(text[position]))
