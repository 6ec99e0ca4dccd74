"""The setup of notifications as people use it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from hmi.domain.alarms import Priority
from hmi.domain.roles import LOCAL_ADMIN, OPERATOR, User
from hmi.panes.notifications.presenter import Part
from hmi.panes.notifications.rule_rows import StepRow
from hmi.panes.notifications.view import NotificationsView
from hmi.services.port import (
    DiscardOutgoing,
    Frame,
    OutgoingStatus,
    ReadOutgoing,
    RetryOutgoing,
    SaveNotifications,
    SaveSoundSettings,
    SetChannelSecret,
    SoundStatus,
    TestChannel,
    TestSound,
)
from tests.hmi.panes.notifications.notifications_stage import ANA, HILL, MAIL, NIGHT, SCREEN, URGENT, answer
from tests.support.panes import Stage, stage


def view_of(qtbot: QtBot, set_up: Stage) -> NotificationsView:
    answer(set_up.port)
    view = NotificationsView(set_up.context)
    qtbot.addWidget(view)
    set_up.at_end.append(view.hide)
    view.resize(1500, 900)
    view.show()
    set_up.until(lambda: view._presenter.state is not None and view.overview.rules.table.rowCount() == 2)
    return view


def button(view: QWidget, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text and each.isVisible())


def line(view: QWidget, name: str) -> QLineEdit:
    return next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == name and each.isVisible())


def asked(view: QWidget, set_up: Stage) -> QMessageBox:
    """Return the question that comes up."""
    set_up.until(lambda: any(each.isVisible() for each in view.findChildren(QMessageBox)))
    return next(each for each in view.findChildren(QMessageBox) if each.isVisible())


def cell(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    return item.text() if item is not None else ""


def retype(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text) if text else QTest.keyClick(field, Qt.Key.Key_Delete)


def test_a_mail_server_is_added_by_keyboard(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        button(view, "Add e-mail…").click()
        set_up.until(view.channel.isVisible)
        set_up.until(lambda: line(view.channel, "Name").hasFocus())
        for name, text in (
            ("Name", "Backup"),
            ("Mail server", "mail2.example.org"),
            ("Sender", "nonsense"),
            ("Password", "pass-word"),
        ):
            retype(line(view.channel, name), text)
        assert line(view.channel, "Password").echoMode() is QLineEdit.EchoMode.Password
        button(view.channel, "Save").click()
        set_up.until(lambda: view.channel._rows is not None and view.channel._rows._below["sender"][1].isVisible())
        retype(line(view.channel, "Sender"), "roams@example.org")
        retype(line(view.channel, "Test mail goes to"), "ana@example.org")
        button(view.channel, "Send test").click()
        set_up.until(lambda: view.channel.said.text().startswith("Taken by"))
        assert set_up.port.last(TestChannel).secret == "pass-word"
        button(view.channel, "Save").click()
        set_up.until(lambda: set_up.port.count(SetChannelSecret) == 1)
        assert set_up.port.last(SaveNotifications).settings.channels[-1].name == "Backup"
        set_up.until(view.overview.isVisible)
        button(view, "Add webhook…").click()
        set_up.until(view.channel.isVisible)
        assert line(view.channel, "Token").text() == "", "a secret is never shown again"


def test_a_channel_is_tested_where_it_is_listed(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        assert not view.overview.test_button.isEnabled()
        retype(line(view.overview, "Test mail goes to"), "ana@example.org")
        view.overview.channels.table.selectRow(0)
        view.overview.test_button.click()
        set_up.until(lambda: cell(view.overview.channels.table, 0, 3).startswith("Taken by"))
        assert (set_up.port.last(TestChannel).address, set_up.port.last(TestChannel).channel) == (
            "ana@example.org",
            MAIL,
        )


def test_a_rule_is_made_of_steps_and_people(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        button(view, "Add rule…").click()
        set_up.until(view.rule.isVisible)
        retype(view.rule.name, "Third")
        step = view.rule.steps.rows[0]
        assert isinstance(step, StepRow)
        dialog = step.people.ask()
        (found,) = dialog.findChildren(QListWidget)
        assert [found.item(row).text() for row in range(found.count())] == ["Night shift", "Ana", "Bo", "Cy"]
        QTest.keyClick(found, Qt.Key.Key_Space)
        dialog.findChildren(QDialogButtonBox)[0].button(QDialogButtonBox.StandardButton.Ok).click()
        set_up.until(lambda: step.people.button.text() == "Night shift")
        button(view.rule, "Add step").click()
        set_up.until(lambda: len(view.rule.steps.rows) == 2)
        second = view.rule.steps.rows[1]
        assert isinstance(second, StepRow)
        second.channel.setCurrentIndex(second.channel.findText("Control room"))
        second.channel.activated.emit(second.channel.currentIndex())
        button(view.rule, "Add period").click()
        set_up.until(lambda: len(view.rule.periods.rows) == 1 and view.rule.periods.rows[0].isVisible())
        retype(line(view.rule, "Period 1: from"), "later")
        view.rule._has_quiet.click()
        set_up.until(view.rule._spared.isVisible)
        button(view.rule, "Save").click()
        set_up.until(lambda: view.rule._faults["periods"].text() == "◆ Type a time such as 06:30.")
        retype(line(view.rule, "Period 1: from"), "07:00")
        button(view.rule, "Save").click()
        set_up.until(lambda: set_up.port.count(SaveNotifications) == 1)
        saved = set_up.port.last(SaveNotifications).settings.rules[-1]
        assert [(each.channel, each.after_min, each.recipients) for each in saved.steps] == [
            (MAIL.id, 0, (NIGHT.id,)),
            (SCREEN.id, 10, ()),
        ]
        assert (saved.periods[0].begin.hour, saved.quiet is not None) == (7, True)


def test_a_rule_that_is_there_is_shown_whole_and_not_changed_by_looking(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        for row, rule in enumerate((URGENT, HILL)):
            view.overview.rules.table.selectRow(row)
            button(view.overview.rules, "Edit…").click()
            set_up.until(lambda rule=rule: view.rule.isVisible() and view.rule.name.text() == rule.name)  # type: ignore[misc]  # bound now
            assert len([each for each in view.rule.steps.rows if each.isVisible()]) == len(rule.steps)
            assert not view.rule.save.isEnabled()
            QTest.keyClick(view.rule.name, Qt.Key.Key_Escape)
            set_up.until(view.overview.isVisible)
        assert view.findChildren(QMessageBox) == []


def test_leaving_asks_only_when_something_would_be_lost(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        view._presenter.edit(Part.RECIPIENTS, ANA.id)
        set_up.until(view.person.isVisible)
        retype(line(view.person, "Name"), "Anna")
        button(view.person, "Cancel").click()
        question = asked(view, set_up)
        assert question.defaultButton() is question.button(QMessageBox.StandardButton.Cancel)
        question.button(QMessageBox.StandardButton.Yes).click()
        set_up.until(view.overview.isVisible)
        assert set_up.port.count(SaveNotifications) == 0


def test_deleting_asks_first(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        view.overview.rules.table.selectRow(1)
        view.overview.rules.table.setFocus()
        QTest.keyClick(view.overview.rules.table, Qt.Key.Key_Delete)
        question = asked(view, set_up)
        assert "Hill, working hours" in question.windowTitle() + question.text() + question.informativeText()
        assert set_up.port.count(SaveNotifications) == 0
        question.button(QMessageBox.StandardButton.Yes).click()
        set_up.until(lambda: set_up.port.count(SaveNotifications) == 1)
        set_up.until(lambda: view.overview.rules.table.rowCount() == 1)


def test_messages_are_sent_again_or_discarded(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        card = view.overview.messages
        set_up.until(lambda: card.table.rowCount() == 3)
        assert not card._retry.isEnabled()
        card.table.selectRow(1)
        assert "550 no such user" in card._detail.text()
        card._retry.click()
        set_up.until(lambda: set_up.port.count(RetryOutgoing) == 1)
        card.table.selectRow(1)
        card._discard.click()
        asked(view, set_up).button(QMessageBox.StandardButton.Yes).click()
        set_up.until(lambda: set_up.port.count(DiscardOutgoing) == 1)
        before = set_up.port.count(ReadOutgoing)
        set_up.mirror.take(Frame(outgoing=OutgoingStatus(dead=1, fault="Office mail: no answer.")))
        set_up.until(lambda: set_up.port.count(ReadOutgoing) > before)
        set_up.until(lambda: view.overview._fault.text() == "◆ Office mail: no answer.")


def test_the_sound_is_heard_typed_and_saved(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        card = view.overview.sound
        play = next(each for each in card.findChildren(QPushButton) if each.accessibleName() == "Play the tone of High")
        play.click()
        set_up.until(lambda: card._rows[Priority.HIGH][3].text() == "Played with pw-play.")
        assert set_up.port.last(TestSound).priority is Priority.HIGH
        repeat = line(card, "Low: repeat every, s")
        retype(repeat, "1")
        set_up.until(card._rows[Priority.LOW][4].isVisible)
        assert not card._save.isEnabled()
        retype(repeat, "20")
        set_up.until(card._save.isEnabled)
        card._save.click()
        set_up.until(lambda: set_up.port.count(SaveSoundSettings) == 1)
        assert set_up.port.last(SaveSoundSettings).settings.low.repeat_s == 20
        set_up.mirror.take(Frame(sound=SoundStatus(fault="This computer has no program that plays sounds.")))
        set_up.until(lambda: card._fault.text() == "◆ This computer has no program that plays sounds.")


def test_an_operator_looks_listens_and_sends_again(qtbot: QtBot) -> None:
    with stage(User("Ana", OPERATOR)) as set_up:
        view = view_of(qtbot, set_up)
        assert "Ana may look" in view.overview._why.text()
        for text in ("Add rule…", "Add e-mail…", "Add person…"):
            assert not button(view, text).isEnabled()
        view.overview.rules.table.selectRow(0)
        assert not button(view.overview.rules, "Edit…").isEnabled()
        assert all(each.isEnabled() for each in view.findChildren(QPushButton) if each.text() == "Play")
        view.overview.messages.table.selectRow(1)
        assert view.overview.messages._retry.isEnabled()


def test_nothing_is_cut_in_a_small_window_and_everything_has_a_name(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        view.resize(770, 570)  # what a window of 1366 x 768 leaves
        for part, thing in ((None, None), (Part.CHANNELS, MAIL.id), (Part.RULES, HILL.id), (Part.GROUPS, NIGHT.id)):
            if part is not None and thing is not None:
                view._presenter.leave()
                view._presenter.edit(part, thing)
                set_up.until(lambda: not view.overview.isVisible())
            for _ in range(5):
                QApplication.processEvents()  # what was just added takes its place
            areas = [each for each in view.findChildren(QScrollArea) if each.isVisible()]
            assert areas
            for area in areas:
                inside = area.widget()
                assert inside is not None
                assert inside.minimumSizeHint().width() <= area.viewport().width(), part
            for kind in (QLineEdit, QComboBox, QCheckBox, QPlainTextEdit, QTableWidget, QPushButton):
                nameless = [each for each in view.findChildren(kind) if each.isVisible() and not each.accessibleName()]
                assert nameless == [], part
            set_up.until(
                lambda: all(
                    each.width() >= each.minimumSizeHint().width()
                    for kind in (QPushButton, QCheckBox, QComboBox)
                    for each in view.findChildren(kind)
                    if each.isVisible()
                )
            )
        assert view.findChildren(QDialog) == []
