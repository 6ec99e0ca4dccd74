from __future__ import annotations

from dataclasses import replace

from hmi.ui.certificates import DAY_US, days_left, days_text, facts_text, thumbprint_text
from tests.support.server import CERTIFICATE


def test_a_thumbprint_is_read_in_groups() -> None:
    assert thumbprint_text("39158DAD55") == "3915 8DAD 55"


def test_days_are_whole_and_run_out() -> None:
    end = CERTIFICATE.valid_to_us
    assert days_left(CERTIFICATE, end - 2 * DAY_US) == 2
    assert days_left(CERTIFICATE, end - 1) == 0
    assert days_left(CERTIFICATE, end + 1) == -1
    assert days_text(replace(CERTIFICATE, valid_to_us=1)) == "Has run out"
    assert days_text(None) == "–"


def test_who_signed_itself_is_said_so() -> None:
    assert dict(facts_text(CERTIFICATE))["Issuer"] == "Itself (self-signed)"
    assert dict(facts_text(replace(CERTIFICATE, issuer="CN=Office")))["Issuer"] == "CN=Office"
    assert dict(facts_text(replace(CERTIFICATE, hosts=())))["Hosts"] == "–"
