"""Files of certificates, in and out: PEM, DER, PKCS#12, revocation lists. What is none is refused in words."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from hmi.domain.language import tr
from hmi.services.port import RefusedError

MOST_BYTES: Final = 1_000_000
MOST_CERTIFICATES: Final = 20
PASSWORD_LEAST: Final = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, DER. key: PEM, not encrypted, of the first certificate."""

    certificates: tuple[bytes, ...] = ()
    revocations: tuple[bytes, ...] = ()
    key: bytes = field(default=b"", repr=False)


def read_file(path: Path, password: str) -> Found:
    """Return what a file holds. Blocks. Raises RefusedError."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        words = tr("{name} cannot be read: {reason}.")
        raise RefusedError(words.format(name=path.name, reason=error.strerror or error)) from error
    if len(data) > MOST_BYTES:
        raise RefusedError(tr("{name} is far too long for a certificate.").format(name=path.name))
    found = _pem(data) if b"-----BEGIN" in data else _der(data)
    if found is None and not password:
        found = _pkcs12(data, None)
        if found is None and _is_pkcs12(data):
            raise RefusedError(tr("{name} is protected. Type its password.").format(name=path.name))
    if found is None and password:
        found = _pkcs12(data, password.encode())
        if found is None and _is_pkcs12(data):
            raise RefusedError(tr("The password does not open {name}.").format(name=path.name))
    if found is None or not (found.certificates or found.revocations):
        raise RefusedError(tr("{name} holds no certificate and no revocation list.").format(name=path.name))
    return found


def write_public(path: Path, der: bytes) -> None:
    """Write the public part: PEM where the name ends so. Blocks. Raises RefusedError."""
    is_pem = path.suffix.lower() in (".pem", ".crt")
    data = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) if is_pem else der
    _write(path, data, 0o644)


def require_password(password: str) -> None:
    """Refuse to let a key out under a password that is none."""
    if len(password) < PASSWORD_LEAST:
        words = tr("The file holds the key: give it a password of at least {least} characters.")
        raise RefusedError(words.format(least=PASSWORD_LEAST))


def write_with_key(path: Path, der: bytes, key_pem: bytes, password: str) -> None:
    """Write a certificate and its key as PKCS#12. Blocks. Raises RefusedError."""
    require_password(password)
    key = load_pem_private_key(key_pem, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise RefusedError(tr("The key is none that can be exported."))
    certificate = x509.load_der_x509_certificate(der)
    hiding = BestAvailableEncryption(password.encode())
    _write(path, pkcs12.serialize_key_and_certificates(b"Roams", key, certificate, None, hiding), 0o600)


def _write(path: Path, data: bytes, mode: int) -> None:
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
        part.replace(path)
    except OSError as error:
        words = tr("{name} was not written ({reason}). Choose another folder, or free some space.")
        raise RefusedError(words.format(name=path.name, reason=error.strerror or error)) from error


def _pem(data: bytes) -> Found | None:
    if b"-----BEGIN X509 CRL" in data:
        try:
            return Found(revocations=(x509.load_pem_x509_crl(data).public_bytes(Encoding.DER),))
        except ValueError:
            return None
    try:
        found = x509.load_pem_x509_certificates(data)[:MOST_CERTIFICATES]
    except ValueError:
        return None
    return Found(tuple(each.public_bytes(Encoding.DER) for each in found))


def _der(data: bytes) -> Found | None:
    try:
        return Found((x509.load_der_x509_certificate(data).public_bytes(Encoding.DER),))
    except ValueError:
        pass
    try:
        return Found(revocations=(x509.load_der_x509_crl(data).public_bytes(Encoding.DER),))
    except ValueError:
        return None


def _pkcs12(data: bytes, password: bytes | None) -> Found | None:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password)
    except (ValueError, TypeError):
        return None
    if certificate is None:
        return None
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) if key is not None else b""
    chain = [certificate, *others[:MOST_CERTIFICATES]]
    return Found(tuple(each.public_bytes(Encoding.DER) for each in chain), key=pem)


def _is_pkcs12(data: bytes) -> bool:
    """Whether a file begins as PKCS#12 does: a sequence with the version 3 (RFC 7292, 4)."""
    return data[:1] == b"\x30" and b"\x02\x01\x03" in data[:10]
