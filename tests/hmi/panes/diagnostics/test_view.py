"""A link that waits for a person: a certificate to be judged, a password to be entered."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from drivers.api import LinkState, Trust
from hmi.domain.roles import LOCAL_ADMIN, VISITOR
from hmi.panes.diagnostics.view import DiagnosticsView
from hmi.services.lateness import Lateness
from hmi.services.port import Frame, LinkStatus, RefusedError, TrustCertificate
from tests.support.panes import Stage, stage
from tests.support.plants import CONNECTION
from tests.support.server import CERTIFICATE

WAITING = LinkStatus(
    CONNECTION.id,
    CONNECTION.name,
    CONNECTION.endpoint,
    LinkState.DOWN,
    1,
    "The server's certificate is not known here.",
    needs_credentials=True,
    certificate=CERTIFICATE,
)


def view_of(qtbot: QtBot, set_up: Stage) -> DiagnosticsView:
    view = DiagnosticsView(set_up.context, Lateness().figures)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    set_up.mirror.take(Frame(links=(WAITING,)))
    return view


def buttons(view: DiagnosticsView) -> list[str]:
    return [each.text() for each in view._links.findChildren(QPushButton) if "…" in each.text()]


def test_a_certificate_is_looked_at_and_accepted_from_the_links_row(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        assert [text.partition("…")[0] for text in buttons(view)] == ["Look at certificate"]
        view._links.findChildren(QPushButton)[0].click()
        dialog = view.findChild(QDialog)
        assert dialog is not None
        accept = next(each for each in dialog.findChildren(QPushButton) if each.text() == "Accept always")
        accept.click()
        set_up.until(lambda: set_up.port.count(TrustCertificate) == 1)
        assert set_up.port.asked == [TrustCertificate(CONNECTION.id, CERTIFICATE.thumbprint, Trust.ALWAYS)]
        set_up.mirror.take(Frame(links=(replace(WAITING, certificate=None, needs_credentials=False),)))
        set_up.until(lambda: view._links.cellWidget(0, 8) is None)


def test_an_answer_that_is_refused_is_said(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        set_up.port.answers[TrustCertificate] = RefusedError("The server shows another certificate by now.")
        view = view_of(qtbot, set_up)
        view._trust(CONNECTION.id, CERTIFICATE.thumbprint, Trust.ONCE)
        set_up.until(lambda: view._notes.text() == "The server shows another certificate by now.")


def test_who_may_not_edit_sees_the_reason_only(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        assert buttons(view) == []
        item = view._links.item(0, 8)
        assert item is not None
        assert item.text() == WAITING.reason


def test_after_the_certificate_the_password_is_asked_for(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        set_up.mirror.take(Frame(links=(replace(WAITING, certificate=None, reason="Denied."),)))
        assert [text.partition("…")[0] for text in buttons(view)][-1] == "Enter password"


def test_the_details_are_those_of_the_link_that_is_chosen_or_in_trouble(qtbot: QtBot) -> None:
    up = replace(
        WAITING,
        connection_id=UUID(int=77),
        name="Other server",
        state=LinkState.UP,
        reason="",
        certificate=None,
        details={"Round trip": "4 ms"},
        dropped=12,
    )
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        set_up.mirror.take(Frame(links=(up, replace(WAITING, details={"Endpoint": "opc.tcp://plc:4840"}))))
        assert "opc.tcp://plc:4840" in view._card.accessibleName(), "the one in trouble comes first"
        view._links.cellClicked.emit(0, 0)
        assert "Other server: Round trip 4 ms, Values lost 12" in view._card.accessibleName()
