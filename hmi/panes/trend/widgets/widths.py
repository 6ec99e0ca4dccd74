"""Widths of columns from what stands in them: nothing is cut, and a digit more or less does not shift the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QTableView

STEP_PX: Final = 4
PADDING_PX: Final = 12
ICON_PX: Final = 24


def width_of(table: QTableView, title: str, texts: Iterable[str], least_px: int = 0, *, is_bold: bool = False) -> int:
    """Return the width in pixels that a column needs for its title and its texts, in steps."""
    font = QFont(table.font())
    font.setBold(is_bold)
    metrics = QFontMetrics(font)
    font.setBold(True)
    head = QFontMetrics(font).horizontalAdvance(title)
    widest = max(head, *map(metrics.horizontalAdvance, ("", *texts))) + PADDING_PX
    return max(least_px, -(-widest // STEP_PX) * STEP_PX)
