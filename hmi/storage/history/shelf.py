"""Which places hold which stretch of time: one immutable picture, replaced at once, never half.

A reader takes the picture that stands and keeps to it; whoever moves rows puts a new picture first and then waits
until nobody reads by an older one, before it drops what that one names. So a query sees every row once, whatever is
being moved meanwhile.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hmi.storage.history import schema
from hmi.storage.history.records import DAY_US

ALWAYS: Final = (-(1 << 62), 1 << 62)


@dataclass(frozen=True, slots=True)
class Place:
    """Sorted or hot tables, of which the rows from from_us (included) to to_us (not included) count.

    samples, texts: SQL names, empty when there is no such table. rollups: prefix of the SQL names of the rollup tables
    that `levels` names. rows: how many, about. run: its number, −1 for another place.
    """

    samples: str
    texts: str
    from_us: int
    to_us: int
    rows: int = 0
    run: int = -1
    rollups: str = ""
    levels: tuple[str, ...] = ()

    def overlaps(self, start_us: int, end_us: int) -> bool:
        """Whether any of its rows may lie from start_us to before end_us."""
        return self.from_us < end_us and start_us < self.to_us


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed file that is attached. Days are numbers since 1970-01-01 UTC, end_day not included."""

    path: Path
    alias: str
    generation: int
    first_day: int
    end_day: int
    rows: int
    texts: int
    first_seq: int
    last_seq: int
    tables: tuple[str, ...]
    bytes: int

    @property
    def place(self) -> Place:
        """Return where its rows are."""
        return Place(
            f"{self.alias}.sample" if "sample" in self.tables else "",
            f"{self.alias}.text_sample" if self.texts and "text_sample" in self.tables else "",
            self.first_day * DAY_US,
            self.end_day * DAY_US,
            self.rows,
            rollups=f"{self.alias}.",
            levels=tuple(name for name in self.tables if name in schema.ROLLUPS),
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """All places at one moment. runs: run number to its places, one a stretch of days that nobody has sealed."""

    hot: tuple[Place, ...] = ()
    runs: tuple[Place, ...] = ()
    sealed: tuple[Sealed, ...] = ()

    def places(self, start_us: int, end_us: int) -> list[Place]:
        """Return what may hold rows from start_us to before end_us, the newest days last."""
        found = [each.place for each in self.sealed] + list(self.runs) + list(self.hot)
        return [place for place in found if place.overlaps(start_us, end_us)]


class Shelf:
    """The picture that stands, and who still reads by which. From any thread."""

    def __init__(self) -> None:
        self._picture = Picture()
        self._number = 0
        self._readers: Counter[int] = Counter()
        self._changed = threading.Condition()

    @property
    def picture(self) -> Picture:
        """The picture that stands, to look at and not to read rows by."""
        return self._picture

    @contextmanager
    def reading(self) -> Iterator[Picture]:
        """Hold the picture that stands for as long as rows are read by it."""
        with self._changed:
            number, picture = self._number, self._picture
            self._readers[number] += 1
        try:
            yield picture
        finally:
            with self._changed:
                self._readers[number] -= 1
                if not self._readers[number]:
                    del self._readers[number]
                    self._changed.notify_all()

    def put(self, picture: Picture) -> None:
        """Let another picture stand."""
        with self._changed:
            self._picture = picture
            self._number += 1

    def wait_unread(self) -> None:
        """Wait until nobody reads by a picture that no longer stands."""
        with self._changed:
            self._changed.wait_for(lambda: all(number == self._number for number in self._readers))
