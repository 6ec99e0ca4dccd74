"""The page of certificates: nothing is judged, deleted or made without a question, and nothing typed stays."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from drivers.api import OwnWish, Shelf
from hmi.domain.roles import ADMIN, VISITOR, User
from hmi.panes.certificates.presenter import CertificatesPresenter
from hmi.panes.certificates.view import CertificatesView
from hmi.services.port import RefusedError
from hmi.services.port.certificates import (
    CertificateRow,
    CertificateState,
    DeleteRevocations,
    DeleteStored,
    DistrustStored,
    ExportCertificate,
    ExportOwnKey,
    ForgetPrevious,
    ImportAs,
    ImportCertificate,
    MakeOwnCertificate,
    ReadCertificates,
    ReconnectSecured,
    RevocationRow,
    TrustStored,
)
from tests.support.panes import Stage, mirror_of_plant, stage

DAY = 86_400_000_000
NOW = 1_795_000_000_000_000
ADA = User("Ada", ADMIN)


def row(name: str, shelf: Shelf | None, days: float = 400, **facts: object) -> CertificateRow:
    sha = name.encode().hex().upper().ljust(64, "0")
    return CertificateRow(
        "opcua",
        shelf,
        sha,
        sha[:40],
        name,
        "Itself",
        "urn:x",
        ("plc-7",),
        NOW - DAY,
        NOW + round(days * DAY),
        "RSA 2048",
        **facts,  # type: ignore[arg-type]  # named facts
    )


OWN = row("Roams on vm, Waterworks", None, is_present=True, is_encrypted=True)
BEFORE = row("Roams before", None, 20)
TRUSTED = row("East", Shelf.TRUSTED, 12, connections=("East server",))
STRANGER = row("Stranger", Shelf.REJECTED)
ROOT = row("Root", Shelf.ISSUERS, is_authority=True)
LIST = RevocationRow("opcua", "AB" * 32, "Root", NOW, NOW + DAY, 3)
STATE = CertificateState(
    (("opcua", "OPC UA"),), (OWN, BEFORE, TRUSTED, STRANGER, ROOT), (LIST,), "vm", waiting=("East server",)
)


def view_of(qtbot: QtBot, set_up: Stage) -> CertificatesView:
    set_up.port.answers[ReadCertificates] = STATE
    view = CertificatesView(set_up.context)
    view._presenter._now_us = lambda: NOW
    qtbot.addWidget(view)
    view.resize(1000, 900)
    view.show()
    set_up.until(lambda: view.table.rowCount() == 6)
    set_up.at_end.append(view.hide)
    return view


def shown(view: CertificatesView) -> str:
    return "\n".join(label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view))


def choose(view: CertificatesView, name: str) -> None:
    at = next(number for number in range(view.table.rowCount()) if view.table.item(number, 1).text() == name)  # type: ignore[union-attr]  # shown
    view.table.selectRow(at)


def idle(set_up: Stage) -> None:
    set_up.until(lambda: set_up.context.tasks.count == 0)


def test_everything_is_listed_with_what_is_about_to_end_marked(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        cells = [view.table.item(number, 4).text() for number in range(6)]  # type: ignore[union-attr]  # shown
        assert cells == ["400 days", "◆ 20 days", "◆ 12 days", "400 days", "400 days", "–"]
        choose(view, "East")
        for words in ("Trusted: East", "4561 7374", "East server", "12 days", "OPC UA"):
            assert words in shown(view)
        assert "Not accepted yet by the servers of: East server" in shown(view)
        view._presenter.show("own")
        assert view.table.rowCount() == 2


def test_a_stranger_is_trusted_only_after_a_question(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        choose(view, "Stranger")
        assert view.detail.trust.isVisible()
        assert view.detail.distrust.isHidden()
        view.detail.trust.click()
        assert "Compare" in shown(view)
        view.question.no.click()
        idle(set_up)
        assert set_up.port.count(TrustStored) == 0
        view.detail.trust.click()
        view.question.yes.click()
        idle(set_up)
        assert set_up.port.last(TrustStored) == TrustStored("opcua", Shelf.REJECTED, STRANGER.sha256)


def test_what_goes_down_with_it_is_said_before_somebody_is_distrusted_or_deleted(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        choose(view, "East")
        for button, request in (
            (view.detail.distrust, DistrustStored("opcua", TRUSTED.sha256)),
            (view.detail.delete, DeleteStored("opcua", Shelf.TRUSTED, TRUSTED.sha256)),
        ):
            button.click()
            assert "Links that go down: East server." in shown(view)
            view.question.yes.click()
            idle(set_up)
            assert set_up.port.last(type(request)) == request
        view.table.selectRow(5)
        view.detail.delete.click()
        assert "believed again" in shown(view)
        view.question.yes.click()
        idle(set_up)
        assert set_up.port.last(DeleteRevocations) == DeleteRevocations("opcua", LIST.sha256)


def test_ones_own_is_renewed_as_it_is_and_the_one_before_goes_when_nobody_needs_it(qtbot: QtBot) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        assert (view.own.organisation.text(), view.own.hosts.text()) == ("Waterworks", "plc-7")
        QTest.keyClicks(view.own.hosts, ", 10.0.0.7")
        set_up.port.answers[MakeOwnCertificate] = "The new certificate is in use."
        view.own.make.click()
        view.question.yes.click()
        idle(set_up)
        wish = OwnWish(3072, "Waterworks", ("plc-7", "10.0.0.7"), 1825)
        assert set_up.port.last(MakeOwnCertificate) == MakeOwnCertificate("opcua", wish)
        assert "is in use" in shown(view)
        view.own.again.click()
        idle(set_up)
        assert set_up.port.count(ReconnectSecured) == 1
        set_up.port.answers[ForgetPrevious] = RefusedError("East server still needs it.")
        view.own.forget.click()
        view.question.yes.click()
        idle(set_up)
        assert "still needs it" in shown(view)


def test_files_come_in_and_go_out_and_passwords_are_wiped(qtbot: QtBot, tmp_path: Path) -> None:
    with stage(ADA) as set_up:
        view = view_of(qtbot, set_up)
        view._use(ImportAs.OWN)
        view.password.setText("an export's password")
        set_up.port.answers[ImportCertificate] = "Imported: 1."
        view.bring_in(tmp_path / "x.p12")
        idle(set_up)
        assert view.password.text() == ""
        expected = ImportCertificate("opcua", tmp_path / "x.p12", ImportAs.OWN, "an export's password")
        assert set_up.port.last(ImportCertificate) == expected
        choose(view, OWN.subject)
        view.export_to(tmp_path / "own.der")
        idle(set_up)
        assert set_up.port.last(ExportCertificate) == ExportCertificate("opcua", None, OWN.sha256, tmp_path / "own.der")
        assert not view.detail.export_key.isEnabled()
        QTest.keyClicks(view.detail.password, "a word")
        assert view.detail.export_key.isEnabled()
        view.export_key_to(tmp_path / "own.p12", "a word")
        idle(set_up)
        assert set_up.port.last(ExportOwnKey).password == "a word"


def test_who_may_not_edit_looks_and_exports(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        choose(view, "Stranger")
        assert "may look and export only" in shown(view)
        assert view.detail.trust.isHidden()
        assert view.detail.delete.isHidden()
        assert view.detail.export.isVisible()
        assert not view.own.make.isEnabled()
        assert not view.bring.isEnabled()


def test_another_kind_of_connection_is_worked_for_when_there_is_one() -> None:
    presenter = CertificatesPresenter(mirror_of_plant(ADA), None)  # type: ignore[arg-type]  # nothing is asked
    presenter.state = CertificateState((("opcua", "OPC UA"), ("mqtt", "MQTT")), (OWN,), (), "vm")
    assert presenter.kind == "opcua"
    presenter.choose_kind("mqtt")
    assert (presenter.kind, presenter.has_own, presenter.draft.hosts) == ("mqtt", False, "vm")
