"""The tray's icon. Offscreen there is no tray; where one is wanted the test says that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from hmi.domain.alarms import Priority
from hmi.services.port import DesktopNotice
from hmi.shell.tray import Tray, tooltip_of, tray_icon, worst_of
from hmi.ui.theme import DARK, LIGHT, Theme

QUIET = dict.fromkeys(Priority, (0, 0))
BUSY = {**QUIET, Priority.HIGH: (2, 3), Priority.LOW: (1, 9)}
OFFSCREEN = "systemTrayWindowChanged"
"""What Qt says of a platform without a tray when an icon is shown all the same."""

Make = Callable[..., Tray]


@pytest.fixture
def make(qtbot: QtBot, qapp: QApplication) -> Iterator[Make]:
    window = QWidget()
    qtbot.addWidget(window)
    theme, made = Theme(qapp), []

    def tray(**how: Callable[[], bool]) -> Tray:
        made.append(Tray(window, theme, **how))
        return made[-1]

    yield tray
    for each in made:
        each.close()


def notice(number: int, priority: Priority = Priority.LOW) -> DesktopNotice:
    return DesktopNotice(UUID(int=number), 0, f"title {number}", f"text {number}", priority)


def picture(priority: Priority | None, count: int, size: int = 32) -> QImage:
    return tray_icon(LIGHT, priority, count).pixmap(QSize(size, size)).toImage()


def test_without_a_tray_nothing_happens_and_nothing_fails(make: Make) -> None:
    tray = make()
    tray.show_alarms(BUSY, is_sounding=True)
    assert not tray.is_there
    assert not tray.tell([notice(1)]), "then it has to be said elsewhere"


@pytest.mark.qt_log_ignore(OFFSCREEN, extend=True)
def test_a_tray_that_comes_later_gets_the_icon(make: Make) -> None:
    there: list[bool] = []
    tray = make(is_available=lambda: bool(there))
    tray.show_alarms(BUSY, is_sounding=False)
    there.append(True)
    tray._looking.timeout.emit()
    assert tray.is_there
    assert not tray._looking.isActive()
    assert tray._icon is not None
    assert tray._icon.toolTip() == "Roams: unacknowledged 2 high, 1 low; 12 stand"


@pytest.mark.qt_log_ignore(OFFSCREEN, extend=True)
def test_the_icon_is_the_worst_that_nobody_acknowledged(make: Make) -> None:
    tray = make(is_available=lambda: True)
    assert isinstance(tray._icon, QSystemTrayIcon)
    quiet = tray._icon.icon().cacheKey()
    tray.show_alarms(BUSY, is_sounding=False)
    busy = tray._icon.icon().cacheKey()
    assert busy == tray_icon(LIGHT, Priority.HIGH, 3).cacheKey() != quiet
    tray.show_alarms({**QUIET, Priority.HIGH: (0, 5)}, is_sounding=False)
    assert tray._icon.icon().cacheKey() == quiet
    assert tray._icon.toolTip() == "Roams: no unacknowledged alarms; 5 stand"
    tray._theme.use("dark")
    assert tray._icon.icon().cacheKey() == tray_icon(DARK, None, 0).cacheKey()


def test_the_worst_priority_counts_with_all_the_others() -> None:
    assert worst_of(QUIET) == (None, 0)
    assert worst_of(BUSY) == (Priority.HIGH, 3)
    assert tooltip_of(QUIET) == "Roams: no unacknowledged alarms"


def test_each_priority_has_its_own_shape_and_each_count_its_own_number(qapp: QApplication) -> None:
    assert qapp
    pictures = [picture(priority, 1) for priority in (None, *Priority)]
    pictures += [picture(Priority.HIGH, count) for count in (2, 9, 10)]
    assert all(one != other for place, one in enumerate(pictures) for other in pictures[place + 1 :])
    shapes = [tuple(_row(picture(priority, 1, 64), 8)) for priority in Priority]
    assert len(set(shapes)) == 4, "not by colour alone"


def _row(image: QImage, y: int) -> list[bool]:
    return [image.pixelColor(x, y).alpha() > 100 for x in range(image.width())]


@pytest.mark.qt_log_ignore(OFFSCREEN, extend=True)
def test_the_menu_shows_the_window_and_silences_and_never_quits(qtbot: QtBot, make: Make) -> None:
    tray = make(is_available=lambda: True)
    show, silence = tray.menu.actions()
    assert (show.text(), silence.text()) == ("Show window", "Silence the sound")
    assert not silence.isEnabled()
    tray.show_alarms(BUSY, is_sounding=True)
    with qtbot.waitSignal(tray.silence_pressed):
        silence.trigger()
    with qtbot.waitSignal(tray.show_pressed):
        show.trigger()
    assert tray._icon is not None
    with qtbot.waitSignal(tray.show_pressed):
        tray._icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)


@pytest.mark.qt_log_ignore(OFFSCREEN, extend=True)
def test_a_notice_that_is_clicked_is_the_one_that_was_shown(qtbot: QtBot, make: Make) -> None:
    tray = make(is_available=lambda: True)
    assert not tray.tell([])
    worst = notice(2, Priority.CRITICAL)
    assert tray.tell([notice(1), worst, notice(3)])
    assert tray._icon is not None
    with qtbot.waitSignal(tray.notice_pressed) as pressed:
        tray._icon.messageClicked.emit()
    assert pressed.args == [worst]
