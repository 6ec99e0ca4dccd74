"""The strip as people use it: keys, buttons, what it says, and that no password stays in it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from hmi.domain.roles import VISITOR
from hmi.domain.window_session import SessionState, SessionStatus
from hmi.panes.sign_in.presenter import Field, Mode, SignInPresenter
from hmi.panes.sign_in.view import PASSWORDS, SignInView
from hmi.services.port import Frame, RefusedError
from hmi.services.port.security import (
    ChangePassword,
    MakeFirstAdmin,
    OneTimeSecret,
    ResumeSession,
    SignIn,
    SignOut,
    UseRecoveryCode,
    WaitError,
)
from tests.support.panes import Stage, stage

ANA = SessionStatus(SessionState.ACTIVE, "Ana", "Ana Ruiz", "operator", "1a2b")
FIRST = SessionStatus(SessionState.FIRST_RUN, "Local administrator", role="admin")
NOBODY = SessionStatus()


def strip(qtbot: QtBot, set_up: Stage, session: SessionStatus) -> SignInView:
    set_up.mirror.take(Frame(user=VISITOR, session=session))
    view = SignInView(set_up.context)
    qtbot.addWidget(view)
    set_up.at_end.append(view.hide)
    view.resize(1366, 90)
    return view


def typed(view: SignInView, **texts: str) -> None:
    for name, text in texts.items():
        line = view.lines[Field(name)]
        line.clear()
        QTest.keyClicks(line, text)


def visible(view: SignInView) -> set[Field]:
    return {field for field, line in view.lines.items() if line.isVisibleTo(view)}


def test_it_takes_no_room_while_nothing_is_asked(qtbot: QtBot) -> None:
    with stage() as set_up:
        for session in (ANA, NOBODY, replace(ANA, state=SessionState.IDLE)):
            assert strip(qtbot, set_up, session).isHidden()


def test_enter_signs_in_and_the_password_is_wiped(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = strip(qtbot, set_up, NOBODY)
        view.open(Mode.SIGN_IN)
        assert visible(view) == {Field.NAME, Field.PASSWORD}
        typed(view, name="Ana", password="blue heron lake")
        QTest.keyClick(view.lines[Field.PASSWORD], Qt.Key.Key_Return)
        set_up.until(lambda: set_up.port.count(SignIn) == 1)
        assert set_up.port.last(SignIn) == SignIn("Ana", "blue heron lake")
        set_up.until(view.isHidden)
        assert not any(line.text() for line in view.lines.values())


def test_the_plants_notice_is_read_before_anything_is_typed(qtbot: QtBot) -> None:
    words = "For staff of the water works only. What is done here is recorded."
    with stage() as set_up:
        view = strip(qtbot, set_up, replace(NOBODY, notice=words))
        view.open(Mode.SIGN_IN)
        assert words in [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]
        set_up.mirror.take(Frame(session=replace(ANA, state=SessionState.LOCKED, notice=words)))
        view.open(Mode.RESUME)
        assert any(words in label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view))


def test_what_was_wrong_is_said_and_only_the_password_is_typed_again(qtbot: QtBot) -> None:
    with stage() as set_up:
        set_up.port.answers[SignIn] = RefusedError("Name or password is wrong.")
        view = strip(qtbot, set_up, NOBODY)
        view.open(Mode.SIGN_IN)
        typed(view, name="Ana", password="wrong")
        view.go.click()
        set_up.until(lambda: "wrong" in view.fault.text() and not view.lines[Field.PASSWORD].text())
        assert view.lines[Field.NAME].text() == "Ana"
        assert not view.isHidden()


def test_while_one_has_to_wait_the_button_counts_and_nothing_is_asked(qtbot: QtBot) -> None:
    with stage() as set_up:
        set_up.port.answers[SignIn] = lambda _request: _wait()
        view = strip(qtbot, set_up, NOBODY)
        view.show()
        view.open(Mode.SIGN_IN)
        typed(view, name="Ana", password="wrong")
        view.go.click()
        set_up.until(lambda: view.go.text() == "Wait 30 s")
        assert not view.go.isEnabled()
        typed(view, password="right")
        QTest.keyClick(view.lines[Field.PASSWORD], Qt.Key.Key_Return)
        set_up.until(lambda: view.go.text() == "Wait 29 s")
        assert set_up.port.count(SignIn) == 1
        view.hide()


def _wait() -> object:
    raise WaitError("Try again in 30 s.", 30.0)


def test_every_password_is_dots_and_told_to_no_input_method(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = strip(qtbot, set_up, NOBODY)
        for field in PASSWORDS:
            line = view.lines[field]
            assert line.echoMode() is QLineEdit.EchoMode.Password
            assert line.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData


def test_names_are_offered_only_when_they_come(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = strip(qtbot, set_up, NOBODY)
        view.open(Mode.SIGN_IN)
        assert not view.names.isVisibleTo(view)
        set_up.mirror.take(Frame(session=replace(NOBODY, names=("Ana", "Bo"))))
        assert view.names.isVisibleTo(view)
        view.names.setCurrentIndex(1)
        view.names.activated.emit(1)
        assert view.lines[Field.NAME].text() == "Bo"


def test_the_first_administrator_is_made_and_the_code_shown_until_it_is_written_down(qtbot: QtBot) -> None:
    with stage() as set_up:
        set_up.port.answers[MakeFirstAdmin] = OneTimeSecret("Recovery code", "abcde-fghjk")
        view = strip(qtbot, set_up, FIRST)
        assert not view.isHidden()
        assert "no users yet" in view._title.text()
        view.begin.click()
        set_up.until(lambda: visible(view) == {Field.NAME, Field.FULL_NAME, Field.NEW, Field.AGAIN})
        typed(view, name="Ana", new="blue heron lake", again="blue heron cake")
        view.go.click()
        set_up.until(lambda: "differ" in view.fault.text())
        assert set_up.port.count(MakeFirstAdmin) == 0
        typed(view, new="blue heron lake", again="blue heron lake")
        view.go.click()
        set_up.until(lambda: view._secret.text() == "abcde-fghjk")
        set_up.mirror.take(Frame(session=ANA))
        assert view._secret.text() == "abcde-fghjk", "it stays although somebody is signed in by now"
        view.go.click()
        set_up.until(view.isHidden)
        assert view._secret.text() == ""


def test_a_locked_session_is_taken_up_or_left_to_another(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = strip(qtbot, set_up, replace(ANA, state=SessionState.LOCKED))
        view.open(Mode.RESUME)
        assert view._title.text() == "Go on as Ana"
        typed(view, password="blue heron lake")
        view.go.click()
        set_up.until(lambda: set_up.port.count(ResumeSession) == 1)
        view.open(Mode.RESUME)
        view.switch.click()
        assert visible(view) == {Field.NAME, Field.PASSWORD}
        QTest.keyClick(view.lines[Field.NAME], Qt.Key.Key_Escape)
        set_up.until(view.isHidden)


def test_a_password_that_must_be_changed_asks_by_itself_and_lets_one_out(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = strip(qtbot, set_up, replace(ANA, must_change=True))
        assert visible(view) == {Field.PASSWORD, Field.NEW, Field.AGAIN}
        assert view.cancel.isHidden()
        typed(view, password="made by ana", new="seven brown otters", again="seven brown otters")
        view.go.click()
        set_up.until(lambda: set_up.port.count(ChangePassword) == 1)
        view.sign_out.click()
        set_up.until(lambda: set_up.port.count(SignOut) == 1)
        set_up.mirror.take(Frame(session=ANA))
        set_up.until(view.isHidden)


def test_the_recovery_code_is_asked_for_with_a_new_password(qtbot: QtBot) -> None:
    with stage() as set_up:
        set_up.port.answers[UseRecoveryCode] = OneTimeSecret("Recovery code", "new code")
        view = strip(qtbot, set_up, NOBODY)
        view.open(Mode.SIGN_IN)
        view.recover.click()
        typed(view, name="Ana", code="abcde", new="seven brown otters", again="seven brown otters")
        view.go.click()
        set_up.until(lambda: view._secret.text() == "new code")
        assert set_up.port.last(UseRecoveryCode) == UseRecoveryCode("Ana", "abcde", "seven brown otters")


def test_what_was_begun_for_a_session_goes_with_it() -> None:
    with stage() as set_up:
        presenter = SignInPresenter(set_up.mirror, set_up.port)
        presenter.listen(set_up.context.listen, lambda: None)
        set_up.mirror.take(Frame(session=ANA))
        presenter.open(Mode.CHANGE)
        set_up.mirror.take(Frame(session=NOBODY))
        assert presenter.mode is Mode.HIDDEN
        set_up.mirror.take(Frame(session=replace(ANA, state=SessionState.LOCKED)))
        presenter.open(Mode.RESUME)
        set_up.mirror.take(Frame(session=ANA))
        assert presenter.mode is Mode.HIDDEN
