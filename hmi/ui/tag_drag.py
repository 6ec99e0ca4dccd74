"""Dragging tags from one pane to another: their dense indices under a type of our own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QMimeData

TAGS: Final = "application/x-roams-tags"
MOST_TAGS: Final = 8


def mime_of(tags: Iterable[int]) -> QMimeData:
    """Return what a drag carries; of many tags the first few."""
    data = QMimeData()
    data.setData(TAGS, ",".join(str(each) for each in list(tags)[:MOST_TAGS]).encode())
    return data


def tags_of(data: QMimeData | None) -> tuple[int, ...]:
    """Return the tags that a drag carries; nothing for anything else."""
    if data is None or not data.hasFormat(TAGS):
        return ()
    words = bytes(data.data(TAGS).data()).decode("ascii", "replace").split(",")
    return tuple(int(each) for each in words if each.isdecimal())[:MOST_TAGS]
