"""Who is at the window, in the whole program: the first administrator, an operator, and no password left anywhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hmi.app.own_views import OwnViews
from hmi.config.profile import open_profile
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, Permission
from hmi.domain.window_session import SessionState
from hmi.panes.sign_in.presenter import Field, SignInPresenter
from hmi.panes.sign_in.view import SignInView
from hmi.panes.users.view import UsersView
from hmi.ui.navigator import Workspace
from tests.conftest import Warnings
from tests.support.archives import resting_plant
from tests.support.plants import STATION
from tests.support.program import Program
from tests.support.qt_loop import QtLoop, qt_loop

ADMINS = "kestrel heron lake 71"
OLGAS = "kestrel otter reeds 72"
WRONG = "kestrel wrong guess 73"


@contextmanager
def program(qtbot: QtBot, loop: QtLoop, folder: Path) -> Iterator[Program]:
    found = Program(qtbot, loop, open_profile(folder), LOCAL_ADMIN)
    found.start(lambda _services: resting_plant())
    own_views = OwnViews(found.session, found.assembly, found.theme, found.navigator)
    try:
        yield found
    finally:
        own_views.keep()
        own_views.close()
        found.stop()


def strip_of(found: Program) -> SignInView:
    view = found.assembly.frames["sign_in"].view
    assert isinstance(view, SignInView)
    return view


def fill(found: Program, **texts: str) -> None:
    """Type into the strip and press Enter in the last field."""
    view = strip_of(found)
    wanted = {Field(name) for name in texts}
    found.until(lambda: view.go.isVisible() and view.go.isEnabled() and set(view._presenter.fields) == wanted)
    for name, text in texts.items():
        line = view.lines[Field(name)]
        line.clear()
        QTest.keyClicks(line, text)
    QTest.keyClick(view.lines[Field(list(texts)[-1])], Qt.Key.Key_Return)


def make_first_admin(found: Program) -> str:
    found.press(strip_of(found).begin)
    fill(found, name="Ana", full_name="Ana Ruiz", new=ADMINS, again=ADMINS)
    found.until(lambda: found.mirror.session.name == "Ana" and bool(strip_of(found)._secret.text()))
    code = strip_of(found)._secret.text()
    found.press(strip_of(found).go)
    return code


def add_olga(found: Program) -> str:
    """Add an operator in Setup, Users; return the password that was made."""
    found.navigator.show(Workspace.ADMIN)
    found.assembly.setup.show_page(found.assembly.frames["users"])
    view = found.assembly.frames["users"].view
    assert isinstance(view, UsersView)
    found.until(lambda: view.users.table.rowCount() == 1)
    found.press(view.users.add)
    found.until(view.users.form.isVisible)
    QTest.keyClicks(view.users.form.name, "Olga")
    found.until(view.users.form.save.isEnabled)
    found.press(view.users.form.save)
    found.until(view.secret.isVisible)
    made = view.secret.secret.text()
    found.press(view.secret.ok)
    return made


def test_from_the_first_administrator_to_an_operator_who_locks_and_goes_on(qtbot: QtBot, tmp_path: Path) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with qt_loop(app) as loop:
        with program(qtbot, loop, tmp_path) as found:
            assert found.mirror.session.state is SessionState.FIRST_RUN
            make_first_admin(found)
            made = add_olga(found)
        with program(qtbot, loop, tmp_path) as found:
            assert found.mirror.user == VISITOR
            button = found.window.top_bar.user
            assert button.text() == "Sign in"
            found.press(button)
            fill(found, name="olga", password=made)
            found.until(lambda: found.mirror.session.must_change)
            fill(found, password=made, new=OLGAS, again=OLGAS)
            found.until(lambda: found.mirror.user.may(Permission.COMMAND))
            assert button.text() == "Olga · operator"
            found.navigator.select_station(STATION.id)
            found.navigator.show(Workspace.ALARMS)
            QTest.keyClick(found.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
            button.lock_action.trigger()
            found.until(lambda: found.mirror.session.state is SessionState.LOCKED)
            assert not found.mirror.user.may(Permission.COMMAND)
            assert button.text() == "Olga · view only (locked)"
            assert found.navigator.place.workspace is Workspace.ALARMS, "the picture stays"
            found.press(button)
            fill(found, password=OLGAS)
            found.until(lambda: found.mirror.user.may(Permission.COMMAND))
            found.until(strip_of(found).isHidden)
            button.sign_in_wanted.emit()
            fill(found, name="Ana", password=ADMINS)
            found.until(lambda: found.navigator.place.workspace is Workspace.ADMIN)
            found.until(strip_of(found).isHidden)
            button.sign_in_wanted.emit()
            fill(found, name="Olga", password=OLGAS)
            found.until(lambda: found.navigator.place.workspace is Workspace.ALARMS)
            assert found.navigator.place.station_id == STATION.id


def test_no_password_that_was_typed_is_anywhere(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    log_warnings: Warnings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    caplog.set_level(logging.INFO)  # as the program sets it
    with qt_loop(app) as loop, program(qtbot, loop, tmp_path) as found:
        code = make_first_admin(found)
        made = add_olga(found)
        found.window.top_bar.user.sign_out_wanted.emit()
        found.until(lambda: found.mirror.user == VISITOR)
        found.press(found.window.top_bar.user)
        fill(found, name="Ana", password=WRONG)
        found.until(lambda: "wrong" in strip_of(found).fault.text())
        fail = RuntimeError("a fault of the program, with a password on its way")

        async def broken(_self: SignInPresenter, _mode: object, typed: dict[Field, str]) -> None:
            assert typed[Field.PASSWORD] == ADMINS
            raise fail

        with monkeypatch.context() as patch:
            patch.setattr(SignInPresenter, "_ask", broken)
            fill(found, name="Ana", password=ADMINS)
            found.until(lambda: "a fault of the program" in found.window.statusBar().currentMessage())
        fill(found, name="Ana", password=ADMINS)
        found.until(lambda: found.mirror.session.name == "Ana")
    assert log_warnings.take("task failed"), "the fault is in the log"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"roams.db", "journal.db", "session.json"} <= {path.name for path in files}
    for secret in (ADMINS, OLGAS, WRONG, made, code, code.replace("-", "")):
        forms = (secret.encode(), secret.encode("utf-16-le"), secret.encode().hex().encode())
        for path in files:
            assert not any(form in path.read_bytes() for form in forms), path.name
        assert secret not in caplog.text
