"""The certificates of OPC UA connections in a profile's folder, as an administrator works on them; layout: trust.py."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

from drivers.api import OwnCertificate, OwnWish, Shelf, Trust
from drivers.opcua.certificate import OwnCertificates
from drivers.opcua.trust import TrustStore, thumbprint_of


class OpcUaCertificates:
    """drivers.api.CertificateFolder over pki/."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = OwnCertificates(folder / "own")
        self._store = TrustStore(folder)

    def own(self) -> Sequence[OwnCertificate]:
        return self._own.listed()

    def make_own(self, wish: OwnWish, passphrase: str) -> None:
        self._own.make(wish, passphrase)

    def take_own(self, der: bytes, key: bytes, passphrase: str) -> None:
        self._own.take(der, key, passphrase)

    def key_of(self, der: bytes, passphrase: str) -> bytes:
        return self._own.key_of(der, passphrase)

    def forget_previous(self) -> None:
        self._own.forget_previous()

    def on(self, shelf: Shelf) -> Sequence[bytes]:
        found = []
        for file in sorted((self._folder / shelf).glob("*.der")):
            with contextlib.suppress(OSError, ValueError):
                der = file.read_bytes()
                x509.load_der_x509_certificate(der)
                found.append(der)
        return found

    def put(self, shelf: Shelf, der: bytes) -> None:
        if shelf is Shelf.TRUSTED and der in self.on(shelf):
            return  # with the faults that were accepted with it
        if shelf is Shelf.TRUSTED:
            self._store.decide(der, (), Trust.ALWAYS)  # without the faults that nobody was asked about here
        else:
            path = self._path(shelf, der)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(der)
        for other in Shelf:
            if other is not shelf:
                self.remove(other, der)

    def remove(self, shelf: Shelf, der: bytes) -> None:
        for file in (self._folder / shelf).glob("*.der"):  # one that a person put there may have any name
            if file.read_bytes() == der:
                file.unlink(missing_ok=True)
                file.with_suffix(".json").unlink(missing_ok=True)

    def revocations(self) -> Sequence[bytes]:
        found = []
        for file in sorted((self._folder / "crl").glob("*")):
            with contextlib.suppress(OSError, ValueError):
                der = file.read_bytes()
                x509.load_der_x509_crl(der)
                found.append(der)
        return found

    def put_revocations(self, der: bytes) -> None:
        issuer = x509.load_der_x509_crl(der).issuer
        for old in self.revocations():
            if x509.load_der_x509_crl(old).issuer == issuer:
                self.remove_revocations(old)
        folder = self._folder / "crl"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{hashlib.sha256(issuer.public_bytes()).hexdigest()[:40]}.crl").write_bytes(der)

    def remove_revocations(self, der: bytes) -> None:
        for file in (self._folder / "crl").glob("*"):
            if file.is_file() and file.read_bytes() == der:
                file.unlink(missing_ok=True)

    def _path(self, shelf: Shelf, der: bytes) -> Path:
        return self._folder / shelf / f"{thumbprint_of(der)}.der"
