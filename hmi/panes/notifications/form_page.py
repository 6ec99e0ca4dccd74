"""What the pages of one thing have in common: a title, the form, what is wrong with all of it, Save and Cancel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.notifications.drafts import FieldText
from hmi.ui.cards import choice
from hmi.ui.form_parts import FaultLabel, field, note, push, show_checks, show_choices, show_text
from hmi.ui.label import Label
from hmi.ui.theme import Theme

FIELD_PX: Final = 420
NUMBER_PX: Final = 90
LINES_PX: Final = 76
FORM_PX: Final = 900
Changed = Callable[[str, object], None]


class FormPage(QWidget):
    """A form in a page of its own; Esc leaves it, Save is at its foot."""

    saved = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = Label()
        self.title.setProperty("kind", "title")
        self.fault = FaultLabel()
        self.save = push(tr("Save"), self.saved.emit, is_primary=True)
        self.cancel = push(tr("Cancel"), self.left.emit)
        body = QWidget()
        self.inside = QVBoxLayout(body)
        self.inside.setContentsMargins(12, 10, 12, 10)
        self.inside.setSpacing(8)
        scroll = QScrollArea()
        scroll.setObjectName("plain")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        scroll.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 12, 10)
        foot.addWidget(self.save)
        foot.addWidget(self.cancel)
        foot.addWidget(self.fault)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)
        self.inside.addWidget(self.title)


class FieldRows:
    """The described fields of one thing, a row each: label, field, unit, help or what is wrong."""

    def __init__(self, fields: tuple[FieldText, ...], changed: Changed, theme: Theme) -> None:
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(16)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._theme = theme
        self.widgets: dict[str, QWidget] = {}
        self._below: dict[str, tuple[Label, FaultLabel]] = {}
        for each in fields:
            self._add(each, changed)

    def add_row(self, label: str, widget: QWidget, help_text: str = "", name: str = "") -> None:
        """Add a row of one's own."""
        self._put(label, widget, "", help_text, name)

    def refresh(self, values: dict[str, object], faults: dict[str, str], choices: tuple[FieldText, ...]) -> None:
        """Show values, and what is wrong with them."""
        texts = {each.name: each for each in choices}
        for name, widget in self.widgets.items():
            value = values.get(name, "")
            if isinstance(widget, QCheckBox):
                show_checks(widget, self._theme)
                widget.setChecked(bool(value))
            elif isinstance(widget, QComboBox):
                show_choices(widget, texts[name].choices, value)
            elif isinstance(widget, QPlainTextEdit):
                if widget.toPlainText() != str(value):
                    widget.setPlainText(str(value))
            elif isinstance(widget, QLineEdit):
                show_text(widget, str(value))
        for name, (help_label, fault) in self._below.items():
            fault.say(faults.get(name, ""))
            help_label.setVisible(bool(help_label.text()) and not faults.get(name))

    def _add(self, each: FieldText, changed: Changed) -> None:
        if each.is_flag:
            box = QCheckBox(each.label)
            box.setAccessibleName(each.label)
            box.clicked.connect(lambda is_checked: changed(each.name, is_checked))
            widget: QWidget = box
        elif each.choices:
            widget = choice(each.label, partial(changed, each.name))
            widget.setFixedWidth(FIELD_PX)
        elif each.has_lines:
            lines = QPlainTextEdit()
            lines.setAccessibleName(each.label)
            lines.setTabChangesFocus(True)
            lines.setFixedSize(FIELD_PX, LINES_PX)
            lines.textChanged.connect(lambda: changed(each.name, lines.toPlainText()))
            widget = lines
        else:
            line = field(f"{each.label} {each.unit}".strip(), partial(changed, each.name))
            line.setFixedWidth(NUMBER_PX if each.unit or each.name == "port" else FIELD_PX)
            widget = line
        self.widgets[each.name] = widget
        self._put("" if each.is_flag else each.label, widget, each.unit, each.help, each.name)

    def _put(self, label: str, widget: QWidget, unit: str, help_text: str, name: str) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(widget)
        if unit:
            line.addWidget(Label(unit))
        line.addStretch(1)
        help_label, fault = note(help_text), FaultLabel()
        if not help_text:
            help_label.hide()  # never shown here: without a parent yet it would be a window
        beside = QVBoxLayout()
        beside.setSpacing(2)
        beside.addLayout(line)
        beside.addWidget(help_label)
        beside.addWidget(fault)
        self.form.addRow(label, beside)
        if name:
            self._below[name] = (help_label, fault)
