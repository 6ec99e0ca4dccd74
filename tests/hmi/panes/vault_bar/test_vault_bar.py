"""The bar that asks for the vault's passphrase: there while it is locked, gone when it opens or is put off."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from hmi.config.secrets import Place, VaultState
from hmi.domain.roles import VISITOR
from hmi.panes.vault_bar.view import VaultBarView
from hmi.services.port import Frame, RefusedError
from hmi.services.port.secrets import OpenVault, SecretsStatus
from tests.support.panes import Stage, stage

LOCKED = SecretsStatus(Place.SESSION, "The vault is locked.", VaultState.LOCKED)
OPEN = SecretsStatus(Place.VAULT, vault=VaultState.OPEN)


def bar_of(qtbot: QtBot, set_up: Stage) -> VaultBarView:
    bar = VaultBarView(set_up.context)
    qtbot.addWidget(bar)
    assert bar.isHidden(), "nothing is asked before it is known"
    set_up.mirror.take(Frame(secrets=LOCKED))
    return bar


def test_it_asks_until_the_vault_is_open_and_wipes_what_was_typed(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        bar = bar_of(qtbot, set_up)
        assert bar.isVisible()
        set_up.port.answers[OpenVault] = RefusedError("This passphrase does not open the vault.")
        QTest.keyClicks(bar.passphrase, "wrong one")
        QTest.keyClick(bar.passphrase, Qt.Key.Key_Return)
        assert not bar.passphrase.text()
        set_up.until(lambda: "does not open" in bar.fault.text())
        set_up.port.answers[OpenVault] = None
        QTest.keyClicks(bar.passphrase, "right one")
        bar.go.click()
        set_up.until(lambda: set_up.port.count(OpenVault) == 2)
        assert set_up.port.last(OpenVault).passphrase == "right one"
        set_up.until(bar.go.isEnabled)
        set_up.mirror.take(Frame(secrets=OPEN))
        assert bar.isHidden()


def test_put_off_it_asks_no_more_until_there_is_a_vault_to_open_again(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        bar = bar_of(qtbot, set_up)
        bar.later.click()
        set_up.mirror.take(Frame(secrets=LOCKED))
        assert bar.isHidden()
        set_up.mirror.take(Frame(secrets=OPEN))
        set_up.mirror.take(Frame(secrets=LOCKED))
        assert bar.isVisible()


def test_nothing_typed_asks_nothing(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        bar = bar_of(qtbot, set_up)
        QTest.keyClick(bar.passphrase, Qt.Key.Key_Return)
        assert set_up.port.count(OpenVault) == 0
        assert any("locked" in label.text() for label in bar.findChildren(QLabel))
