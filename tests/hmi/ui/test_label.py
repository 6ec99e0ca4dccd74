"""What comes from outside is shown letter by letter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from hmi.ui.form_parts import FaultLabel, heading, note
from hmi.ui.label import Label, in_role, tip

NAME = "Plant<span style='font-size:1px'>"


def test_a_name_that_looks_like_html_hides_nothing_behind_it(qtbot: QtBot) -> None:
    honest = Label("Plant ending in ABCD1234")
    for label in (Label(), note(), heading(""), FaultLabel()):
        qtbot.addWidget(label)
        label.setText(f"{NAME} ending in ABCD1234")
        assert label.sizeHint().width() > honest.sizeHint().width()


def test_a_tooltip_says_the_same_letter_by_letter() -> None:
    for text in (f"{NAME}\nsecond line", "a < b & c", "&lt;b&gt;", "<b>x</b>", "plain"):
        shown = QTextDocument()
        if tip(text) == text:  # Qt shows it as it is
            assert "<" not in text
            continue
        shown.setHtml(tip(text))
        assert shown.toPlainText() == text
    assert in_role(NAME, Qt.ItemDataRole.DisplayRole) == NAME
    assert in_role(NAME, Qt.ItemDataRole.ToolTipRole) == tip(NAME)


def is_ours(given: ast.expr) -> bool:
    """Whether an expression can only be words of the program's own, or goes through `tip`."""
    match given:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id="tip")):
            return True
        case ast.Call(func=ast.Name(id="tr"), args=[ast.Constant()]):
            return True
        case ast.IfExp(body=one, orelse=other):
            return is_ours(one) and is_ours(other)
        case ast.BoolOp(values=parts):
            return all(is_ours(part) for part in parts)
    return False


def tooltips() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted((Path(__file__).parents[3] / "hmi").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="setToolTip", value=owner)) if "_icon" not in ast.dump(owner):
                    yield path, node  # the icon of the tray is the system's and knows no HTML


def test_no_tooltip_has_names_from_outside_that_qt_could_read_as_html() -> None:
    found = list(tooltips())
    assert len(found) > 50
    assert [f"{path}:{node.lineno}" for path, node in found if not is_ours(node.args[-1])] == []
