"""Widths of columns from what stands in them: nothing is cut, and a digit more or less does not shift the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QTableView

STEP_PX: Final = 8
PADDING_PX: Final = 14
ICON_PX: Final = 24


def width_of(table: QTableView, title: str, texts: Iterable[str], least_px: int = 0) -> int:
    """Return the width in pixels that a column needs for its title and its texts, in steps; both may be bold."""
    font = QFont(table.font())
    font.setBold(True)
    metrics = QFontMetrics(font)
    widest = max((metrics.horizontalAdvance(text) for text in (title, *texts)), default=0) + PADDING_PX
    return max(least_px, -(-widest // STEP_PX) * STEP_PX)
