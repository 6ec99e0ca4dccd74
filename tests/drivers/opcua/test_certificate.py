"""The program's own certificate: made once, its key for nobody else."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from drivers.api import OwnWish
from drivers.opcua.certificate import APPLICATION_URI, VALID, KeyLockedError, OwnCertificates, own_certificate
from tests.support.pki import Made, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return own_certificate(tmp_path_factory.mktemp("pki") / "own")


def test_it_names_the_application_and_belongs_to_its_key(made: tuple[Path, Path]) -> None:
    certificate = x509.load_der_x509_certificate(made[0].read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [APPLICATION_URI]
    key = load_pem_private_key(made[1].read_bytes(), None).public_key()
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert certificate.public_key().public_bytes(*form) == key.public_bytes(*form)
    assert certificate.not_valid_before_utc < datetime.now(UTC) < certificate.not_valid_after_utc


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights elsewhere")
def test_nobody_else_may_read_the_key(made: tuple[Path, Path]) -> None:
    assert stat.S_IMODE(made[1].stat().st_mode) == 0o600


def test_it_is_made_once(made: tuple[Path, Path]) -> None:
    before = [path.read_bytes() for path in made]
    assert own_certificate(made[0].parent) == made
    assert [path.read_bytes() for path in made] == before


def test_half_a_pair_is_made_anew(made: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "own.der").write_bytes(made[0].read_bytes())
    certificate_path, key_path = own_certificate(tmp_path)
    assert key_path.exists()
    assert certificate_path.read_bytes() != made[0].read_bytes()


@pytest.mark.parametrize(("days", "is_renewed"), [(-1, True), (1, False), (29, False)])
def test_it_is_made_anew_only_when_it_has_run_out(tmp_path: Path, days: int, is_renewed: bool) -> None:
    """An administrator renews it before: nobody would be there to have the servers trust it."""
    before = [path.read_bytes() for path in own_certificate(tmp_path)]
    with patch("drivers.opcua.certificate.datetime", wraps=datetime) as clock:
        clock.now.return_value = datetime.now(UTC) + VALID - timedelta(days=days)
        after = [path.read_bytes() for path in own_certificate(tmp_path)]
    assert (after != before) == is_renewed


def test_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    certificate_path, _ = own_certificate(tmp_path)
    certificate_path.write_bytes(b"rubbish")
    own_certificate(tmp_path)
    assert certificate_path.read_bytes() != b"rubbish"


# ── more than one ─────────────────────────────────────────────────────────────────────────────────────────────────────

QUICK = OwnWish(key_bits=2048, organisation="Waterworks", hosts=("plc-7", "10.0.0.7"), days=30)


def names_of(der: bytes) -> x509.SubjectAlternativeName:
    found = x509.load_der_x509_certificate(der)
    return found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_a_new_one_is_shown_first_and_the_one_before_is_kept(tmp_path: Path) -> None:
    own = OwnCertificates(tmp_path)
    own.ensure()
    (first,) = own.identities()
    own.make(QUICK, "")
    second, before = own.identities()
    assert before.certificate == first.certificate
    assert [each.is_present for each in own.listed()] == [True, False]
    assert names_of(second.certificate).get_values_for_type(x509.DNSName) == ["plc-7"]
    assert "Waterworks" in x509.load_der_x509_certificate(second.certificate).subject.rfc4514_string()
    own.make(QUICK, "")
    third, before = own.identities()
    assert before.certificate == second.certificate
    own.forget_previous()
    assert [each.certificate for each in own.identities()] == [third.certificate]
    assert sorted(each.suffix for each in tmp_path.iterdir()) == [".der", ".json", ".pem"]


def test_a_key_with_a_passphrase_opens_with_it_alone(tmp_path: Path) -> None:
    own = OwnCertificates(tmp_path)
    own.make(QUICK, "s3cret word")
    (listed,) = own.listed()
    assert listed.is_encrypted
    with pytest.raises(KeyLockedError):
        own.identities("another")
    with pytest.raises(ValueError, match="locked"):
        own.key_of(listed.der, "")
    assert b"PRIVATE KEY" in own.key_of(listed.der, "s3cret word")
    assert own.identities("s3cret word")[0].certificate == listed.der
    assert repr(own.identities("s3cret word")[0].key) not in repr(own.identities("s3cret word")[0])


def pem_of(made: Made) -> bytes:
    return made.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_one_that_an_authority_made_is_taken_when_it_fits(tmp_path: Path) -> None:
    root = make("Root", is_authority=True)
    fits = make("Roams of the works", by=root, uri="urn:works:roams")
    own = OwnCertificates(tmp_path)
    own.take(fits.der, pem_of(fits), "")
    assert own.identities()[0].application_uri == "urn:works:roams"
    other = make("Other")
    past = make("Past", begins=datetime(2020, 1, 1, tzinfo=UTC), ends=datetime(2021, 1, 1, tzinfo=UTC))
    for certificate, key, said in (
        (fits, pem_of(other), "not the certificate's"),
        (make("No URI", uri=None), pem_of(make("No URI", uri=None)), "no application URI"),
        (past, pem_of(past), "expired"),
        (make("Weak", bits=1024), pem_of(make("Weak", bits=1024)), "2048 to 4096"),
    ):
        with pytest.raises(ValueError, match=said):
            own.take(certificate.der, key, "")
    assert own.identities()[0].certificate == fits.der


def test_wishes_that_no_server_would_take_are_refused(tmp_path: Path) -> None:
    own = OwnCertificates(tmp_path)
    for wish in (OwnWish(key_bits=1024), OwnWish(days=0), OwnWish(key_bits=2048, hosts=("no host at all" * 20,))):
        with pytest.raises(ValueError, match=r"A key has|It is valid|is no name"):
            own.make(wish, "")


@pytest.mark.parametrize("text", ["", "rubbish", '{"present": "../../x", "previous": ""}', '{"present": ""}', "[]"])
def test_a_damaged_pointer_leads_nowhere_else(tmp_path: Path, text: str) -> None:
    own = OwnCertificates(tmp_path / "own")
    own.ensure()
    (tmp_path / "own" / "present.json").write_text(text, encoding="utf-8")
    assert len(own.identities()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["own"]
