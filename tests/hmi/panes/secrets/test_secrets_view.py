"""The page of passwords: what it says of each place, and that nothing typed stays in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from hmi.config.secrets import Place, VaultState
from hmi.domain.roles import ADMIN, VISITOR, User
from hmi.panes.secrets.view import SecretsView
from hmi.services.port import Frame, RefusedError
from hmi.services.port.secrets import ChangeVaultPassphrase, LeaveVault, MakeVault, SecretsStatus, SetVaultAside
from tests.support.panes import Stage, stage

PASSPHRASE = "grey heron over reeds"
NONE = SecretsStatus(Place.SESSION, "There is no keyring.", session_only=2)
OPEN = SecretsStatus(Place.VAULT, vault=VaultState.OPEN)


def view_of(qtbot: QtBot, set_up: Stage, status: SecretsStatus) -> SecretsView:
    set_up.mirror.take(Frame(secrets=status))
    view = SecretsView(set_up.context)
    qtbot.addWidget(view)
    view.resize(1000, 600)
    view.show()
    return view


def shown(view: SecretsView) -> str:
    return "\n".join(label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view))


def test_without_a_keyring_it_is_said_with_how_to_get_one(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up, NONE)
        for words in (
            "In memory only",
            "There is no keyring.",
            "gone with the program: 2.",
            "GNOME Keyring",
            "vault below",
        ):
            assert words in shown(view)
        set_up.mirror.take(Frame(secrets=SecretsStatus(Place.KEYRING)))
        assert "In this computer's keyring." in shown(view)
        assert "GNOME Keyring" not in shown(view)


def test_a_vault_is_made_after_a_question_and_what_was_typed_is_wiped(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up, NONE)
        QTest.keyClicks(view.new, PASSPHRASE)
        QTest.keyClicks(view.again, PASSPHRASE + "x")
        view.make.click()
        assert "not the same" in shown(view)
        assert not view.new.text()
        for line in (view.new, view.again):
            QTest.keyClicks(line, PASSPHRASE)
        view.make.click()
        assert (view.new.text(), view.again.text()) == ("", "")
        assert view.question.isVisible()
        assert set_up.port.count(MakeVault) == 0
        set_up.port.answers[MakeVault] = "The vault is made; 3 passwords are in it."
        view.question.yes.click()
        set_up.until(lambda: "3 passwords are in it" in shown(view))
        assert set_up.port.last(MakeVault).passphrase == PASSPHRASE


def test_the_passphrase_is_changed_and_the_vault_left(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up, OPEN)
        for line, text in ((view.old, "old"), (view.new, PASSPHRASE), (view.again, PASSPHRASE)):
            QTest.keyClicks(line, text)
        set_up.port.answers[ChangeVaultPassphrase] = RefusedError("The old passphrase is wrong.")
        view.change.click()
        set_up.until(lambda: "old passphrase is wrong" in shown(view))
        assert set_up.port.last(ChangeVaultPassphrase) == ChangeVaultPassphrase("old", PASSPHRASE)
        view.leave.click()
        view.question.no.click()
        set_up.until(lambda: not view.question.isVisible())
        assert set_up.port.count(LeaveVault) == 0
        set_up.port.answers[LeaveVault] = "3 passwords are in the keyring again."
        view.leave.click()
        view.question.yes.click()
        set_up.until(lambda: "in the keyring again" in shown(view))


@pytest.mark.parametrize("state", [VaultState.LOCKED, VaultState.BROKEN])
def test_a_vault_that_does_not_open_can_be_set_aside(qtbot: QtBot, state: VaultState) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up, replace(NONE, vault=state, vault_fault="The vault's file is damaged."))
        assert ("damaged" in shown(view)) == (state is VaultState.BROKEN)
        assert view.make.isHidden()
        set_up.port.answers[SetVaultAside] = "It is called vault.1 now."
        view.aside.click()
        view.question.yes.click()
        set_up.until(lambda: "vault.1" in shown(view))


def test_who_may_not_change_it_only_looks(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up, NONE)
        assert "may look only" in shown(view)
        assert not view.make.isEnabled()
