"""The two cursors, A and B: where they are and which of them the keys move."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cursor(StrEnum):
    """One of the two."""

    A = "A"
    B = "B"


@dataclass(slots=True)
class Cursors:
    """Times in UTC µs, None for a cursor that is not there. active: what keys and clicks move."""

    a_us: int | None = None
    b_us: int | None = None
    active: Cursor = Cursor.A

    @property
    def active_us(self) -> int | None:
        return self.a_us if self.active is Cursor.A else self.b_us

    @property
    def distance_us(self) -> int | None:
        """B − A, when both are there."""
        return None if self.a_us is None or self.b_us is None else self.b_us - self.a_us

    @property
    def stretch_us(self) -> tuple[int, int] | None:
        """The stretch between the two, the earlier one first."""
        if self.a_us is None or self.b_us is None or self.a_us == self.b_us:
            return None
        return min(self.a_us, self.b_us), max(self.a_us, self.b_us)

    def put(self, time_us: int | None, cursor: Cursor | None = None) -> None:
        """Put a cursor, or the active one, on a time, or take it away; it is the active one then."""
        self.active = cursor or self.active
        if self.active is Cursor.A:
            self.a_us = time_us
        else:
            self.b_us = time_us

    def take_away(self) -> bool:
        """Take B away, else A; whether there was one."""
        for cursor, at_us in ((Cursor.B, self.b_us), (Cursor.A, self.a_us)):
            if at_us is not None:
                self.put(None, cursor)
                self.active = Cursor.A
                return True
        return False
