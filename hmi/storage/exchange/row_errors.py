"""What could not be taken from a file: each with its line, its column and the reason; all counted, the first kept."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hmi.storage.exchange.mapping import RowError
from hmi.storage.exchange.part_file import part_file

KEPT: Final = 1_000
TEXT_MOST: Final = 80


class RowErrors:
    """Collects faults of one file."""

    def __init__(self) -> None:
        self.kept: list[RowError] = []
        self.total = 0

    @property
    def in_order(self) -> tuple[RowError, ...]:
        """Those that are kept, by their lines: they are found column by column."""
        return tuple(sorted(self.kept, key=lambda error: error.line))

    def add(self, line: int, column: str, reason: str, text: str = "") -> None:
        """Note one fault."""
        self.total += 1
        if len(self.kept) < KEPT:
            self.kept.append(RowError(line, column, reason, text[:TEXT_MOST]))


def save_row_errors(path: Path, errors: Iterable[RowError]) -> None:
    """Write faults as CSV. Raises StorageError in words."""
    with part_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("line", "column", "reason", "text"))
        lines.writerows((error.line, error.column, error.reason, error.text) for error in errors)
