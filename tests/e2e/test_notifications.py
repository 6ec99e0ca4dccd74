"""What an administrator does with notifications, in the whole program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from hmi.config.profile import open_profile
from hmi.domain.roles import LOCAL_ADMIN
from hmi.panes.notifications.rule_rows import StepRow
from hmi.panes.notifications.view import NotificationsView
from hmi.ui.navigator import Workspace
from tests.support.mail_server import mail_server_beside
from tests.support.program import Program
from tests.support.qt_loop import qt_loop


def page_of(program: Program) -> NotificationsView:
    """Open the page of notifications."""
    program.navigator.show(Workspace.ADMIN)
    program.press("Notifications", program.assembly.setup)
    view = program.assembly.frames["notifications"].view
    assert isinstance(view, NotificationsView)
    program.until(lambda: view.isVisible() and view._presenter.state is not None)
    return view


def type_into(view: QWidget, name: str, text: str) -> None:
    field = next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == name and each.isVisible())
    field.selectAll()
    QTest.keyClicks(field, text)


def test_administrator_has_alarms_mailed_tries_it_out_and_reads_what_was_missed(qtbot: QtBot, tmp_path: Path) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with mail_server_beside() as server, qt_loop(app) as loop:
        program = Program(qtbot, loop, open_profile(tmp_path), LOCAL_ADMIN)
        program.start(lambda _services: None)
        try:
            view = page_of(program)
            program.press("Add person…", view)
            program.until(view.person.isVisible)
            type_into(view.person, "Name", "Ana")
            type_into(view.person, "E-mail", "ana@example.org")
            program.press("Save", view.person)
            program.until(lambda: view.overview.people.table.rowCount() == 1)
            program.press("Add e-mail…", view)
            program.until(view.channel.isVisible)
            for name, text in (
                ("Name", "Office mail"),
                ("Mail server", "127.0.0.1"),
                ("Port", str(server.port)),
                ("Sender", "roams@example.org"),
                ("Test mail goes to", "ana@example.org"),
            ):
                type_into(view.channel, name, text)
            security = next(each for each in view.channel.findChildren(QComboBox) if each.isVisible())
            security.setCurrentIndex(2)
            security.activated.emit(2)
            program.press("Send test", view.channel)
            program.until(lambda: view.channel.said.text().startswith("Taken by 127.0.0.1"))
            assert "there is no alarm" in server.letters[0].text
            program.press("Save", view.channel)
            program.until(lambda: view.overview.isVisible() and view.overview.channels.table.rowCount() == 1)
            program.press("Add rule…", view)
            program.until(view.rule.isVisible)
            type_into(view.rule, "Name", "All that is urgent")
            step = view.rule.steps.rows[0]
            assert isinstance(step, StepRow)
            dialog = step.people.ask()
            dialog.findChildren(QListWidget)[0].item(0).setCheckState(view.rule._is_on.checkState())
            program.press("OK", dialog)
            program.press("Save", view.rule)
            program.until(lambda: view.overview.isVisible() and view.overview.rules.table.rowCount() == 1)
            program.port._loop.call_soon_threadsafe(program.services.alarms.report, "clock", "It is wrong.")
            program.port._loop.call_soon_threadsafe(program.services.alarms.report, "disk", "It is full.")
            program.until(lambda: any("Disk nearly full" in letter.text for letter in server.letters))
            program.until(lambda: program.mirror.inbox.unread == 2)
        finally:
            program.stop()
