"""The requests about certificates: looking, judging, making, bringing in and out. Files are for worker threads."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import structlog
from cryptography import x509

from drivers.api import CertificateFolder, DriverType, Shelf
from hmi.config.secrets import Secrets
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.certificates import files
from hmi.services.certificates.expiry import expiry_sentences
from hmi.services.certificates.facts import is_authority, now_utc, revocations_of, row_of, sha256_of
from hmi.services.port import LinkStatus, RefusedError, Request
from hmi.services.port import certificates as port

KEY_BYTES: Final = 32

T = TypeVar("T")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CertificateSurroundings:
    """What is needed around it. require: raises RefusedError. restart: has a link connect anew.

    secret_name: what the passphrase of one's own keys is called among the secrets.
    """

    folder: Path
    secret_name: str
    statuses: Callable[[], Sequence[LinkStatus]]
    require: Callable[[Permission], None]
    restart: Callable[[UUID], None]


class CertificateDesk:
    """Answers on the I/O thread. key_passphrase: what drivers ask while they connect, from other threads too."""

    def __init__(self, driver_types: Sequence[DriverType], secrets: Secrets, around: CertificateSurroundings) -> None:
        self._around = around
        self._secrets = secrets
        self._labels = {each.kind: each.label for each in driver_types if each.certificates is not None}
        self._folders: dict[str, CertificateFolder] = {
            each.kind: each.certificates(around.folder) for each in driver_types if each.certificates is not None
        }
        self._passphrase = ""
        self._turn = asyncio.Lock()
        self._keying = asyncio.Lock()

    @property
    def secret_name(self) -> str:
        """What the passphrase is called among the secrets."""
        return self._around.secret_name

    def key_passphrase(self) -> str:
        """Return what opens one's own keys, empty while there is none. Any thread."""
        return self._passphrase

    async def look_for_passphrase(self) -> None:
        """Take up the keys' passphrase, where there is one."""
        self._passphrase = await self._secrets.get(self.secret_name) or self._passphrase

    async def prepare(self) -> None:
        """Have a passphrase at hand before drivers make the first key by themselves."""
        own = [await self._on_files(folder.own) for folder in self._folders.values()]
        await (self.look_for_passphrase() if all(own) else self._passphrase_for_new_key())

    async def expiries(self) -> tuple[str, str]:
        """Return which certificates run out within a month, and which within a week or have; see `expiry_sentences`."""
        try:
            rows, _ = await self._on_files(self._all)
        except RefusedError as error:
            return str(error), ""
        return expiry_sentences(rows, self._around.statuses(), time.time_ns() // 1000)

    def handlers(self) -> Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.ReadCertificates: self._read,
            port.TrustStored: self._trust,
            port.DistrustStored: self._distrust,
            port.DeleteStored: self._delete,
            port.DeleteRevocations: self._delete_revocations,
            port.MakeOwnCertificate: self._make,
            port.ReconnectSecured: self._reconnect,
            port.ForgetPrevious: self._forget_previous,
            port.ImportCertificate: self._import,
            port.ExportCertificate: self._export,
            port.ExportOwnKey: self._export_key,
        }

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _read(self, _request: port.ReadCertificates) -> port.CertificateState:
        self._around.require(Permission.VIEW)
        links = self._around.statuses()
        rows, lists = await self._on_files(self._all)
        rows = [replace(row, connections=_users_of(row, links)) for row in rows]
        before = {row.sha256 for row in rows if row.shelf is None and not row.is_present}
        waiting = tuple(link.name for link in links if link.proof is not None and link.proof.own in before)
        return port.CertificateState(
            tuple(self._labels.items()), tuple(rows), tuple(lists), socket.gethostname(), waiting
        )

    def _all(self) -> tuple[list[port.CertificateRow], list[port.RevocationRow]]:
        now = now_utc()
        rows, lists = [], []
        for kind, folder in self._folders.items():
            for own in folder.own():
                row = row_of(kind, None, own.der, now)
                rows.append(replace(row, is_present=own.is_present, is_encrypted=own.is_encrypted))
            rows += [row_of(kind, shelf, der, now) for shelf in Shelf for der in folder.on(shelf)]
            lists += [revocations_of(kind, der, now) for der in folder.revocations()]
        return rows, lists

    # ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _trust(self, request: port.TrustStored) -> None:
        folder = self._allowed(request.kind)
        der = await self._found(folder, request.shelf, request.sha256)
        await self._on_files(lambda: folder.put(Shelf.TRUSTED, der))
        self._restart(lambda link: link.certificate is not None)

    async def _distrust(self, request: port.DistrustStored) -> None:
        folder = self._allowed(request.kind)
        der = await self._found(folder, Shelf.TRUSTED, request.sha256)
        await self._on_files(lambda: folder.put(Shelf.REJECTED, der))
        self._restart_believers(der)

    async def _delete(self, request: port.DeleteStored) -> None:
        folder = self._allowed(request.kind)
        der = await self._found(folder, request.shelf, request.sha256)
        await self._on_files(lambda: folder.remove(request.shelf, der))
        if request.shelf is not Shelf.REJECTED:
            self._restart_believers(der)

    async def _delete_revocations(self, request: port.DeleteRevocations) -> None:
        folder = self._allowed(request.kind)
        lists = await self._on_files(folder.revocations)
        der = next((each for each in lists if sha256_of(each) == request.sha256), None)
        if der is None:
            raise RefusedError(tr("This list is not there any more."))
        await self._on_files(lambda: folder.remove_revocations(der))

    # ── one's own ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _make(self, request: port.MakeOwnCertificate) -> str:
        folder = self._allowed(request.kind)
        passphrase = await self._passphrase_for_new_key()
        await self._on_files(lambda: folder.make_own(request.wish, passphrase))
        return self._shown_first(passphrase)

    async def _reconnect(self, request: port.ReconnectSecured) -> int:
        self._allowed(request.kind)
        return self._restart(lambda link: link.proof is not None and bool(link.proof.own))

    async def _forget_previous(self, request: port.ForgetPrevious) -> None:
        folder = self._allowed(request.kind)
        own = await self._on_files(folder.own)
        before = next((sha256_of(each.der) for each in own if not each.is_present), "")
        if not before:
            raise RefusedError(tr("There is no certificate before the present one."))
        users = [link.name for link in self._around.statuses() if link.proof is not None and link.proof.own == before]
        if users:
            words = tr("{links} still needs it: have the server trust the new one first.")
            raise RefusedError(words.format(links=", ".join(users[:3])))
        await self._on_files(folder.forget_previous)

    async def _import(self, request: port.ImportCertificate) -> str:
        folder = self._allowed(request.kind)
        found = await asyncio.to_thread(files.read_file, request.path, request.password)
        if found.revocations:
            for der in found.revocations:
                await self._on_files(lambda der=der: folder.put_revocations(der))  # type: ignore[misc]  # bound now
            self._restart(lambda link: link.proof is not None and link.proof.peer is not None)
            return tr("The revocation list is in use.")
        if request.use is port.ImportAs.OWN:
            return await self._import_own(folder, found)
        shelf = Shelf(request.use.value)
        given = [x509.load_der_x509_certificate(each) for each in found.certificates]
        if shelf is Shelf.ISSUERS and not all(is_authority(each) for each in given):
            raise RefusedError(tr("It is no authority's certificate. Import it as trusted."))
        for der in found.certificates:
            await self._on_files(lambda der=der: folder.put(shelf, der))  # type: ignore[misc]  # bound now
        self._restart(lambda link: link.certificate is not None)
        return tr("Imported: {count}.").format(count=len(found.certificates))

    async def _import_own(self, folder: CertificateFolder, found: files.Found) -> str:
        if not found.key:
            raise RefusedError(tr("The file holds no key. An own certificate comes with its key, as PKCS#12."))
        passphrase = await self._passphrase_for_new_key()
        await self._on_files(lambda: folder.take_own(found.certificates[0], found.key, passphrase))
        for der in found.certificates[1:]:
            await self._on_files(lambda der=der: folder.put(Shelf.ISSUERS, der))  # type: ignore[misc]  # bound now
        return self._shown_first(passphrase)

    # ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _export(self, request: port.ExportCertificate) -> None:
        self._around.require(Permission.VIEW)
        folder = self._folder(request.kind)
        if request.shelf is None:
            der = await self._own(folder, request.sha256)
        else:
            der = await self._found(folder, request.shelf, request.sha256)
        await asyncio.to_thread(files.write_public, request.path, der)

    async def _export_key(self, request: port.ExportOwnKey) -> None:
        folder = self._allowed(request.kind)
        files.require_password(request.password)
        der = await self._own(folder, request.sha256)
        key = await self._on_files(lambda: folder.key_of(der, self._passphrase))
        await asyncio.to_thread(files.write_with_key, request.path, der, key, request.password)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _allowed(self, kind: str) -> CertificateFolder:
        self._around.require(Permission.EDIT_CERTIFICATES)
        return self._folder(kind)

    def _folder(self, kind: str) -> CertificateFolder:
        folder = self._folders.get(kind)
        if folder is None:
            raise RefusedError(tr("This kind of connection has no certificates."))
        return folder

    async def _found(self, folder: CertificateFolder, shelf: Shelf, sha256: str) -> bytes:
        for der in await self._on_files(lambda: folder.on(shelf)):
            if sha256_of(der) == sha256:
                return der
        raise RefusedError(tr("This certificate is not there any more."))

    async def _own(self, folder: CertificateFolder, sha256: str) -> bytes:
        for each in await self._on_files(folder.own):
            if sha256_of(each.der) == sha256:
                return each.der
        raise RefusedError(tr("This certificate is not there any more."))

    async def _on_files(self, work: Callable[[], T]) -> T:
        """Work on files, one after another; what does not fit or cannot be written is refused in words."""
        async with self._turn:
            try:
                return await asyncio.to_thread(work)
            except ValueError as error:
                raise RefusedError(str(error)) from error
            except OSError as error:
                words = tr("The folder of certificates cannot be used: {reason}.")
                raise RefusedError(words.format(reason=error.strerror or error)) from error

    async def _passphrase_for_new_key(self) -> str:
        """Return what a new key is encrypted with; empty where nothing would keep it until the next start."""
        async with self._keying:  # two that make one at once would lock each other out
            await self.look_for_passphrase()
            if self._passphrase or not (await self._secrets.where()).outlives:
                return self._passphrase
            made = os.urandom(KEY_BYTES).hex()
            if (await self._secrets.store(self.secret_name, made)).outlives:
                self._passphrase = made
            else:
                await self._secrets.delete(self.secret_name)
            return self._passphrase

    def _shown_first(self, passphrase: str) -> str:
        count = self._restart(lambda link: link.proof is not None and bool(link.proof.own))
        said = tr("The new certificate is in use; links that reconnect with it: {count}.").format(count=count)
        if passphrase:
            return said
        return f"{said} " + tr("Its key is in a file that only this user can read: no keyring keeps a passphrase.")

    def _restart_believers(self, der: bytes) -> None:
        """Have the links connect anew whose server this stands for, or may stand for."""
        row = row_of("", None, der, now_utc())
        self._restart(lambda link: bool(_users_of(replace(row, shelf=Shelf.TRUSTED), [link])))

    def _restart(self, concerns: Callable[[LinkStatus], bool]) -> int:
        links = [link for link in self._around.statuses() if concerns(link)]
        for link in links:
            self._around.restart(link.connection_id)
        return len(links)


def _users_of(row: port.CertificateRow, links: Sequence[LinkStatus]) -> tuple[str, ...]:
    """Return the links that a certificate is used by: shown, believed, or the issuer of the one believed."""
    found = []
    for link in links:
        proof, asked = link.proof, link.certificate
        peer = proof.peer if proof is not None else None
        is_own = row.shelf is None and proof is not None and proof.own == row.sha256
        is_peer = row.shelf is not None and any(each and each.thumbprint == row.sha1 for each in (peer, asked))
        is_issuer = row.is_authority and peer is not None and peer.issuer == row.subject.split(", ")[0]
        if is_own or is_peer or (row.shelf is not None and is_issuer):
            found.append(link.name)
    return tuple(found)
