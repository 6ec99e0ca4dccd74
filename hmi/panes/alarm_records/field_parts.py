"""The fields of the form: each shows one fact and tells what a person did to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QLineEdit, QPlainTextEdit, QWidget

from hmi.domain.language import tr
from hmi.panes.alarm_records.form import FieldFact
from hmi.ui.form_parts import field, show_choices, show_text

Changed = Callable[[str, object], None]
LINES: Final = 3
LINE_PADDING_PX: Final = 14
SHORT_CHOICE: Final = 8
COMPLETIONS: Final = 12
DIFFERENT: Final = tr("different")


class TextField:
    """One line."""

    def __init__(self, name: str, label: str, changed: Changed) -> None:
        self._name = name
        self._changed = changed
        self.line: QLineEdit = field(label, lambda text: changed(name, text))
        self.widget: QWidget = self.line

    def show(self, fact: FieldFact, *, may_edit: bool) -> None:
        """Show a fact."""
        show_text(self.line, "" if fact.value is None else str(fact.value))
        self.line.setPlaceholderText(DIFFERENT if fact.is_mixed else "")
        self.line.setReadOnly(not may_edit)


class TagField(TextField):
    """One line that completes the names of tags."""

    def __init__(self, name: str, label: str, changed: Changed, names: QStringListModel) -> None:
        super().__init__(name, label, changed)
        completer = QCompleter(names, self.line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(COMPLETIONS)
        completer.activated.connect(lambda text: changed(name, str(text)))
        self.line.setCompleter(completer)


class LinesField:
    """A few lines; Tab goes on to the next field."""

    def __init__(self, name: str, label: str, changed: Changed) -> None:
        self._name = name
        self._changed = changed
        self._box = QPlainTextEdit()
        self._box.setAccessibleName(label)
        self._box.setTabChangesFocus(True)
        self._box.setFixedHeight(self._box.fontMetrics().lineSpacing() * LINES + LINE_PADDING_PX)
        self._box.textChanged.connect(self._typed)
        self.widget: QWidget = self._box

    def show(self, fact: FieldFact, *, may_edit: bool) -> None:
        """Show a fact."""
        text = "" if fact.value is None else str(fact.value)
        if self._box.toPlainText().strip() != text.strip():
            with QSignalBlocker(self._box):
                self._box.setPlainText(text)
        self._box.setPlaceholderText(DIFFERENT if fact.is_mixed else "")
        self._box.setReadOnly(not may_edit)

    def _typed(self) -> None:
        self._changed(self._name, self._box.toPlainText())


class ChoiceField:
    """A list to choose from."""

    def __init__(self, name: str, label: str, changed: Changed, choices: Sequence[tuple[str, object]] = ()) -> None:
        self.choices = choices
        self._box = choice(label, lambda data: changed(name, data))
        self._box.setPlaceholderText(DIFFERENT)
        self.widget: QWidget = self._box

    def show(self, fact: FieldFact, *, may_edit: bool) -> None:
        """Show a fact."""
        show_choices(self._box, self.choices, fact.value)
        self._box.setEnabled(may_edit)


class FlagField:
    """A box to tick; between ticked and not where records differ."""

    def __init__(self, name: str, label: str, changed: Changed) -> None:
        self._box = QCheckBox(label)
        self._box.setAccessibleName(label)
        self._box.clicked.connect(lambda _checked=False: changed(name, self._ticked()))
        self.widget: QWidget = self._box

    def show(self, fact: FieldFact, *, may_edit: bool) -> None:
        """Show a fact."""
        self._box.setTristate(fact.is_mixed)
        state = Qt.CheckState.Checked if fact.value else Qt.CheckState.Unchecked
        self._box.setCheckState(Qt.CheckState.PartiallyChecked if fact.is_mixed else state)
        self._box.setEnabled(may_edit)

    def _ticked(self) -> bool:
        return self._box.checkState() != Qt.CheckState.Unchecked


Field = TextField | LinesField | ChoiceField | FlagField


def choice(name: str, chosen: Callable[[object], None]) -> QComboBox:
    """Return a list to choose from; tells the data of what a person chose."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(SHORT_CHOICE)
    box.activated.connect(lambda row: chosen(box.itemData(row)))
    return box
