"""The steps that follow while alarms stay unacknowledged: a clock's worth of them, time passed in."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

SPARE = 1_000


class DueStep(NamedTuple):
    """One step of one alarm's chain. due_us: UTC µs."""

    due_us: int
    alarm_id: UUID
    activated_us: int
    rule_id: UUID
    step: int


class Escalation:
    """What is still to come. An alarm that comes anew begins its chains anew."""

    def __init__(self) -> None:
        self._by_alarm: dict[UUID, dict[tuple[UUID, int], DueStep]] = {}
        self._heap: list[DueStep] = []

    def begin(self, alarm_id: UUID, activated_us: int, steps: Iterable[tuple[int, UUID, int]]) -> None:
        """Take up an alarm's steps: when, which rule's, which number."""
        found = {(rule, step): DueStep(due_us, alarm_id, activated_us, rule, step) for due_us, rule, step in steps}
        self._by_alarm.pop(alarm_id, None)
        if found:
            self._by_alarm[alarm_id] = found
            for each in found.values():
                heapq.heappush(self._heap, each)
            self._tidy()

    def end(self, alarm_id: UUID) -> None:
        """Forget an alarm: it was acknowledged, or is hidden."""
        self._by_alarm.pop(alarm_id, None)

    def clear(self) -> None:
        """Forget all."""
        self._by_alarm.clear()
        self._heap.clear()

    def next_us(self) -> int | None:
        """Return when the next step is due, or None."""
        while self._heap and not self._is_wanted(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0].due_us if self._heap else None

    def take_due(self, now_us: int) -> list[DueStep]:
        """Return the steps that are due, and forget them."""
        found = []
        while (next_us := self.next_us()) is not None and next_us <= now_us:
            due = heapq.heappop(self._heap)
            steps = self._by_alarm[due.alarm_id]
            del steps[due.rule_id, due.step]
            if not steps:
                del self._by_alarm[due.alarm_id]
            found.append(due)
        return found

    def __len__(self) -> int:
        return sum(len(steps) for steps in self._by_alarm.values())

    def _is_wanted(self, due: DueStep) -> bool:
        return self._by_alarm.get(due.alarm_id, {}).get((due.rule_id, due.step)) == due

    def _tidy(self) -> None:
        """Keep alarms that come and go all day from filling the heap with what nobody waits for."""
        if len(self._heap) > SPARE + 2 * len(self._by_alarm):
            self._heap = [each for each in self._heap if self._is_wanted(each)]
            heapq.heapify(self._heap)
