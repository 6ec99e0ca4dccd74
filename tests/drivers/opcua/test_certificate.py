"""The program's own certificate: made once, its key for nobody else."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from drivers.opcua.certificate import APPLICATION_URI, VALID, own_certificate


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


@pytest.mark.parametrize(("days", "is_renewed"), [(5, True), (29, True), (31, False)])
def test_it_is_made_anew_a_month_before_it_expires(tmp_path: Path, days: int, is_renewed: bool) -> None:
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
