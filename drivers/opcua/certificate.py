"""The program's own application certificates (OPC 10000-6, 6.2.2): the present one, and the one before it.

They lie in pki/own as a certificate (DER) and a key (PEM) of the same name; `present.json` names both pairs. The first
one is made when it is needed. The one before is kept so that a server that does not trust the new one yet still lets
us in with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import os
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from drivers.api import OwnCertificate, OwnWish

APPLICATION_URI: Final = "urn:roams:hmi"
FIRST: Final = "own"
POINTER: Final = "present.json"
BITS_LEAST: Final = 2048
BITS_MOST: Final = 4096
"""What the policies of OPC UA allow (10000-7, 6.6)."""
DAYS_MOST: Final = 20 * 365
VALID: Final = timedelta(days=OwnWish().days)


class KeyLockedError(Exception):
    """The key is encrypted and the passphrase that was given does not open it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate (DER) with its key (DER, PKCS#8), ready for use."""

    certificate: bytes
    key: bytes = field(repr=False)
    application_uri: str = APPLICATION_URI

    @property
    def thumbprint(self) -> str:
        """SHA-256 in hex."""
        return hashlib.sha256(self.certificate).hexdigest().upper()


class OwnCertificates:
    """The pairs of one folder. Every method blocks: making a key takes about 0.5 s."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ensure(self, passphrase: str = "") -> None:
        """Make the first certificate where there is none, or one that is damaged, or has run out and is our own work.

        Servers then ask whether to trust it.
        """
        present, _ = self._names()
        if not self._is_usable(present):
            self._write_pair(present, *_make(OwnWish(hosts=(socket.gethostname(),))), passphrase)

    def identities(self, passphrase: str = "") -> list[Identity]:
        """Return the present one and the one before, where its key opens too. Raises KeyLockedError, OSError."""
        self.ensure(passphrase)
        present, previous = self._names()
        found = [self._identity(present, passphrase)]
        if previous and self._is_usable(previous):
            with contextlib.suppress(KeyLockedError, OSError, ValueError):
                found.append(self._identity(previous, passphrase))
        return found

    def listed(self) -> list[OwnCertificate]:
        """Return what there is, the present one first."""
        found = []
        for name, is_present in zip(self._names(), (True, False), strict=True):
            certificate, key = self.paths(name)
            if name and certificate.exists() and key.exists() and _loaded(certificate) is not None:
                found.append(OwnCertificate(certificate.read_bytes(), is_present, b"ENCRYPTED" in key.read_bytes()))
        return found

    def make(self, wish: OwnWish, passphrase: str) -> None:
        """Make a certificate and show it first from now on. Raises ValueError in words."""
        self._show_first(*_make(wish), passphrase)

    def take(self, der: bytes, key_pem: bytes, passphrase: str) -> None:
        """Show a certificate that was made elsewhere first from now on. Raises ValueError in words."""
        certificate = x509.load_der_x509_certificate(der)
        key = serialization.load_pem_private_key(key_pem, None)
        if not isinstance(key, rsa.RSAPrivateKey) or not BITS_LEAST <= key.key_size <= BITS_MOST:
            raise ValueError("It needs an RSA key of 2048 to 4096 bits.")
        if certificate.public_key() != key.public_key():
            raise ValueError("The key is not the certificate's.")
        if not _uri_of(certificate):
            raise ValueError("The certificate names no application URI, which OPC UA servers ask for.")
        if certificate.not_valid_after_utc < datetime.now(UTC):
            raise ValueError("The certificate has expired.")
        self._show_first(certificate, key, passphrase)

    def key_of(self, der: bytes, passphrase: str) -> bytes:
        """Return the key of a certificate, PEM. Raises ValueError in words."""
        for name in self._names():
            certificate, key = self.paths(name)
            if name and certificate.exists() and certificate.read_bytes() == der:
                try:
                    opened = _open_key(key.read_bytes(), passphrase)
                except KeyLockedError as error:
                    raise ValueError("Its key is locked: open the keyring or the vault first.") from error
                return opened.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
        raise ValueError("There is no key of this certificate here.")

    def forget_previous(self) -> None:
        """Delete the one before."""
        present, previous = self._names()
        if previous and previous != present:
            self._point(present, "")
            for path in self.paths(previous):
                path.unlink(missing_ok=True)

    def paths(self, name: str) -> tuple[Path, Path]:
        """Return where a pair lies."""
        return self._folder / f"{name}.der", self._folder / f"{name}.pem"

    def present_paths(self) -> tuple[Path, Path]:
        """Return where the present pair lies."""
        return self.paths(self._names()[0])

    def _names(self) -> tuple[str, str]:
        try:
            found = json.loads((self._folder / POINTER).read_text(encoding="utf-8"))
            present, previous = str(found["present"]), str(found["previous"])
        except (OSError, ValueError, KeyError, TypeError):
            return FIRST, ""
        is_sound = all(name.isalnum() or not name for name in (present, previous)) and bool(present)
        return (present, previous) if is_sound else (FIRST, "")

    def _is_usable(self, name: str) -> bool:
        certificate, key = self.paths(name)
        found = _loaded(certificate) if key.exists() else None
        if found is None:
            return False
        # One that an authority made is not thrown away: its owner has another made, and we say that it has run out.
        return found.not_valid_after_utc > datetime.now(UTC) or found.issuer != found.subject

    def _identity(self, name: str, passphrase: str) -> Identity:
        certificate_path, key_path = self.paths(name)
        der = certificate_path.read_bytes()
        key = _open_key(key_path.read_bytes(), passphrase).private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return Identity(der, key, _uri_of(x509.load_der_x509_certificate(der)) or APPLICATION_URI)

    def _show_first(self, certificate: x509.Certificate, key: rsa.RSAPrivateKey, passphrase: str) -> None:
        before, older = self._names()
        name = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303  # a name, not a protection
        self._write_pair(name, certificate, key, passphrase)
        has_before = before != name and self._is_usable(before)
        self._point(name, before if has_before else "")
        for gone in {before, older} - {name, before if has_before else ""} - {""}:
            for path in self.paths(gone):
                path.unlink(missing_ok=True)

    def _write_pair(self, name: str, certificate: x509.Certificate, key: rsa.RSAPrivateKey, passphrase: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        hiding: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            hiding = serialization.BestAvailableEncryption(passphrase.encode())
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hiding)
        certificate_path, key_path = self.paths(name)
        _write_whole(key_path, pem)
        _write_whole(certificate_path, certificate.public_bytes(serialization.Encoding.DER))

    def _point(self, present: str, previous: str) -> None:
        text = json.dumps({"present": present, "previous": previous})
        _write_whole(self._folder / POINTER, text.encode())


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """Return the paths of the present certificate (DER) and its key (PEM), made where there is none. Blocks."""
    own = OwnCertificates(folder)
    own.ensure()
    return own.present_paths()


def _make(wish: OwnWish) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    if not BITS_LEAST <= wish.key_bits <= BITS_MOST:
        raise ValueError("A key has 2048 to 4096 bits.")
    if not 1 <= wish.days <= DAYS_MOST:
        raise ValueError("It is valid for 1 day to 20 years.")
    key = rsa.generate_private_key(public_exponent=65537, key_size=wish.key_bits)
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, f"Roams on {socket.gethostname()}"[:64])]
    if wish.organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, wish.organisation))
    name = x509.Name(parts)
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    names = [x509.UniformResourceIdentifier(APPLICATION_URI), *(_general(host) for host in wish.hosts)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=wish.days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return x509.DNSName(host.encode("idna").decode())
    except (UnicodeError, ValueError) as error:
        raise ValueError(f"{host} is no name of a host.") from error


def _open_key(pem: bytes, passphrase: str) -> rsa.RSAPrivateKey:
    is_encrypted = b"ENCRYPTED" in pem
    try:
        key = serialization.load_pem_private_key(pem, passphrase.encode() if is_encrypted else None)
    except (ValueError, TypeError) as error:
        if is_encrypted:
            raise KeyLockedError from error
        raise ValueError("The key of the own certificate is damaged.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("The key of the own certificate is none that OPC UA knows.")  # noqa: TRY004  # of the file
    return key


def _uri_of(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    return next(iter(names.get_values_for_type(x509.UniformResourceIdentifier)), "")


def _loaded(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file for this user alone, which is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
