"""Selections: what was selected and waits to be operated, and why one does not hold any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

from hmi.domain.commands import Control
from hmi.domain.language import tr
from hmi.domain.roles import User
from hmi.domain.sequences import CommandSequence
from hmi.services.port import RefusedError

KEPT: Final = 64


@dataclass(slots=True)
class Selected:
    """One selection. value: NaN for a sequence. from_value: what the readback showed. until_s: monotonic."""

    target: Control | CommandSequence
    value: float
    user: User
    until_s: float
    is_safe: bool = False
    from_value: float = float("nan")
    second: User | None = None
    token: UUID = field(default_factory=uuid4)

    @property
    def second_name(self) -> str:
        """The second person's name, empty for none."""
        return self.second.name if self.second is not None else ""


class Selections:
    """Those that hold, and the reasons of those that were voided. Bounded. On the I/O thread."""

    def __init__(self, told: Callable[[UUID, str], None]) -> None:
        """told: hears of each token that is void, and why."""
        self._told = told
        self._held: dict[UUID, Selected] = {}
        self._void: dict[UUID, str] = {}

    @property
    def is_empty(self) -> bool:
        return not self._held

    def add(self, selected: Selected) -> None:
        """Keep a selection; of too many the oldest goes."""
        while len(self._held) >= KEPT:
            del self._held[next(iter(self._held))]
        self._held[selected.token] = selected

    def find(self, token: UUID, now_s: float) -> Selected:
        """Return a selection that holds. Raises RefusedError with the reason for one that does not."""
        selected = self._held.get(token)
        if selected is not None and selected.until_s > now_s:
            return selected
        self._held.pop(token, None)
        raise RefusedError(self._void.pop(token, tr("The selection has run out; select again.")))

    def drop(self, token: UUID) -> None:
        """Let go of a selection."""
        self._held.pop(token, None)

    def void(self, reason_of: Callable[[Selected], str]) -> None:
        """Void every selection that a reason is found for."""
        for token, selected in list(self._held.items()):
            if reason := reason_of(selected):
                del self._held[token]
                while len(self._void) >= KEPT:
                    del self._void[next(iter(self._void))]
                self._void[token] = reason
                self._told(token, reason)
