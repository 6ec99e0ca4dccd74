"""Whom to believe: every way in which a certificate can be wrong, and how far a person's word goes."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from drivers.api import Certificate, Trust, UntrustedError
from drivers.opcua import trust
from drivers.opcua.trust import Fault, TrustStore, facts_of, faults, faults_named, first_of_chain, thumbprint_of
from tests.support.pki import APPLICATION_URI, DAY, HOST, Made, make

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pki"


@pytest.fixture
def store(folder: Path) -> TrustStore:
    return TrustStore(folder)


@pytest.fixture(scope="module")
def root() -> Made:
    return make("Root", is_authority=True)


@pytest.fixture(scope="module")
def middle(root: Made) -> Made:
    return make("Middle", by=root, is_authority=True)


def put(folder: Path, kind: str, content: bytes, name: str = "x.der") -> None:
    (folder / kind).mkdir(parents=True, exist_ok=True)
    (folder / kind / name).write_bytes(content)


def judge(
    store: TrustStore,
    made: Made,
    *,
    host: str = HOST,
    uri: str = APPLICATION_URI,
    once: frozenset[tuple[str, Fault | None]] = frozenset(),
) -> Certificate:
    return store.judge(made.der, uri, host, accepted_once=once)


def refused(store: TrustStore, made: Made, *, host: str = HOST) -> UntrustedError:
    with pytest.raises(UntrustedError) as found:
        judge(store, made, host=host)
    return found.value


# ── unknown, accepted, taken back ─────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_one_is_shown_and_kept_to_be_looked_at(store: TrustStore, folder: Path) -> None:
    made = make()
    error = refused(store, made)
    assert "not known" in error.sentence
    facts = error.certificate
    assert (facts.subject, facts.issuer, facts.application_uri) == ("Server", "Server", APPLICATION_URI)
    assert facts.hosts == (HOST, "10.0.0.7")
    assert facts.thumbprint == thumbprint_of(made.der)
    assert facts.faults == ()
    assert abs(facts.valid_to_us / 1e6 - made.certificate.not_valid_after_utc.timestamp()) < 1
    assert (folder / "rejected" / f"{facts.thumbprint}.der").read_bytes() == made.der


def test_one_accepted_always_is_believed_by_every_later_run(store: TrustStore, folder: Path) -> None:
    made = make()
    refused(store, made)
    store.decide(made.der, [], Trust.ALWAYS)
    assert judge(TrustStore(folder), made).thumbprint == thumbprint_of(made.der)
    assert list((folder / "rejected").iterdir()) == []


def test_one_refused_for_good_is_asked_about_no_more_than_before(store: TrustStore, folder: Path) -> None:
    made = make()
    store.decide(made.der, [Fault.OTHER_HOST], Trust.ALWAYS)
    store.decide(made.der, [], Trust.NEVER)
    refused(store, made)
    assert list((folder / "trusted").iterdir()) == []


def test_one_accepted_for_once_leaves_nothing_behind(store: TrustStore, folder: Path) -> None:
    made = make()
    thumbprint = thumbprint_of(made.der)
    assert judge(store, made, once=frozenset({(thumbprint, None)})).thumbprint == thumbprint
    assert not (folder / "trusted").exists()
    with pytest.raises(UntrustedError):
        judge(store, make(), once=frozenset({(thumbprint, None)}))


# ── what is wrong with one ────────────────────────────────────────────────────────────────────────────────────────

BAD = {
    Fault.EXPIRED: (make(ends=NOW - DAY / 2), HOST, "expired"),
    Fault.NOT_YET_VALID: (make(begins=NOW + DAY), HOST, "clocks"),
    Fault.OTHER_APPLICATION: (make(uri="urn:other"), HOST, "another application"),
    Fault.OTHER_HOST: (make(), "plc-8", "another host"),
    Fault.WEAK_KEY: (make("Weak", bits=1024), HOST, "too short"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_fault_is_said_in_words_even_of_one_that_is_trusted(store: TrustStore, folder: Path, fault: Fault) -> None:
    made, host, words = BAD[fault]
    put(folder, "trusted", made.der, f"{thumbprint_of(made.der)}.der")
    error = refused(store, made, host=host)
    assert words in error.sentence
    assert faults_named(error.certificate.faults) == [fault]


@pytest.mark.parametrize("fault", BAD)
def test_accepted_with_its_fault_it_is_believed(store: TrustStore, fault: Fault) -> None:
    made, host, _ = BAD[fault]
    store.decide(made.der, faults_named(refused(store, made, host=host).certificate.faults), Trust.ALWAYS)
    assert faults_named(judge(store, made, host=host).faults) == [fault]


def test_a_fault_that_comes_later_is_asked_about_again(store: TrustStore, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(ends=NOW + DAY)
    store.decide(made.der, faults_named(refused(store, made, host="plc-8").certificate.faults), Trust.ALWAYS)
    judge(store, made, host="plc-8")

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Later:
            return cls.fromtimestamp((NOW + 2 * DAY).timestamp(), UTC)

    monkeypatch.setattr(trust, "datetime", Later)
    error = refused(store, made, host="plc-8")
    assert "expired" in error.sentence
    assert "host" not in error.sentence, "that was accepted"
    assert set(faults_named(error.certificate.faults)) == {Fault.EXPIRED, Fault.OTHER_HOST}


@pytest.mark.parametrize(("host", "is_its"), [("PLC-7", True), ("10.0.0.7", True), ("plc-7.lan", False), ("", True)])
def test_a_host_is_any_of_its_names_in_any_case(host: str, is_its: bool) -> None:
    assert (Fault.OTHER_HOST not in faults(make().certificate, APPLICATION_URI, host)) is is_its


def test_one_without_names_belongs_to_no_application_and_no_host() -> None:
    bare = make("Bare", uri=None, hosts=())
    assert faults(bare.certificate, APPLICATION_URI, HOST) == [Fault.OTHER_APPLICATION, Fault.OTHER_HOST]
    assert (facts_of(bare.der).application_uri, facts_of(bare.der).hosts) == ("", ())
    assert faults(bare.certificate, "", "") == []


# ── authorities ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_server_is_believed_for_a_trusted_authority(store: TrustStore, folder: Path, root: Made) -> None:
    put(folder, "trusted", root.der)
    judge(store, make("Issued", by=root))


def test_and_over_an_intermediate_one_that_is_known(store: TrustStore, folder: Path, root: Made, middle: Made) -> None:
    leaf = make("Issued", by=middle)
    put(folder, "trusted", root.der)
    refused(store, leaf)
    put(folder, "issuers", middle.der)
    judge(store, leaf)


def test_an_authority_that_only_completes_chains_is_not_trusted(
    store: TrustStore, folder: Path, root: Made, middle: Made
) -> None:
    put(folder, "issuers", root.der, "root.der")
    put(folder, "issuers", middle.der, "middle.der")
    refused(store, make("Issued", by=middle))


def test_one_of_the_same_name_with_another_key_is_another(store: TrustStore, folder: Path, root: Made) -> None:
    put(folder, "trusted", make("Root", is_authority=True, key_name="Impostor").der)
    refused(store, make("Issued", by=root))


def test_a_trusted_server_vouches_for_nobody(store: TrustStore, folder: Path) -> None:
    server = make()
    put(folder, "trusted", server.der, f"{thumbprint_of(server.der)}.der")
    judge(store, server)
    refused(store, make("Issued", by=server))


def test_a_circle_of_authorities_comes_to_an_end(store: TrustStore, folder: Path) -> None:
    first = make("First", is_authority=True)
    second = make("Second", by=first, is_authority=True)
    put(folder, "issuers", make("First", by=second, is_authority=True).der, "first.der")
    put(folder, "issuers", second.der, "second.der")
    refused(store, make("Issued", by=second))


# ── revocation ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_revoked_one_is_refused_though_its_authority_is_trusted(store: TrustStore, folder: Path, root: Made) -> None:
    leaf, other = make("Issued", by=root), make("Issued", by=root)
    put(folder, "trusted", root.der)
    put(folder, "crl", root.revoke(leaf), "root.crl")
    assert "revoked" in refused(store, leaf).sentence
    judge(store, other)


def test_what_hangs_on_a_revoked_authority_is_refused(
    store: TrustStore, folder: Path, root: Made, middle: Made
) -> None:
    put(folder, "trusted", root.der)
    put(folder, "issuers", middle.der)
    put(folder, "crl", root.revoke(middle))
    assert "revoked" in refused(store, make("Issued", by=middle)).sentence


def test_another_authoritys_list_and_damaged_ones_revoke_nothing(store: TrustStore, folder: Path, root: Made) -> None:
    leaf = make("Issued", by=root)
    put(folder, "trusted", root.der)
    put(folder, "crl", make("Other", is_authority=True).revoke(leaf), "other.crl")
    put(folder, "crl", b"", "empty.crl")
    put(folder, "crl", root.revoke(leaf)[:-40], "cut.crl")
    (folder / "crl" / "folder.crl").mkdir()
    judge(store, leaf)


# ── folders that are not as they should be ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("damage", [b"", b"no certificate", b"\x30\x82\xff\xff\x00"])
def test_damaged_files_vouch_for_nobody_and_keep_nobody_out(
    store: TrustStore, folder: Path, root: Made, damage: bytes
) -> None:
    for kind in ("trusted", "issuers"):
        put(folder, kind, damage, "a.der")
        put(folder, kind, damage, "z.der")
        (folder / kind / "folder.der").mkdir()
    put(folder, "trusted", root.certificate.public_bytes(serialization.Encoding.PEM), "pem.der")
    put(folder, "trusted", root.der, "root.der")
    judge(store, make("Issued", by=root))
    refused(store, make())


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"accepted_faults": 3}', '{"accepted_faults": ["tomorrow"]}', "\xff"]
)
def test_a_damaged_word_covers_no_fault(store: TrustStore, folder: Path, text: str) -> None:
    made = make()
    store.decide(made.der, [Fault.OTHER_HOST], Trust.ALWAYS)
    beside = folder / "trusted" / f"{thumbprint_of(made.der)}.json"
    assert json.loads(beside.read_text()) == {"accepted_faults": ["other_host"]}
    beside.write_bytes(text.encode("latin-1"))
    refused(store, made, host="plc-8")
    judge(store, made)


def test_only_the_last_refused_are_kept(store: TrustStore, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "REJECTED_KEPT", 3)
    several = [make() for _ in range(5)]
    for age, made in enumerate(several):
        refused(store, made)
        file = folder / "rejected" / f"{thumbprint_of(made.der)}.der"
        os.utime(file, (NOW.timestamp() + age, NOW.timestamp() + age))
    kept = {file.stem for file in (folder / "rejected").iterdir()}
    assert kept == {thumbprint_of(made.der) for made in several[-3:]}


def test_where_nothing_can_be_kept_it_is_still_shown(store: TrustStore, folder: Path) -> None:
    folder.mkdir()
    (folder / "rejected").write_bytes(b"a file in place of the folder, as good as a full disk")
    assert refused(store, make()).certificate.subject == "Server"


# ── chains ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_of_a_chain_is_the_servers(root: Made) -> None:
    made = make("Issued", by=root)
    assert first_of_chain(made.der + root.der) == made.der
    assert first_of_chain(made.der) == made.der
    assert first_of_chain(b"\x30\x03abcdef") == b"\x30\x03abc"


@pytest.mark.parametrize("blob", [b"", b"\x30", b"nonsense", b"\x31\x82\x01\x00"])
def test_what_is_no_certificate_is_a_value_error(blob: bytes) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        first_of_chain(blob)
