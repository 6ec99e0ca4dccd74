"""The settings of a connection, as its driver describes them: a form of which no field is written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from drivers.api import Setting
from hmi.domain.language import tr
from hmi.ui.label import Label

LINES_PX = 64
NOTE_PX = 420
LARGEST = 10**9

Read = Callable[[], object]


def ask_settings(
    parent: QWidget,
    settings: Sequence[Setting],
    present: Mapping[str, object],
    accept: Callable[[dict[str, object]], None],
) -> QDialog:
    """Open a dialog, which does not block; `accept` gets the settings that differ from their defaults."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Settings of the connection"))
    form = QFormLayout(dialog)
    reads: dict[str, Read] = {}
    for setting in settings:
        widget, reads[setting.name] = _field(setting, present.get(setting.name, setting.default))
        widget.setAccessibleName(setting.label)
        note = Label(setting.note)
        note.setProperty("kind", "second")
        note.setWordWrap(True)
        note.setFixedWidth(NOTE_PX)
        form.addRow(tr(setting.label), widget)
        form.addRow("", note)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    form.addRow(buttons)

    def finish() -> None:
        defaults = {setting.name: setting.default for setting in settings}
        found = {name: read() for name, read in reads.items()}
        accept({name: value for name, value in found.items() if value != defaults[name]})
        dialog.accept()

    buttons.accepted.connect(finish)
    buttons.rejected.connect(dialog.reject)
    dialog.open()
    return dialog


def _field(setting: Setting, value: object) -> tuple[QWidget, Read]:
    if setting.kind == "flag":
        flag = QCheckBox()
        flag.setChecked(bool(value))
        return flag, flag.isChecked
    if setting.kind == "choice":
        choice = QComboBox()
        choice.addItems([each.capitalize() for each in setting.choices])
        choice.setCurrentIndex(setting.choices.index(str(value)) if value in setting.choices else 0)
        return choice, lambda: setting.choices[choice.currentIndex()]
    if setting.kind == "lines":
        lines = QPlainTextEdit("\n".join(str(each) for each in value) if isinstance(value, list | tuple) else "")
        lines.setFixedHeight(LINES_PX)
        lines.setTabChangesFocus(True)
        return lines, lambda: tuple(line.strip() for line in lines.toPlainText().splitlines() if line.strip())
    return _number(setting, value)


def _number(setting: Setting, value: object) -> tuple[QWidget, Read]:
    low = setting.low if setting.low is not None else 0
    high = setting.high if setting.high is not None else LARGEST
    given = value if isinstance(value, int | float) else setting.default
    if setting.kind == "whole":
        whole = QSpinBox()
        whole.setRange(int(low), int(high))
        whole.setValue(int(given) if isinstance(given, int | float) else int(low))
        return whole, whole.value
    number = QDoubleSpinBox()
    number.setDecimals(1)
    number.setRange(float(low), float(high))
    number.setValue(float(given) if isinstance(given, int | float) else float(low))
    return number, number.value
