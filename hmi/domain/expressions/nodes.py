"""What an expression is made of: numbers and truths, each of which can say its value.

A node with many operands holds them side by side, so that a tree is never deeper than its text's brackets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from hmi.domain.expressions.tokens import ExpressionError
from hmi.domain.language import tr

Values: TypeAlias = Mapping[str, float]
"""The values of all tags that an expression names."""


COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
FUNCTIONS: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "min": min,
    "max": max,
    "abs": lambda numbers: abs(numbers[0]),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float

    def number(self, _values: Values) -> float:
        return self.value


@dataclass(frozen=True, slots=True)
class TagValue:
    """The value of a tag."""

    name: str

    def number(self, values: Values) -> float:
        return values[self.name]


@dataclass(frozen=True, slots=True)
class Negative:
    """A number with its sign turned."""

    operand: NumberNode

    def number(self, values: Values) -> float:
        return -self.operand.number(values)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of numbers."""

    function: str
    operands: tuple[NumberNode, ...]

    def number(self, values: Values) -> float:
        return FUNCTIONS[self.function]([operand.number(values) for operand in self.operands])


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A first number, and signs with what each does to the result so far."""

    first: NumberNode
    rest: tuple[tuple[str, NumberNode], ...]

    def number(self, values: Values) -> float:
        result = self.first.number(values)
        for sign, operand in self.rest:
            result = _combined(result, sign, operand.number(values))
            if not math.isfinite(result):
                raise ExpressionError(tr("A result is too large."))
        return result


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false as written."""

    value: bool

    def truth(self, _values: Values) -> bool:
        return self.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers compared."""

    sign: str
    left: NumberNode
    right: NumberNode

    def truth(self, values: Values) -> bool:
        return COMPARE[self.sign](self.left.number(values), self.right.number(values))


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    operand: TruthNode

    def truth(self, values: Values) -> bool:
        return not self.operand.truth(values)


@dataclass(frozen=True, slots=True)
class All:
    """True when all are."""

    operands: tuple[TruthNode, ...]

    def truth(self, values: Values) -> bool:
        return all(operand.truth(values) for operand in self.operands)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one is."""

    operands: tuple[TruthNode, ...]

    def truth(self, values: Values) -> bool:
        return any(operand.truth(values) for operand in self.operands)


NumberNode: TypeAlias = Number | TagValue | Negative | Call | Arithmetic
TruthNode: TypeAlias = Truth | Comparison | Not | All | AnyOf


def _combined(left: float, sign: str, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    if right == 0:
        raise ExpressionError(tr("It divides by 0."))
    return left / right
