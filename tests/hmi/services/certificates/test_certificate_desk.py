"""Certificates through the whole of the services: judged, made, rotated live, brought in and out; refused in words."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from keyring.backends import fail

from drivers.api import LinkState, OwnWish, Shelf, Trust
from drivers.registry import DRIVERS
from hmi.config.profile import open_profile
from hmi.domain.drafts import ConnectionDraft, StationDraft, TagDraft
from hmi.domain.roles import LOCAL_ADMIN
from hmi.services import port
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
    TrustStored,
)
from hmi.services.services import Services, Setup
from tests.conftest import Warnings
from tests.support.asyncua_server import AsyncuaServer
from tests.support.keyrings import MemoryRing, as_keyring
from tests.support.link import address
from tests.support.pki import Made, make
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

OPCUA = "opcua"
WISH = OwnWish(key_bits=2048, organisation="Waterworks", hosts=("plc-7",), days=90)
PASSWORD = "an export's password"


@pytest.fixture(autouse=True)
def quiet_log(log_warnings: Warnings) -> Iterator[None]:
    yield
    log_warnings.take("link lost", "link back", "session only", "keyring", "audit")


@pytest.fixture
def ring() -> Iterator[MemoryRing]:
    ring = MemoryRing()
    with as_keyring(ring):
        yield ring


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Services]:
    services = Services(Setup(open_profile(folder), LOCAL_ADMIN, lambda: DRIVERS))
    await services.start()
    try:
        yield services
    finally:
        await services.stop()


def draft(server: AsyncuaServer) -> StationDraft:
    connection = ConnectionDraft(name="East server", endpoint=server.url, options={"security": "basic256sha256"})
    tags = (TagDraft(name="Item 1", address=address("Item0001")),)
    return StationDraft(name="East", area="Test", latitude="39", longitude="3", connection=connection, tags=tags)


async def state_of(services: Services) -> CertificateState:
    services.acquisition.refresh()
    return await services.handle(ReadCertificates())


async def own_of(services: Services) -> list[CertificateRow]:
    return [row for row in (await state_of(services)).rows if row.shelf is None]


async def on(services: Services, shelf: Shelf) -> list[CertificateRow]:
    return [row for row in (await state_of(services)).rows if row.shelf is shelf]


def link(services: Services) -> port.LinkStatus:
    return services.acquisition.statuses()[0]


def shown_as(services: Services) -> str:
    services.acquisition.refresh()
    status = link(services)
    return status.proof.own if status.proof is not None and status.state in (LinkState.UP, LinkState.DEGRADED) else ""


async def connected(services: Services, station: StationDraft) -> None:
    """Save a station and accept its server for good."""
    await services.handle(port.SaveStation(station))
    await until(lambda: link(services).certificate is not None, 10)
    asked = link(services).certificate
    assert asked is not None
    await services.handle(port.TrustCertificate(station.connection.id, asked.thumbprint, Trust.ALWAYS))
    await until(lambda: link(services).state is LinkState.UP, 10)


def imported(tmp_path: Path, data: bytes, name: str = "given.der") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


async def bring(services: Services, path: Path, use: ImportAs, password: str = "") -> str:
    return await services.handle(ImportCertificate(OPCUA, path, use, password))


# ── one's own, live ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_certificate_is_used_live_and_the_one_before_until_the_server_trusts_it(
    ring: MemoryRing, tmp_path: Path
) -> None:
    clients = tmp_path / "clients"
    clients.mkdir()
    with AsyncuaServer(items=2, rate_hz=5, clients=clients) as server:
        async with running(tmp_path / "profile") as services:
            await services.handle(MakeOwnCertificate(OPCUA, WISH))
            (first,) = await own_of(services)
            assert (first.key, first.hosts, first.subject.split(", ")[1]) == ("RSA 2048", ("plc-7",), "Waterworks")
            assert first.is_encrypted
            assert any(name.startswith("own key passphrase") for name in ring.secrets)
            await services.handle(ExportCertificate(OPCUA, None, first.sha256, clients / "first.der"))
            await connected(services, draft(server))
            assert shown_as(services) == first.sha256
            said = await services.handle(MakeOwnCertificate(OPCUA, WISH))
            assert "reconnect with it: 1" in said
            await until(lambda: shown_as(services) == first.sha256 and link(services).state is LinkState.DEGRADED, 15)
            state = await state_of(services)
            assert state.waiting == ("East server",)
            present = next(row for row in state.rows if row.is_present)
            with pytest.raises(port.RefusedError, match="East server still needs it"):
                await services.handle(ForgetPrevious(OPCUA))
            await services.handle(ExportCertificate(OPCUA, None, present.sha256, clients / "second.der"))
            assert await services.handle(ReconnectSecured(OPCUA)) == 1
            await until(lambda: shown_as(services) == present.sha256 and link(services).state is LinkState.UP, 15)
            used = {row.sha256: row.connections for row in (await state_of(services)).rows}
            assert used[present.sha256] == ("East server",)
            assert used[first.sha256] == ()
            await services.handle(ForgetPrevious(OPCUA))
            assert [row.sha256 for row in await own_of(services)] == [present.sha256]


async def test_a_key_needs_the_keyring_that_has_its_passphrase(ring: MemoryRing, tmp_path: Path) -> None:
    with AsyncuaServer(items=2, rate_hz=5) as server:
        async with running(tmp_path) as services:
            await services.handle(MakeOwnCertificate(OPCUA, WISH))
            await connected(services, draft(server))
        kept, ring.stored = ring.stored, {}
        async with running(tmp_path) as services:
            await until(lambda: "key of this program's certificate is locked" in link(services).reason, 10)
        ring.stored = kept
        async with running(tmp_path) as services:
            await until(lambda: link(services).state is LinkState.UP, 10)


async def test_without_a_keyring_the_key_is_a_file_for_this_user_and_it_is_said(tmp_path: Path) -> None:
    with as_keyring(fail.Keyring(), is_allowed=False):  # type: ignore[no-untyped-call]  # keyring has no types here
        async with running(tmp_path) as services:
            said = await services.handle(MakeOwnCertificate(OPCUA, WISH))
            assert "only this user can read" in said
            (own,) = await own_of(services)
            assert not own.is_encrypted
    keys = list((tmp_path / "pki" / "own").glob("*.pem"))
    assert keys
    assert os.name == "nt" or {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


async def test_ones_own_goes_out_with_its_key_only_under_a_password_and_comes_back(
    ring: MemoryRing, tmp_path: Path
) -> None:
    out = tmp_path / "own.p12"
    async with running(tmp_path / "one") as services:
        await services.handle(MakeOwnCertificate(OPCUA, WISH))
        (own,) = await own_of(services)
        with pytest.raises(port.RefusedError, match="at least 8"):
            await services.handle(ExportOwnKey(OPCUA, own.sha256, out, "short"))
        await services.handle(ExportOwnKey(OPCUA, own.sha256, out, PASSWORD))
        await services.handle(ExportCertificate(OPCUA, None, own.sha256, tmp_path / "own.pem"))
    assert b"PRIVATE" not in (tmp_path / "own.pem").read_bytes()
    async with running(tmp_path / "two") as services:
        with pytest.raises(port.RefusedError, match="protected"):
            await bring(services, out, ImportAs.OWN)
        with pytest.raises(port.RefusedError, match="does not open"):
            await bring(services, out, ImportAs.OWN, "another password")
        with pytest.raises(port.RefusedError, match="no key"):
            await bring(services, tmp_path / "own.pem", ImportAs.OWN)
        assert "in use" in await bring(services, out, ImportAs.OWN, PASSWORD)
        assert [row.sha256 for row in await own_of(services) if row.is_present] == [own.sha256]


async def test_a_certificate_of_a_company_brings_its_authorities(ring: MemoryRing, tmp_path: Path) -> None:
    root = make("Root", is_authority=True)
    middle = make("Middle", by=root, is_authority=True)
    given = make("Roams of the works", by=middle, uri="urn:works:roams")
    packed = pkcs12.serialize_key_and_certificates(
        b"", given.private_key, given.certificate, [middle.certificate], BestAvailableEncryption(PASSWORD.encode())
    )
    async with running(tmp_path / "profile") as services:
        await bring(services, imported(tmp_path, packed), ImportAs.OWN, PASSWORD)
        (own,) = [row for row in await own_of(services) if row.is_present]
        assert (own.issuer, own.application_uri) == ("Middle", "urn:works:roams")
        assert [row.subject for row in await on(services, Shelf.ISSUERS)] == ["Middle"]


# ── others' ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_a_server_showed_is_trusted_and_distrusted_on_the_page_and_the_link_follows(
    ring: MemoryRing, tmp_path: Path
) -> None:
    with AsyncuaServer(items=2, rate_hz=5) as server:
        async with running(tmp_path) as services:
            await services.handle(port.SaveStation(draft(server)))
            await until(lambda: link(services).certificate is not None, 10)
            (shown,) = await on(services, Shelf.REJECTED)
            assert shown.connections == ("East server",)
            await services.handle(TrustStored(OPCUA, Shelf.REJECTED, shown.sha256))
            await until(lambda: link(services).certificate is None or "another host" in link(services).reason, 10)
            # It was made for another host name, which nobody was asked about on the page.
            await until(lambda: "another host name" in link(services).reason, 10)
            asked = link(services).certificate
            assert asked is not None
            await services.handle(port.TrustCertificate(link(services).connection_id, asked.thumbprint, Trust.ALWAYS))
            await until(lambda: link(services).state is LinkState.UP, 10)
            (trusted,) = await on(services, Shelf.TRUSTED)
            assert trusted.connections == ("East server",)
            await services.handle(DistrustStored(OPCUA, trusted.sha256))
            await until(lambda: "not known here" in link(services).reason, 10)
            (rejected,) = await on(services, Shelf.REJECTED)
            await services.handle(DeleteStored(OPCUA, Shelf.REJECTED, rejected.sha256))
            with pytest.raises(port.RefusedError, match="not there any more"):
                await services.handle(TrustStored(OPCUA, Shelf.REJECTED, "00"))


def bad(tmp_path: Path, root: Made) -> dict[str, bytes]:
    """Return files that are no certificates."""
    return {
        "empty.der": b"",
        "rubbish.der": os.urandom(500),
        "text.pem": b"-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n",
        "cut.der": root.der[:-20],
        "key.pem": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "long.der": b"\x30" * 1_000_001,
    }


async def test_rubbish_is_refused_in_words_and_leaves_nothing(ring: MemoryRing, tmp_path: Path) -> None:
    root = make("Root", is_authority=True)
    async with running(tmp_path / "profile") as services:
        for name, data in bad(tmp_path, root).items():
            for use in ImportAs:
                with pytest.raises(port.RefusedError, match=r"holds no certificate|far too long"):
                    await bring(services, imported(tmp_path, data, name), use, "x")
        with pytest.raises(port.RefusedError, match="cannot be read"):
            await bring(services, tmp_path / "none.der", ImportAs.TRUSTED)
        with pytest.raises(port.RefusedError, match="no authority"):
            await bring(services, imported(tmp_path, make("Server").der), ImportAs.ISSUERS)
        with pytest.raises(port.RefusedError, match="has no certificates"):
            await services.handle(ImportCertificate("modbus", tmp_path / "x", ImportAs.TRUSTED))
        assert not [row for row in (await state_of(services)).rows if row.shelf is not None]


async def test_authorities_come_with_their_lists_and_a_chain_as_one_file(ring: MemoryRing, tmp_path: Path) -> None:
    root = make("Root", is_authority=True)
    middle = make("Middle", by=root, is_authority=True)
    revoked = make("Revoked", by=root)
    chain = b"".join(each.certificate.public_bytes(Encoding.PEM) for each in (middle, root))
    async with running(tmp_path / "profile") as services:
        assert await bring(services, imported(tmp_path, chain, "chain.pem"), ImportAs.ISSUERS) == "Imported: 2."
        rows = await on(services, Shelf.ISSUERS)
        assert {(row.subject, row.issuer, row.is_authority) for row in rows} == {
            ("Middle", "Root", True),
            ("Root", "Itself", True),
        }
        assert "in use" in await bring(services, imported(tmp_path, root.revoke(revoked), "root.crl"), ImportAs.TRUSTED)
        (found,) = (await state_of(services)).revocations
        assert (found.issuer, found.count, found.fault) == ("Root", 1, "")
        as_pem = x509.load_der_x509_crl(root.revoke()).public_bytes(Encoding.PEM)
        await bring(services, imported(tmp_path, as_pem, "root.pem"), ImportAs.TRUSTED)
        (found,) = (await state_of(services)).revocations
        assert found.count == 0, "the newer list took the older one's place"
        await services.handle(DeleteRevocations(OPCUA, found.sha256))
        assert (await state_of(services)).revocations == ()


# ── which server is believed ──────────────────────────────────────────────────────────────────────────────────────────


def served(folder: Path, made: Made) -> Path:
    """Return a folder with a server's certificate and key."""
    folder.mkdir(parents=True)
    (folder / "certificate.der").write_bytes(made.der)
    key = made.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.der").write_bytes(key)
    return folder


