"""An expression that was read, and one whose tags are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hmi.domain.expressions.nodes import TruthNode
from hmi.domain.expressions.parser import Parser
from hmi.domain.expressions.tokens import ExpressionError
from hmi.domain.language import tr


@dataclass(frozen=True, slots=True)
class BoundExpression:
    """An expression that knows its tags by their dense indices."""

    tree: TruthNode
    indices: Mapping[str, int]

    @property
    def tags(self) -> frozenset[int]:
        """The indices of all tags that decide."""
        return frozenset(self.indices.values())

    def evaluate(self, value_of: Callable[[int], float | None]) -> bool:
        """Return whether it is true; value_of gives a tag's value, None for one that is not trusted.

        Raises ExpressionError, which is to be shown and is neither true nor false.
        """
        values = {}
        for name, index in self.indices.items():
            value = value_of(index)
            if value is None or not math.isfinite(value):
                raise ExpressionError(tr("The value of {name} is not trusted.").format(name=name))
            values[name] = float(value)
        return self.tree.truth(values)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read. names: of all tags that it names, as they were written."""

    tree: TruthNode
    names: frozenset[str]

    def bind(self, resolve: Callable[[str], int]) -> BoundExpression:
        """Find the tags; resolve gives a name's index. Raises ExpressionError where it raises KeyError."""
        indices = {}
        for name in sorted(self.names):
            try:
                indices[name] = resolve(name)
            except KeyError:
                sentence = tr("There is no tag called {name}.").format(name=name)
                raise ExpressionError(sentence) from None
        return BoundExpression(self.tree, indices)


def parse(text: str) -> Expression:
    """Read an expression. Raises ExpressionError, also for one whose result would be a number."""
    parser = Parser(text)
    tree = parser.tree()
    return Expression(tree, frozenset(parser.names))


def references_itself(expression: BoundExpression, tag: int) -> bool:
    """Whether an alarm's expression names the alarm's own tag, by its index: that is refused."""
    return tag in expression.tags
