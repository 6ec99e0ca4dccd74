"""Bell, tray and notices, fed by a mirror."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from hmi.app.notices import Notices
from hmi.domain.alarms import Priority
from hmi.services.port import (
    AlarmChanges,
    DesktopNotice,
    Frame,
    InboxStatus,
    SilenceSound,
    SoundStatus,
)
from hmi.shell.main_window import MainWindow
from hmi.ui.navigator import Workspace
from tests.hmi.panes.alarms.alarm_rows import row
from tests.support.panes import Stage, stage


@pytest.fixture
def set_up() -> Iterator[Stage]:
    with stage() as made:
        yield made


@pytest.fixture
def told(qtbot: QtBot, set_up: Stage) -> Iterator[tuple[Notices, MainWindow]]:
    context = set_up.context
    window = MainWindow(context.navigator)
    qtbot.addWidget(window)
    notices = Notices(context.mirror, context.port, window, context.theme, context.navigator, context.tasks)
    yield notices, window
    notices.close()


def bell(window: MainWindow) -> QToolButton:
    return next(each for each in window.findChildren(QToolButton) if each.accessibleName().startswith("Inbox: "))


def test_the_bell_counts_what_was_missed_and_opens_it(told: tuple[Notices, MainWindow], set_up: Stage) -> None:
    _, window = told
    assert (bell(window).text(), bell(window).accessibleName()) == ("", "Inbox: nothing missed")
    set_up.mirror.take(Frame(inbox=InboxStatus(12)))
    assert (bell(window).text(), bell(window).accessibleName()) == ("12", "Inbox: 12 alarms missed")
    asked: list[bool] = []
    set_up.context.navigator.on_inbox(lambda: asked.append(True))
    bell(window).click()
    assert asked == [True]
    assert set_up.context.navigator.place.workspace is Workspace.SHIFT


def test_the_tray_follows_the_alarms_and_silences(told: tuple[Notices, MainWindow], set_up: Stage) -> None:
    notices, _ = told
    set_up.mirror.take(Frame(alarms=AlarmChanges((row(1), row(2))), sound=SoundStatus(is_sounding=True)))
    assert notices.tray._counts[Priority.HIGH] == (2, 2)
    notices.tray.menu.actions()[1].trigger()
    set_up.until(lambda: set_up.port.count(SilenceSound) == 1)


def test_without_a_tray_a_notice_stands_in_the_window(told: tuple[Notices, MainWindow], set_up: Stage) -> None:
    _, window = told
    minor = DesktopNotice(UUID(int=1), 0, "Low", "something", Priority.LOW)
    major = DesktopNotice(UUID(int=2), 0, "Critical", "Tank level low", Priority.CRITICAL)
    set_up.mirror.take(Frame(desktop=(minor, major)))
    assert window.statusBar().currentMessage() == "Critical: Tank level low"


def test_what_the_services_have_to_say_stands_in_the_window(told: tuple[Notices, MainWindow], set_up: Stage) -> None:
    _, window = told
    set_up.mirror.take(Frame(notices=("Two proposals wait.",)))
    assert window.statusBar().currentMessage() == "Two proposals wait."
    set_up.mirror.take(Frame(notices=("One.", "Another.", "The last.")))
    assert window.statusBar().currentMessage() == "The last. (2 more in Diagnostics)"


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_a_notice_that_is_clicked_leads_to_its_alarm(told: tuple[Notices, MainWindow], set_up: Stage) -> None:
    notices, _ = told
    shown: list[UUID] = []
    set_up.context.navigator.on_alarm(shown.append)
    standing = row(1)
    about = DesktopNotice(UUID(int=9), 0, "High", "Tank level low", Priority.HIGH, standing.occurrence)
    notices._open(about)
    assert shown == [], "it stands no longer"
    set_up.mirror.take(Frame(alarms=AlarmChanges((standing,))))
    notices._open(about)
    assert shown == [standing.id]