ROOT = make("Root", is_authority=True)
OTHER_ROOT = make("Other root", is_authority=True)
URI = "urn:peer:asyncua"
HOSTS = ("127.0.0.1",)
NOW = datetime.now(UTC)
LONG = timedelta(days=400)
REVOKED = make("Revoked", by=ROOT, uri=URI, hosts=HOSTS)
JUDGED: dict[str, tuple[Callable[[], Made], str]] = {
    "good": (lambda: make("Good", by=ROOT, uri=URI, hosts=HOSTS), ""),
    "wrong host": (lambda: make("Host", by=ROOT, uri=URI), "made for another host name"),
    "untrusted": (lambda: make("Stranger", by=OTHER_ROOT, uri=URI, hosts=HOSTS), "not known here"),
    "revoked": (lambda: REVOKED, "revoked"),
    "expired": (lambda: make("Past", by=ROOT, uri=URI, hosts=HOSTS, begins=NOW - LONG, ends=NOW - LONG / 2), "expired"),
    "not yet valid": (
        lambda: make("Future", by=ROOT, uri=URI, hosts=HOSTS, begins=NOW + LONG / 2, ends=NOW + LONG),
        "not valid yet",
    ),
}


@pytest.mark.parametrize("case", JUDGED)
async def test_a_real_server_is_believed_or_refused_in_words(ring: MemoryRing, tmp_path: Path, case: str) -> None:
    maker, said = JUDGED[case]
    pki = served(tmp_path / "server", maker())
    with AsyncuaServer(items=2, rate_hz=5, pki=pki) as server:
        async with running(tmp_path / "profile") as services:
            await bring(services, imported(tmp_path, ROOT.der), ImportAs.TRUSTED)
            await bring(services, imported(tmp_path, ROOT.revoke(REVOKED), "root.crl"), ImportAs.TRUSTED)
            await services.handle(port.SaveStation(draft(server)))
            if not said:
                await until(lambda: link(services).state is LinkState.UP, 15)
                used = {row.subject: row.connections for row in (await state_of(services)).rows}
                assert used["Root"] == ("East server",), "it vouches for the server"
            else:
                await until(lambda: said in link(services).reason, 15)
                assert link(services).state is LinkState.DOWN


