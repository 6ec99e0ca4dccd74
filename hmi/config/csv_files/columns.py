"""The columns of a kind of file: which there are, and which a heading means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Columns:
    """labels: every column's heading by its name, in the order of a file. keys: a file has at least one of them.

    what: what a file of this kind holds, in words. also: other headings that mean a column.
    """

    def __init__(
        self, what: str, labels: Mapping[str, str], keys: Sequence[str], also: Mapping[str, str] | None = None
    ) -> None:
        self.what = what
        self.labels = labels
        self.keys = keys
        self._known = {
            **{_plain(name): name for name in labels},
            **{_plain(label): name for name, label in labels.items()},
            **{_plain(heading): name for heading, name in (also or {}).items()},
        }

    def column_of(self, heading: str) -> str | None:
        """Return the column that a heading means; None for one that nobody knows."""
        return self._known.get(_plain(heading))

    def columns_of(self, headings: Sequence[str]) -> list[str | None]:
        """Return the columns of a heading line."""
        return [self.column_of(each) for each in headings]


def _plain(heading: str) -> str:
    return "".join(mark for mark in heading.casefold() if mark.isalnum())
