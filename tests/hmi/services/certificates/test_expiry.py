from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from drivers.api import Certificate, LinkProof, LinkState, Shelf
from hmi.services.certificates.expiry import DAY_US, expiry_sentences
from hmi.services.port import LinkStatus
from hmi.services.port.certificates import CertificateRow

NOW = round(datetime(2026, 11, 21, tzinfo=UTC).timestamp() * 1e6)


def row(name: str, days: float, shelf: Shelf | None = Shelf.TRUSTED, *, is_present: bool = False) -> CertificateRow:
    ends = NOW + round(days * DAY_US)
    return CertificateRow(
        "opcua", shelf, name, name, name, "Itself", "", (), 0, ends, "RSA 2048", is_present=is_present
    )


def link(days: float) -> LinkStatus:
    peer = Certificate("s", "s", "AB", "", (), 0, NOW + round(days * DAY_US))
    status = LinkStatus(uuid4(), "East", "opc.tcp://x", LinkState.UP, 0)
    return replace(status, proof=LinkProof(peer))


def test_what_ends_in_a_month_and_what_ends_in_a_week_are_two_alarms() -> None:
    rows = [row("far", 31), row("soon", 29), row("issuer", 8, Shelf.ISSUERS), row("urgent", 6), row("past", -1)]
    soon, urgent = expiry_sentences(rows, [], NOW)
    assert soon == "issuer expires on 2026-11-29. soon expires on 2026-12-20."
    assert urgent == "past expired on 2026-11-20. urgent expires on 2026-11-27."


def test_only_what_is_in_use_counts() -> None:
    rows = [row("rejected", 1, Shelf.REJECTED), row("before", 1, None), row("own", 20, None, is_present=True)]
    assert expiry_sentences(rows, [], NOW) == ("This program's own certificate expires on 2026-12-11.", "")


def test_servers_that_are_believed_for_their_authority_count_too() -> None:
    assert expiry_sentences([], [link(400)], NOW) == ("", "")
    assert "The server of East expires on 2026-11-27." in expiry_sentences([], [link(6)], NOW)[1]


def test_nothing_is_said_of_nothing() -> None:
    assert expiry_sentences([], [], NOW) == ("", "")
