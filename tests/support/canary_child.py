"""A run of the whole program in which secrets are typed wherever one can be, and things go wrong meanwhile.

    python -m tests.support.canary_child PROFILE OUT

Everything is as in a real run: log, crash files, window (drawn in memory). Prints the secrets as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import keyring
from keyring.backends import fail
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLineEdit
from pytestqt.qtbot import QtBot

from hmi.config.crashes import stop_watching, watch_for_crashes
from hmi.config.directory_settings import DirectorySettings
from hmi.config.logs import start_logging
from hmi.config.notification_channels import EmailChannel, Header, WebhookChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.config.profile import open_profile
from hmi.domain.drafts import ConnectionDraft
from hmi.domain.roles import LOCAL_ADMIN
from hmi.panes.diagnostics.pages import DiagnosticsPages
from hmi.panes.secrets.view import SecretsView
from hmi.panes.sign_in.presenter import Field
from hmi.panes.sign_in.view import SignInView
from hmi.panes.vault_bar.view import VaultBarView
from hmi.services import port
from hmi.services.port import control, security
from hmi.services.port import diagnostics as program
from hmi.ui.navigator import Workspace
from tests.support.archives import resting_plant
from tests.support.plants import CONNECTION, STATION
from tests.support.program import Program
from tests.support.qt_loop import QtLoop, qt_loop

CANARIES = {
    "administrator": "kestrel/heron lake+71 &ü",
    "wrong password": "kestrel/wrong guess+73 &ü",
    "second person": "kestrel/second hand+74 &ü",
    "command": "kestrel/again typed+75 &ü",
    "recovery code": "kestrel/sealed code+76 &ü",
    "link": "kestrel/link word+77 &ü",
    "mail": "kestrel/mail box+78 &ü",
    "token": "kestrel/hook token+79 &ü",
    "header": "kestrel/header value+80",
    "web address": "kestrel/address/T81/B82",
    "vault": "kestrel/vault phrase+81 &ü",
    "wrong vault": "kestrel/vault guess+82 &ü",
    "directory": "kestrel/ldap bind+83 &ü",
    "test of a link": "kestrel/link trial+84 &ü",
}


class Waiting:
    """What Program needs of pytest-qt."""

    def waitUntil(self, condition: Callable[[], bool], timeout: int) -> None:  # noqa: N802  # pytest-qt's name
        end = time.monotonic() + timeout / 1000
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(condition)
            QApplication.processEvents()


class Run:
    """One run of the program."""

    def __init__(self, loop: QtLoop, folder: Path) -> None:
        self.loop = loop
        self.found = Program(cast(QtBot, Waiting()), loop, open_profile(folder), LOCAL_ADMIN)
        self.found.start(lambda _services: resting_plant())

    def ask(self, request: port.Request[Any]) -> Any:
        """Ask the services; what they refuse is returned."""

        async def work() -> Any:
            try:
                return await self.found.port.request(request)
            except port.RefusedError as error:
                return error

        return self.loop.until(work())

    def view(self, name: str) -> Any:
        return self.found.assembly.frames[name].view

    def fill(self, **texts: str) -> None:
        """Type into the strip and press Enter in the last field."""
        strip: SignInView = self.view("sign_in")
        wanted = {Field(name) for name in texts}
        self.found.until(
            lambda: strip.go.isVisible() and strip.go.isEnabled() and set(strip._presenter.fields) == wanted
        )
        for name, text in texts.items():
            strip.lines[Field(name)].setText(text)
        QTest.keyClick(strip.lines[Field(list(texts)[-1])], Qt.Key.Key_Return)


def first_run(run: Run, secrets: dict[str, str]) -> None:
    """Make the administrator and the vault, and type what links, channels and people have."""
    strip: SignInView = run.view("sign_in")
    strip.begin.click()
    run.fill(name="Ana", full_name="Ana", new=secrets["administrator"], again=secrets["administrator"])
    run.found.until(lambda: bool(strip._secret.text()))
    secrets["made recovery code"] = strip._secret.text()
    strip.go.click()
    run.found.navigator.show(Workspace.ADMIN)
    run.found.assembly.setup.show_page(run.found.assembly.frames["secrets"])
    page: SecretsView = run.view("secrets")
    run.found.until(page.make.isEnabled)
    for line in (page.new, page.again):
        line.setText(secrets["vault"])
    page.make.click()
    page.question.yes.click()
    run.found.until(page.change.isVisible)
    type_into_dialog(run, secrets["link"])
    hook = WebhookChannel(
        name="Hook",
        url=f"https://127.0.0.1:1/{secrets['web address']}",
        headers=(Header(name="X-Key", value=secrets["header"]),),
    )
    mail = EmailChannel(name="Mail", host="127.0.0.1", port=1, sender="a@example.org", user="ana")
    run.ask(port.SaveNotifications(NotificationSettings(channels=(hook, mail))))
    run.ask(port.SetChannelSecret(hook.id, secrets["token"]))
    run.ask(port.SetChannelSecret(mail.id, secrets["mail"]))
    run.ask(port.TestChannel(mail, "a@example.org"))
    run.ask(port.TestChannel(hook))
    run.ask(control.ConfirmSecond(uuid4(), "Ana", secrets["second person"]))
    run.ask(control.Operate(uuid4(), secrets["command"]))
    run.ask(security.SignIn("Ana", secrets["wrong password"]))
    run.ask(security.UseRecoveryCode("Ana", secrets["recovery code"], secrets["wrong password"]))
    run.ask(
        security.TestDirectory(DirectorySettings(host="127.0.0.1", port=1, timeout_s=1), "ana", secrets["directory"])
    )
    secured = {"security": "basic256sha256"}
    link = ConnectionDraft(name="x", endpoint="opc.tcp://127.0.0.1:1", options=secured, user="ana")
    run.ask(port.OpenExploration(link, secrets["test of a link"]))


def type_into_dialog(run: Run, password: str) -> None:
    """Type a link's password where Diagnostics asks for it."""
    pages: DiagnosticsPages = run.view("diagnostics")
    view = pages.links
    view._ask(CONNECTION.id)
    dialog = next(each for each in view.findChildren(QDialog) if each.isVisible())
    user, line = dialog.findChildren(QLineEdit)
    user.setText("ana")
    line.setText(password)
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    run.found.until(lambda: "kept in the vault" in view._notes.text())