async def test_a_server_whose_list_comes_later_is_refused_live(ring: MemoryRing, tmp_path: Path) -> None:
    with AsyncuaServer(items=2, rate_hz=5, pki=served(tmp_path / "server", REVOKED)) as server:
        async with running(tmp_path / "profile") as services:
            await bring(services, imported(tmp_path, ROOT.der), ImportAs.TRUSTED)
            await services.handle(port.SaveStation(draft(server)))
            await until(lambda: link(services).state is LinkState.UP, 15)
            services.acquisition.refresh()
            await bring(services, imported(tmp_path, ROOT.revoke(REVOKED), "root.crl"), ImportAs.TRUSTED)
            await until(lambda: "revoked" in link(services).reason, 15)


async def test_every_act_is_in_the_record(ring: MemoryRing, tmp_path: Path) -> None:
    async with running(tmp_path / "profile") as services:
        await services.handle(MakeOwnCertificate(OPCUA, replace(WISH, days=30)))
        await bring(services, imported(tmp_path, ROOT.der), ImportAs.TRUSTED)
        (row,) = await on(services, Shelf.TRUSTED)
        await services.handle(DistrustStored(OPCUA, row.sha256))
        page = await services.handle(port.ReadAudit(port.AuditQuestion(0, 2**62)))
    told = [(each.target, each.new) for each in page.rows if each.action == "certificate"]
    assert ("own certificate", "made: RSA 2048, 30 days") in told
    assert (row.sha256[:16], "rejected") in told
    assert any("imported" in target for target, _ in told)
