"""A line for a secret shows nothing of it, and no keyboard on the screen learns it."""

from __future__ import annotations

import ast
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from hmi.ui.form_parts import as_secret

ROOT = Path(__file__).resolve().parents[3]


def test_a_secret_is_hidden_and_offered_to_nobody(qtbot: QtBot) -> None:
    line = as_secret(QLineEdit())
    qtbot.addWidget(line)
    line.setText("heron")
    assert "heron" not in line.displayText()
    assert line.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData


def test_no_pane_hides_a_line_by_halves() -> None:
    for path in (ROOT / "hmi" / "panes").rglob("*.py"):
        called = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert "setEchoMode" not in called, f"{path}: use as_secret"
