"""The setup of users as administrators use it, over the real desks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem
from pytestqt.qtbot import QtBot

from hmi.config.people_words import PERMISSIONS
from hmi.config.sign_in_settings import RoleIdle
from hmi.domain.roles import OPERATOR, Permission, User
from hmi.panes.users.view import UsersView
from hmi.panes.users.words import GROUPS
from hmi.services.port import Frame, Request
from hmi.services.port.security import (
    DeleteAccount,
    DeleteRole,
    MakeRecoveryCode,
    ReadDirectory,
    ReadUsers,
    ResetPassword,
    SaveAccount,
    SaveDirectory,
    SaveRole,
    SaveSignInSettings,
    SealBreakGlass,
    TestDirectory,
)
from tests.conftest import Warnings
from tests.support.panes import Stage, stage
from tests.support.people import People, people
from tests.support.plants import STATION

REQUESTS = (
    DeleteAccount,
    DeleteRole,
    MakeRecoveryCode,
    ReadDirectory,
    ReadUsers,
    ResetPassword,
    SaveAccount,
    SaveDirectory,
    SaveRole,
    SaveSignInSettings,
    SealBreakGlass,
    TestDirectory,
)


class Services:
    """The desks on an I/O thread of their own, as the program has them."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="I/O")
        self._thread.start()
        self._around = people(folder)
        self.found: People = self.run(self._around.__aenter__())

    def run(self, work: Any) -> Any:
        """Run a coroutine there and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def ask(self, request: Request[Any]) -> Any:
        """Ask as a window does."""
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self.found.ask(request), self._loop))

    def close(self) -> None:
        self.run(self._around.__aexit__(None, None, None))
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def opened(qtbot: QtBot, folder: Path) -> Iterator[tuple[UsersView, People, Stage]]:
    """Show the page to Ana, the first administrator, beside Olga, an operator."""
    services = Services(folder)
    found = services.found
    try:
        services.run(found.first_admin())
        services.run(found.add("Olga"))
        with stage() as set_up:
            for kind in REQUESTS:
                set_up.port.answers[kind] = services.ask
            set_up.mirror.take(Frame(user=found.sessions.user()))
            view = UsersView(set_up.context)
            qtbot.addWidget(view)
            set_up.at_end.append(view.hide)
            view.resize(1000, 800)
            view.show()
            set_up.until(lambda: names(view) == ["Ana", "Olga"])
            yield view, found, set_up
            view.hide()
            set_up.until(lambda: set_up.context.tasks.count == 0)
    finally:
        services.close()


def cell(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    return item.text() if item is not None else ""


def tick(view: UsersView, permission: Permission, column: int) -> QTableWidgetItem:
    """Return the box of a permission of a role."""
    item = view.roles.table.item(view.roles._lines.index(permission), column)
    assert item is not None
    return item


def names(view: UsersView) -> list[str]:
    return [cell(view.users.table, row, 0) for row in range(view.users.table.rowCount())]


def choose(view: UsersView, name: str) -> None:
    view.users.table.selectRow(names(view).index(name))


def test_every_permission_has_a_label_and_one_group() -> None:
    grouped = [each for _, permissions in GROUPS for each in permissions]
    assert sorted(grouped) == sorted(Permission)
    assert set(PERMISSIONS) == set(Permission)


def test_a_user_is_added_and_the_password_shown_once(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, found, set_up):
        view.users.add.click()
        set_up.until(view.users.form.isVisible)
        form = view.users.form
        QTest.keyClicks(form.name, "Bo")
        form.somewhere.click()
        set_up.until(lambda: form.stations.isVisible() and form.stations.count() == 1)
        form.save.click()
        set_up.until(lambda: "at least one station" in form.fault.text())
        form.stations.item(0).setCheckState(Qt.CheckState.Checked)
        set_up.until(lambda: form.save.isEnabled() and not form.fault.text())
        form.save.click()
        set_up.until(lambda: names(view) == ["Ana", "Bo", "Olga"] and view.secret.isVisible())
        assert len(view.secret.secret.text()) == 23
        assert found.account("Bo").stations == frozenset({STATION.id})
        view.secret.ok.click()
        set_up.until(view.secret.isHidden)
        assert view.secret.secret.text() == ""


def test_an_edit_that_comes_too_late_is_said_and_nothing_is_overwritten(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, found, set_up):
        choose(view, "Olga")
        view.users.edit.click()
        set_up.until(view.users.form.isVisible)
        olga = found.account("Olga")
        set_up.context.tasks.start(
            set_up.port.request(SaveAccount(replace(olga, role="maintenance"), olga.revision)), "another window"
        )
        set_up.until(lambda: found.account("Olga").role == "maintenance")
        view.users.form.is_enabled.click()
        set_up.until(view.users.form.save.isEnabled)
        view.users.form.save.click()
        set_up.until(lambda: "changed meanwhile by Ana" in view.users.form.fault.text())
        assert (found.account("Olga").role, found.account("Olga").is_enabled) == ("maintenance", True)


def test_deleting_asks_first_and_enter_leaves_all_as_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, _, set_up):
        choose(view, "Olga")
        view.users.delete.click()
        set_up.until(view.question.isVisible)
        assert view.question.yes.text() == "Delete Olga"
        QTest.keyClick(view.question.no, Qt.Key.Key_Return)
        set_up.until(view.question.isHidden)
        assert names(view) == ["Ana", "Olga"]
        set_up.until(view.users.delete.isEnabled)
        view.users.delete.click()
        set_up.until(view.question.isVisible)
        view.question.yes.click()
        set_up.until(lambda: names(view) == ["Ana"])
        choose(view, "Ana")
        set_up.until(view.users.delete.isEnabled)
        view.users.delete.click()
        set_up.until(view.question.isVisible)
        view.question.yes.click()
        set_up.until(lambda: "Nobody could edit users" in view._fault.text())
        assert names(view) == ["Ana"]


def test_an_envelope_is_sealed_and_a_password_reset(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, found, set_up):
        view.users.seal.click()
        set_up.until(view.question.isVisible)
        view.question.yes.click()
        set_up.until(lambda: view.secret.isVisible() and "Break glass" in names(view))
        choose(view, "Break glass")
        assert not view.users.edit.isEnabled()
        assert not view.users.reset.isEnabled()
        choose(view, "Olga")
        set_up.until(view.users.reset.isEnabled)
        view.users.reset.click()
        set_up.until(view.question.isVisible)
        view.question.yes.click()
        set_up.until(lambda: found.account("Olga").must_change)


def test_roles_are_ticked_copied_saved_and_put_back(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, found, set_up):
        page = view.roles
        tick(view, Permission.COMMAND, 2).setCheckState(Qt.CheckState.Unchecked)
        set_up.until(page.save.isEnabled)
        page.save.click()
        set_up.until(lambda: Permission.COMMAND not in found.accounts.book.roles["operator"].permissions)
        set_up.until(page.delete.isEnabled)
        assert page.delete.text() == "Put role back…"
        page.delete.click()
        set_up.until(view.question.isVisible)
        view.question.yes.click()
        set_up.until(lambda: found.accounts.book.roles["operator"] == OPERATOR)
        set_up.until(lambda: tick(view, Permission.COMMAND, 2).checkState() is Qt.CheckState.Checked)
        page.copy.click()
        page.name.clear()
        QTest.keyClicks(page.name, "night operator")
        QTest.keyClicks(page.minutes, "x")
        set_up.until(lambda: not page.save.isEnabled())
        page.minutes.clear()
        QTest.keyClicks(page.minutes, "30")
        set_up.until(page.save.isEnabled)
        page.save.click()
        set_up.until(lambda: any(each.name == "night operator" for each in found.accounts.book.roles.values()))
        night = next(each for each in found.accounts.book.roles.values() if each.name == "night operator")
        assert (night.permissions, night.shelve_most_s) == (OPERATOR.permissions, 1800)


def test_the_view_of_everybody_is_not_taken(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, _, _set_up):
        assert not tick(view, Permission.VIEW, 2).flags() & Qt.ItemFlag.ItemIsUserCheckable


def test_rules_are_checked_as_they_are_typed_and_saved(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, found, set_up):
        page = view.rules
        line, fault = page.numbers["least_length"]
        line.clear()
        QTest.keyClicks(line, "3")
        set_up.until(lambda: "Not less than 8" in fault.text())
        assert not page.save.isEnabled()
        line.clear()
        QTest.keyClicks(line, "14")
        QTest.keyClicks(page.idle["operator"], "60")
        page.offers.click()
        QTest.keyClicks(page.notice, "For staff only.")
        set_up.until(page.save.isEnabled)
        page.save.click()
        set_up.until(lambda: found.security.rules().least_length == 14)
        assert found.security.rules().idle_of_roles == (RoleIdle(role="operator", minutes=60),)
        assert found.security.rules().offers_names
        assert found.security.rules().notice == "For staff only."
        assert found.shown[-1][1].notice == "For staff only."


def test_who_may_not_edit_users_sees_nobody(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, _, set_up):
        view.users.add.click()
        set_up.until(view.users.form.isVisible)
        set_up.mirror.take(Frame(user=User("Olga", OPERATOR)))
        set_up.until(lambda: view.users.table.rowCount() == 0 and view.users.form.isHidden())
        assert "Olga may not edit users" in view._why.text()
        assert not view.users.add.isEnabled()


def test_before_the_first_administrator_it_says_where_to_begin(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (view, _, set_up):
        view._presenter.state = replace(view._presenter.state, accounts=())  # type: ignore[type-var]  # it is there
        set_up.mirror.take(Frame(user=User("Local administrator", set_up.mirror.user.role)))
        set_up.until(lambda: "first administrator" in view._why.text())
        assert not view._presenter.may_edit


def test_a_directory_is_described_tried_and_saved(qtbot: QtBot, tmp_path: Path, log_warnings: Warnings) -> None:
    with opened(qtbot, tmp_path) as (view, found, set_up):
        page = view.directory
        page.is_on.click()
        set_up.until(lambda: "at least one group" in page.fault.text())
        for name, text in (("host", "localhost"), ("bind", "uid=x"), ("base", "dc=example")):
            QTest.keyClicks(page.lines[name], text)
        set_up.until(lambda: "once" in page._faults["bind"].text())
        page.lines["bind"].clear()
        QTest.keyClicks(page.lines["bind"], "uid={name},dc=example")
        page.lines["port"].clear()
        QTest.keyClicks(page.lines["port"], "1")
        page.groups.setPlainText("boss: cn=boss")
        set_up.until(lambda: "boss" in page._faults["groups"].text())
        page.groups.setPlainText("Operator: cn=operators,dc=example")
        set_up.until(page.save.isEnabled)
        QTest.keyClicks(page.name, "olga")
        QTest.keyClicks(page.password, "heron over water")
        page.test.click()
        assert page.password.text() == ""
        set_up.until(lambda: "cannot be asked" in page.fault.text())
        set_up.until(page.save.isEnabled)
        page.save.click()
        set_up.until(lambda: page._said.text() == "Saved.")
        kept = found.security._directory_rules()
        assert [(each.role, each.group) for each in kept.groups] == [("operator", "cn=operators,dc=example")]
        assert not page.save.isEnabled()
    assert log_warnings.take("directory cannot be asked")
