"""Suppression by design: expressions over tags, looked at when one of their tags changes.

An expression that cannot be evaluated suppresses nothing; its error is kept to be shown. But while a link of its tags
is lost it says what it said last: one lost link must not bring up all that was hidden behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

import numpy as np
import numpy.typing as npt

from hmi.domain.alarms import AlarmDefinition
from hmi.domain.alarms.wording import alarm_station, alarm_tag
from hmi.domain.catalogue import Catalogue
from hmi.domain.expressions import BoundExpression, ExpressionError, parse, references_itself
from hmi.domain.tag_paths import TagPaths

ITSELF = "The expression names the alarm's own tag."


class Suppression:
    """The expressions of one catalogue. value_of: a tag's value, None for one that is not trusted."""

    def __init__(
        self,
        catalogue: Catalogue,
        value_of: Callable[[int], float | None],
        is_linked: Callable[[int], bool] = lambda _: True,
    ) -> None:
        """is_linked: whether a tag's link is there."""
        self._value_of = value_of
        self._is_linked = is_linked
        self._bound: dict[UUID, BoundExpression] = {}
        self._of_tag: dict[int, list[UUID]] = {}
        self._broken: dict[UUID, str] = {}
        self.faults: dict[UUID, str] = {}
        written = [alarm for alarm in catalogue.every_alarm if alarm.suppression.strip()]
        paths = TagPaths(catalogue) if written else None
        for alarm in written:
            if paths is not None:
                self._bind(alarm, catalogue, paths)
        self._watched = np.array(sorted(self._of_tag), np.uint32)
        self.faults.update(self._broken)

    @property
    def errors(self) -> dict[UUID, str]:
        """The faults that somebody must correct: those of expressions, not of values that are not trusted for now."""
        return {alarm_id: text for alarm_id, text in self.faults.items() if not self._lacks_value(alarm_id)}

    @property
    def alarm_ids(self) -> set[UUID]:
        """The alarms that have an expression that can be read."""
        return set(self._bound)

    def look(self, tags: npt.NDArray[np.uint32]) -> dict[UUID, bool]:
        """Return whether each alarm that depends on one of the tags is suppressed now."""
        if not len(self._watched):
            return {}
        touched = np.intersect1d(tags, self._watched).tolist()
        return self._evaluate({alarm_id for tag in touched for alarm_id in self._of_tag[tag]})

    def look_at_all(self) -> dict[UUID, bool]:
        """Return whether each alarm with an expression is suppressed now."""
        return self._evaluate(self._bound)

    def _bind(self, alarm: AlarmDefinition, catalogue: Catalogue, paths: TagPaths) -> None:
        try:
            bound = parse(alarm.suppression).bind(paths.resolver(alarm_station(alarm, catalogue)))
        except ExpressionError as error:
            self._broken[alarm.id] = str(error)
            return
        if references_itself(bound, alarm_tag(alarm, catalogue)):
            self._broken[alarm.id] = ITSELF
            return
        self._bound[alarm.id] = bound
        for tag in bound.tags:
            self._of_tag.setdefault(tag, []).append(alarm.id)

    def _lacks_value(self, alarm_id: UUID) -> bool:
        bound = self._bound.get(alarm_id)
        return bound is not None and any(self._value_of(tag) is None for tag in bound.tags)

    def _evaluate(self, alarm_ids: Iterable[UUID]) -> dict[UUID, bool]:
        found = {}
        for alarm_id in alarm_ids:
            try:
                found[alarm_id] = self._bound[alarm_id].evaluate(self._value_of)
                self.faults.pop(alarm_id, None)
            except ExpressionError as error:
                if all(self._is_linked(tag) for tag in self._bound[alarm_id].tags):
                    found[alarm_id] = False
                    self.faults[alarm_id] = str(error)
        return found
