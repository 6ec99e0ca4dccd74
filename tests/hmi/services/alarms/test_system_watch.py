"""What the program notices about itself."""

from __future__ import annotations

from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hmi.services.alarms.system_watch import SystemWatch, Watched, certificate_fault, disk_fault

S = 1_000_000
NOW = datetime(2026, 11, 21, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")  # as shutil has it


def certificate(path: Path, days_left: int, *, is_pem: bool = False) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "station")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=400))
        .not_valid_after(NOW + timedelta(days=days_left))
        .sign(key, hashes.SHA256())
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    encoding = serialization.Encoding.PEM if is_pem else serialization.Encoding.DER
    path.write_bytes(made.public_bytes(encoding))


def test_certificates_that_end_within_a_month_are_named(tmp_path: Path) -> None:
    certificate(tmp_path / "own" / "own.der", 400)
    certificate(tmp_path / "trusted" / "north.der", 31)
    (tmp_path / "own" / "own.pem").write_text("no certificate")
    assert certificate_fault(tmp_path, NOW) == ""
    certificate(tmp_path / "trusted" / "south.pem", 12, is_pem=True)
    certificate(tmp_path / "trusted" / "east.der", -2)
    certificate(tmp_path / "rejected" / "stranger.der", -2)
    assert certificate_fault(tmp_path, NOW) == "east.der expired on 2026-11-19. south.pem expires on 2026-12-03."


def test_a_disk_with_little_room_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(500e9, 497e9, 3e9))
    assert disk_fault(tmp_path) == ""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(500e9, 499.6e9, 0.4e9))
    assert disk_fault(tmp_path) == "0.4 GB are free."
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(4e9, 3.8e9, 0.2e9))
    assert disk_fault(tmp_path) == "", "a small disk may have little"


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    assert "cannot be reached" in disk_fault(tmp_path / "gone")


def test_a_jump_of_the_clock_is_told_for_ten_minutes(tmp_path: Path) -> None:
    wall, steady = [1000 * S], [50 * S]
    watched = Watched(tmp_path, tmp_path, lambda: "")
    watch = SystemWatch(watched, lambda *_: None, wall_us=lambda: wall[0], steady_us=lambda: steady[0])

    def after(seconds: float, jump: float = 0.0) -> str:
        steady[0] += round(seconds * S)
        wall[0] += round((seconds + jump) * S)
        return watch.clock_fault()

    assert after(5) == ""
    assert after(5, 0.4) == "", "a time server moves it a little"
    assert after(5, 3600) == "It jumped forward by 3600 s."
    assert after(300) == "It jumped forward by 3600 s."
    assert after(400) == ""
    assert after(5, -60) == "It jumped back by 60 s."


@pytest.mark.asyncio
async def test_every_fault_is_reported_and_cleared(tmp_path: Path) -> None:
    told: dict[str, str] = {}
    fault = ["The disk is full."]
    watch = SystemWatch(Watched(tmp_path, tmp_path, lambda: fault[0]), told.__setitem__)
    await watch.look()
    assert told["history"] == "The disk is full."
    assert set(told) == {"clock", "history", "disk", "certificate"}
    fault[0] = ""
    await watch.look(with_certificates=False)
    assert told["history"] == ""
