"""A small language over tags, for suppression: read by our own parser, never run as Python; its result is yes or no.

    [Pump 1 running] = 0 and not ([North tank · Level] > 2.5 or abs([Flow] - [Flow setpoint]) < 0.1)

- A tag stands in brackets: `[Station · Tag]`, or `[Tag]` for one of the own station; its value is a number. A bracket
  that is part of a name is written twice.
- `+ - * /`, `min`, `max` and `abs` make numbers; `= <> < <= > >=` compare them; `and`, `or`, `not`, `true` and `false`
  join comparisons. `and` and `or` look at their right side only when the left has not decided.
- A tag whose value is not trusted, a division by zero and a number without bound are errors, never a yes or a no: who
  evaluates shows the error and suppresses nothing. Every tag that is named must be trusted, also where the answer
  would not hang on it.
- An alarm's expression may not name the alarm's own tag: the alarm would be hidden by what it is to warn of.
"""

from hmi.domain.expressions.expression import BoundExpression, Expression, parse, references_itself
from hmi.domain.expressions.parser import DEPTH_MOST
from hmi.domain.expressions.tokens import LENGTH_MOST, ExpressionError, bracketed, renamed

__all__ = [
    "DEPTH_MOST",
    "LENGTH_MOST",
    "BoundExpression",
    "Expression",
    "ExpressionError",
    "bracketed",
    "parse",
    "references_itself",
    "renamed",
]
