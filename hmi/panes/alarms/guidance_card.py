"""The card below a list: what an operator is told of the alarm that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.alarms.guidance import Guidance
from hmi.ui.form_parts import push
from hmi.ui.label import Label

HEIGHT_PX: Final = 176


class GuidanceCard(QFrame):
    """`trend_wanted`, `map_wanted`: the jumps, with the moment in view."""

    trend_wanted = Signal()
    map_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedHeight(HEIGHT_PX)
        self._title = Label()
        self._title.setProperty("kind", "heading")
        self._left = Label()
        self._left.setProperty("kind", "bad")
        self._facts = _text()
        self._advice = _text()
        self.trend = push(tr("Trend then"), self.trend_wanted.emit)
        self.map = push(tr("Map"), self.map_wanted.emit)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._left)
        head.addWidget(self.trend)
        head.addWidget(self.map)
        body = QHBoxLayout()
        body.setSpacing(24)
        body.addWidget(_scrolled(self._advice), 3)
        body.addWidget(_scrolled(self._facts), 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.addLayout(head)
        layout.addLayout(body, 1)

    def show_none(self, count: int) -> None:
        """Say what can be chosen, or how many are."""
        words = tr("{count} alarms are selected.").format(count=count) if count else ""
        self._title.setText(words or tr("Select an alarm to see its consequence and what to do about it."))
        for widget in (self._left, self._facts, self._advice):
            widget.setText("")
        self.trend.setVisible(False)
        self.map.setVisible(False)

    def show_alarm(self, found: Guidance, *, has_trend: bool, has_place: bool) -> None:
        """Show one alarm."""
        self._title.setText(found.title)
        self._left.setText(tr("Time left: {time}").format(time=found.left) if found.left else "")
        self._set(self._facts, found.facts)
        self._set(self._advice, found.advice)
        self.trend.setVisible(has_trend)
        self.map.setVisible(has_place)

    def _set(self, label: Label, lines: Sequence[tuple[str, str]]) -> None:
        text = "<br>".join(f"<b>{escape(name)}:</b> {escape(said)}" for name, said in lines)
        if label.text() != text:
            label.setText(text)


def _text() -> Label:
    label = Label()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    widget.setObjectName("plain")
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(False)
    return area
