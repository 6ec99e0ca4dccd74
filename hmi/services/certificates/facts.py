"""What a certificate says, as the window is told."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from drivers.api import Shelf
from hmi.domain.language import tr
from hmi.services.port.certificates import CertificateRow, RevocationRow

TEXT_MOST = 200


def sha256_of(der: bytes) -> str:
    """Return what a certificate or a list is known by."""
    return hashlib.sha256(der).hexdigest().upper()


def row_of(kind: str, shelf: Shelf | None, der: bytes, now: datetime) -> CertificateRow:
    """Return a certificate's facts. Raises ValueError when it is none."""
    certificate = x509.load_der_x509_certificate(der)
    uris, hosts = _names(certificate)
    fault = ""
    if certificate.not_valid_after_utc < now:
        fault = tr("It has expired.")
    elif certificate.not_valid_before_utc > now:
        fault = tr("It is not valid yet; check the clocks.")
    return CertificateRow(
        kind=kind,
        shelf=shelf,
        sha256=sha256_of(der),
        sha1=hashlib.sha1(der).hexdigest().upper(),  # noqa: S324  # a name people compare, not a protection
        subject=name_text(certificate.subject),
        issuer=tr("Itself") if certificate.issuer == certificate.subject else name_text(certificate.issuer),
        application_uri=uris[0][:TEXT_MOST] if uris else "",
        hosts=tuple(host[:TEXT_MOST] for host in hosts),
        valid_from_us=_us(certificate.not_valid_before_utc),
        valid_to_us=_us(certificate.not_valid_after_utc),
        key=_key_text(certificate),
        is_authority=is_authority(certificate),
        fault=fault,
    )


def revocations_of(kind: str, der: bytes, now: datetime) -> RevocationRow:
    """Return a list's facts. Raises ValueError when it is none."""
    found = x509.load_der_x509_crl(der)
    successor = found.next_update_utc
    is_old = successor is not None and successor < now
    return RevocationRow(
        kind,
        sha256_of(der),
        name_text(found.issuer),
        _us(found.last_update_utc),
        _us(successor) if successor is not None else 0,
        len(found),
        tr("It is out of date: get a new one from the authority.") if is_old else "",
    )


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may vouch for others."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def name_text(name: x509.Name) -> str:
    """Return a name as people read it: the common name and the organisation."""
    found = [
        str(each.value)
        for oid in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
        for each in name.get_attributes_for_oid(oid)[:1]
    ]
    text = ", ".join(found) or name.rfc4514_string()
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:TEXT_MOST]


def now_utc() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


def _key_text(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except ValueError:
        return "?"
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ECC {key.curve.name}"
    return "Ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else type(key).__name__


def _names(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return [], []
    addresses = [str(each) for each in names.get_values_for_type(x509.IPAddress)]
    return names.get_values_for_type(x509.UniformResourceIdentifier), [
        *names.get_values_for_type(x509.DNSName),
        *addresses,
    ]


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)
