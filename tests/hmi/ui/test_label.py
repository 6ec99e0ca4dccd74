"""What comes from outside is shown letter by letter."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from hmi.ui.form_parts import FaultLabel, heading, note
from hmi.ui.label import Label

NAME = "Plant<span style='font-size:1px'>"


def test_a_name_that_looks_like_html_hides_nothing_behind_it(qtbot: QtBot) -> None:
    honest = Label("Plant ending in ABCD1234")
    for label in (Label(), note(), heading(""), FaultLabel()):
        qtbot.addWidget(label)
        label.setText(f"{NAME} ending in ABCD1234")
        assert label.sizeHint().width() > honest.sizeHint().width()