def second_run(run: Run, secrets: dict[str, str], out: Path) -> None:
    """Open the vault, fail in the middle of things with secrets at hand, and carry out all that can be."""
    bar: VaultBarView = run.view("vault_bar")
    run.found.until(lambda: not bar.isHidden())
    bar.passphrase.setText(secrets["wrong vault"])
    bar.go.click()
    run.found.until(lambda: "does not open" in bar.fault.text())
    bar.passphrase.setText(secrets["vault"])
    bar.go.click()
    run.found.until(bar.isHidden)
    crash(secrets)
    run.ask(security.SignIn("Ana", secrets["administrator"]))
    run.found.services.secrets.store = broken  # type: ignore[assignment,method-assign]  # a fault of ours, in the services
    run.ask(port.EnterCredentials(CONNECTION.id, "ana", secrets["link"]))
    text = run.ask(port.ExportStations((STATION.id,)))
    (out / "stations.json").write_text(str(text), encoding="utf-8")
    run.ask(port.ExportConfiguration(out / "everything.json"))
    run.ask(port.ExportAudit(port.AuditQuestion(0, 2**62), out / "audit.json"))
    bundle = getattr(program, "SaveSupportBundle", None)
    if bundle is not None:
        run.ask(bundle(out / "bundle.zip"))
    run.found.until(lambda: all(each.ended_us for each in run.found.services.jobs.statuses()))


def crash(secrets: dict[str, str]) -> None:
    """Have an exception reach the top with secrets in the frames on its way."""
    is_through = []

    def slot() -> None:
        password = secrets["link"]
        is_through.append(len(password))
        raise ValueError("a fault of the program, with a password at hand")

    QTimer.singleShot(0, slot)
    Waiting().waitUntil(lambda: bool(is_through), 5000)


async def broken(name: str, secret: str) -> None:
    """Fail with what was asked."""
    raise RuntimeError(f"cannot keep {name}, {len(secret)} letters")


def main() -> None:
    """Do both runs."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring has no types here
    app = QApplication([])
    profile = open_profile(folder)
    start_logging(profile.logs)
    watch_for_crashes(profile.crashes)
    secrets = dict(CANARIES)
    with qt_loop(app) as loop:
        run = Run(loop, folder)
        first_run(run, secrets)
        run.found.stop()
        run = Run(loop, folder)
        second_run(run, secrets, out)
        run.found.stop()
    stop_watching()
    print(json.dumps(secrets))


if __name__ == "__main__":
    try:
        main()
    except Exception:
        traceback.print_exc()  # the program's own hook writes a crash file
        raise
