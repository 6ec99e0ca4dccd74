"""Certificates for tests: authorities, servers and revocation lists, as good or as bad as wanted.

Keys are made once a run: it is the certificates that differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

APPLICATION_URI = "urn:test:server"
HOST = "plc-7"
DAY = timedelta(days=1)


@cache
def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return the key of that name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Made:
    """A certificate with its key."""

    certificate: x509.Certificate
    private_key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def revoke(self, *revoked: Made) -> bytes:
        """Return this authority's revocation list, DER."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(now - DAY).next_update(now + DAY)
        for each in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(now - DAY).build())
        return builder.sign(self.private_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def make(
    name: str = "Server",
    *,
    by: Made | None = None,
    is_authority: bool = False,
    uri: str | None = APPLICATION_URI,
    hosts: Sequence[str] = (HOST, "10.0.0.7"),
    begins: datetime | None = None,
    ends: datetime | None = None,
    bits: int = 2048,
    key_name: str = "",
) -> Made:
    """Return a certificate, signed by an authority or by itself; valid from yesterday for a year."""
    now = datetime.now(UTC)
    own = key(key_name or name, bits)
    subject = _name(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins or now - DAY)
        .not_valid_after(ends or now + 365 * DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    names = [_host(each) for each in hosts] + ([x509.UniformResourceIdentifier(uri)] if uri is not None else [])
    if names and not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Made(builder.sign(by.private_key if by else own, hashes.SHA256()), own)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
