"""Contrast as WCAG 2.1 computes it (1.4.3, 1.4.11): text at least 4.5:1 on every ground, symbols at least 3:1."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hmi.domain.alarms import Priority
from hmi.ui.theme import DARK, LIGHT, Theme, Tokens

GROUNDS = ("ground", "panel", "card")
TEXTS = ("text", "second", "live", "manual", "bad_text")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_can_be_read_on_every_ground(tokens: Tokens, ground: str) -> None:
    texts = {name: getattr(tokens, name) for name in TEXTS}
    texts |= {f"priority {number + 1}": colour for number, colour in enumerate(tokens.priority_text)}
    measured = {name: round(contrast(colour, getattr(tokens, ground)), 2) for name, colour in texts.items()}
    assert {name: found for name, found in measured.items() if found < 4.5} == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_pens_and_outlines_can_be_seen(tokens: Tokens) -> None:
    marks = {f"pen {number + 1}": pen for number, pen in enumerate(tokens.pens)}
    marks |= {"outline": tokens.outline, "focus": tokens.focus}
    measured = {name: round(contrast(colour, tokens.card), 2) for name, colour in marks.items()}
    assert {name: found for name, found in measured.items() if found < 3.0} == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_every_alarm_symbol_has_an_outline_that_stands_off_its_fill_or_its_ground(tokens: Tokens) -> None:
    for priority in Priority:
        fill = tokens.fill(priority).name()
        assert max(contrast(fill, tokens.card), contrast(tokens.text, tokens.card)) >= 3.0


def test_changing_the_look_tells_who_paints_by_hand(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app, "light")
    told: list[str] = []
    remove = theme.listen(lambda: told.append(theme.tokens.name))
    theme.toggle()
    assert app.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.ground
    theme.toggle()
    remove()
    theme.toggle()
    theme.use("light")
    assert told == ["dark", "light"]
