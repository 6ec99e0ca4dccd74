"""From an expression's words to its tree: recursive descent, from what binds least to what binds most.

either     = both ("or" both)*
both       = inverse ("and" inverse)*
inverse    = "not" inverse | comparison
comparison = sum (("=" | "<>" | "<" | "<=" | ">" | ">=") sum)?
sum        = product (("+" | "-") product)*
product    = signed (("*" | "/") signed)*
signed     = ("-" | "+") signed | atom
atom       = number | tag | "true" | "false" | function "(" either ("," either)* ")" | "(" either ")"
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

from hmi.domain.expressions.nodes import (
    COMPARE,
    FUNCTIONS,
    All,
    AnyOf,
    Arithmetic,
    Call,
    Comparison,
    Negative,
    Not,
    Number,
    NumberNode,
    TagValue,
    Truth,
    TruthNode,
)
from hmi.domain.expressions.tokens import ExpressionError, Token, TokenKind, bracketed, shown, tokens_of
from hmi.domain.language import tr

DEPTH_MOST: Final = 20
"""How deep brackets, signs and `not` may stand in each other."""

MOST_NUMBERS: Final = {"abs": 1}
"""How many numbers a function takes; others take two or more."""

Node: TypeAlias = NumberNode | TruthNode


class Parser:
    """Reads one text."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokens_of(text))
        self._place = 0
        self._depth = 0
        self.names: set[str] = set()

    def tree(self) -> TruthNode:
        """Return the whole text's tree. Raises ExpressionError."""
        if self._is_at_end:
            raise ExpressionError(tr("The expression is empty."))
        start = self._now
        node = self._either()
        if not self._is_at_end:
            raise self._unexpected()
        return _truth(node, start)

    def _either(self) -> Node:
        return self._joined("or", self._both, AnyOf)

    def _both(self) -> Node:
        return self._joined("and", self._inverse, All)

    def _joined(self, word: str, part: Callable[[], Node], join: Callable[[tuple[TruthNode, ...]], TruthNode]) -> Node:
        start = self._now
        first = part()
        if not self._is_word(word):
            return first
        operands = [_truth(first, start)]
        while self._is_word(word):
            self._take()
            start = self._now
            operands.append(_truth(part(), start))
        return join(tuple(operands))

    def _inverse(self) -> Node:
        if not self._is_word("not"):
            return self._comparison()
        with self._deeper():
            self._take()
            start = self._now
            return Not(_truth(self._inverse(), start))

    def _comparison(self) -> Node:
        start = self._now
        left = self._sum()
        if not self._is_sign(*COMPARE):
            return left
        left = _number(left, start)
        sign = self._take().text
        start = self._now
        node = Comparison(sign, left, _number(self._sum(), start))
        if self._is_sign(*COMPARE):
            raise ExpressionError(tr("Join two comparisons with and."), self._now.position)
        return node

    def _sum(self) -> Node:
        return self._calculated(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._calculated(("*", "/"), self._signed)

    def _calculated(self, signs: tuple[str, str], part: Callable[[], Node]) -> Node:
        start = self._now
        first = part()
        if not self._is_sign(*signs):
            return first
        number = _number(first, start)
        rest = []
        while self._is_sign(*signs):
            sign = self._take().text
            start = self._now
            rest.append((sign, _number(part(), start)))
        return Arithmetic(number, tuple(rest))

    def _signed(self) -> Node:
        if not self._is_sign("-", "+"):
            return self._atom()
        with self._deeper():
            sign = self._take().text
            start = self._now
            operand = _number(self._signed(), start)
        return Negative(operand) if sign == "-" else operand

    def _atom(self) -> Node:
        token = self._now
        if token.kind is TokenKind.NUMBER:
            return Number(_value(self._take()))
        if token.kind is TokenKind.TAG:
            self.names.add(token.text)
            return TagValue(self._take().text)
        if token.kind is TokenKind.WORD:
            return self._word()
        if self._is_sign("("):
            with self._deeper():
                self._take()
                node = self._either()
                self._expect(")")
            return node
        raise self._unexpected()

    def _word(self) -> Node:
        token = self._now
        if token.text in ("true", "false"):
            return Truth(self._take().text == "true")
        if token.text not in FUNCTIONS:
            if token.text in ("and", "or", "not"):
                raise self._unexpected()
            sentence = tr("{word} is not known. A tag stands in brackets, like [Level].")
            raise ExpressionError(sentence.format(word=shown(token.text)), token.position)
        with self._deeper():
            self._take()
            self._expect("(")
            start = self._now
            operands = [_number(self._either(), start)]
            while self._is_sign(","):
                self._take()
                start = self._now
                operands.append(_number(self._either(), start))
            self._expect(")")
        _check_count(token, len(operands))
        return Call(token.text, tuple(operands))

    # ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    @property
    def _is_at_end(self) -> bool:
        return self._now.kind is TokenKind.END

    def _take(self) -> Token:
        token = self._now
        if not self._is_at_end:
            self._place += 1
        return token

    def _is_word(self, word: str) -> bool:
        return self._now.kind is TokenKind.WORD and self._now.text == word

    def _is_sign(self, *signs: str) -> bool:
        return self._now.kind is TokenKind.SIGN and self._now.text in signs

    def _expect(self, sign: str) -> None:
        if not self._is_sign(sign):
            raise ExpressionError(tr("{sign} is missing here.").format(sign=sign), self._now.position)
        self._take()

    def _unexpected(self) -> ExpressionError:
        token = self._now
        if token.kind is TokenKind.END:
            return ExpressionError(tr("Something is missing at the end."), token.position)
        if token.text == ",":
            return ExpressionError(tr("A comma parts what min and max take; write 0.5 with a point."), token.position)
        text = bracketed(token.text) if token.kind is TokenKind.TAG else token.text
        return ExpressionError(tr("{text} does not fit here.").format(text=shown(text)), token.position)

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEPTH_MOST:
            sentence = tr("Brackets stand in each other {most} deep at most.").format(most=DEPTH_MOST)
            raise ExpressionError(sentence, self._now.position)
        yield
        self._depth -= 1


def _truth(node: Node, start: Token) -> TruthNode:
    if isinstance(node, TruthNode):
        return node
    text = bracketed(start.text) if start.kind is TokenKind.TAG else tr("This")
    sentence = tr("{text} is a number; compare it, like [Pump running] = 1.").format(text=text)
    raise ExpressionError(sentence, start.position)


def _number(node: Node, start: Token) -> NumberNode:
    if isinstance(node, NumberNode):
        return node
    raise ExpressionError(tr("A number is wanted here, and this is a comparison or true or false."), start.position)


def _value(token: Token) -> float:
    value = float(token.text)
    if not math.isfinite(value):
        raise ExpressionError(tr("This number is too large."), token.position)
    return value


def _check_count(token: Token, count: int) -> None:
    most = MOST_NUMBERS.get(token.text)
    if most is not None and count != most:
        raise ExpressionError(tr("{word} takes one number.").format(word=token.text), token.position)
    if most is None and count < 2:
        raise ExpressionError(tr("{word} takes two numbers or more.").format(word=token.text), token.position)
