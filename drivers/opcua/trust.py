"""Whom to believe: the folder of certificates that people have judged (OPC 10000-12, 7.8; checks of 10000-4, 6.1.3).

    pki/own       this program's certificate and key
    pki/trusted   servers and authorities that were accepted, DER, named by thumbprint
    pki/issuers   authorities that complete a chain but are not trusted by themselves
    pki/rejected  what was refused or not judged yet, kept so that an administrator can look at it
    pki/crl       revocation lists of the authorities, DER

A person's word covers what the person was shown: a certificate accepted while its host name did not match stays
accepted, but when it later expires the question is asked again. What was accepted lies beside the certificate.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.api import Certificate, Trust, UntrustedError

FOLDERS: Final = ("own", "trusted", "issuers", "rejected", "crl")
LEAST_KEY_BITS: Final = 2048
REJECTED_KEPT: Final = 100


class Fault(StrEnum):
    """What can be wrong with a certificate besides that nobody accepted it."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    OTHER_APPLICATION = "other_application"
    OTHER_HOST = "other_host"
    WEAK_KEY = "weak_key"
    REVOKED = "revoked"


_SENTENCES: Final = {
    Fault.EXPIRED: "It has expired.",
    Fault.NOT_YET_VALID: "It is not valid yet; check the clocks.",
    Fault.OTHER_APPLICATION: "It belongs to another application than the server names.",
    Fault.OTHER_HOST: "It was made for another host name.",
    Fault.WEAK_KEY: "Its key is too short to be safe.",
    Fault.REVOKED: "Its authority has revoked it.",
}


class TrustStore:
    """The folder of one profile. Every method reads or writes small files and blocks for as long."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def judge(
        self, der: bytes, application_uri: str, host: str, *, accepted_once: frozenset[tuple[str, Fault | None]]
    ) -> Certificate:
        """Return the facts of a server's certificate when it may be believed. Raises UntrustedError when not.

        accepted_once: what a person accepted for this run: (thumbprint, None) and (thumbprint, fault) for each fault.
        """
        certificate = x509.load_der_x509_certificate(der)
        found = faults(certificate, application_uri, host)
        above = self._authorities_above(certificate)
        if any(self._is_revoked(each) for each in (certificate, *above)):
            found.append(Fault.REVOKED)
        facts = facts_of(der, found)
        accepted = {fault for thumbprint, fault in accepted_once if thumbprint == facts.thumbprint}
        is_trusted = self._file("trusted", facts.thumbprint).exists()
        is_trusted = is_trusted or any(each in self._in("trusted") for each in above)
        if None not in accepted and not is_trusted:
            self._keep_rejected(der, facts.thumbprint)
            raise UntrustedError("The server's certificate is not known here; look at it and accept it.", facts)
        remaining = [fault for fault in found if fault not in accepted | self._accepted_faults(facts.thumbprint)]
        if remaining:
            self._keep_rejected(der, facts.thumbprint)
            words = " ".join(_SENTENCES[fault] for fault in remaining)
            raise UntrustedError(f"The server's certificate is refused. {words}", facts)
        return facts

    def decide(self, der: bytes, found: Sequence[Fault], decision: Trust) -> None:
        """Keep a person's word for good: ALWAYS into trusted with the faults that were shown, NEVER out of it."""
        thumbprint = thumbprint_of(der)
        trusted, rejected = self._file("trusted", thumbprint), self._file("rejected", thumbprint)
        if decision is Trust.ALWAYS:
            trusted.parent.mkdir(parents=True, exist_ok=True)
            trusted.write_bytes(der)
            trusted.with_suffix(".json").write_text(json.dumps({"accepted_faults": sorted(found)}), encoding="utf-8")
            rejected.unlink(missing_ok=True)
        elif decision is Trust.NEVER:
            trusted.unlink(missing_ok=True)
            trusted.with_suffix(".json").unlink(missing_ok=True)
            self._keep_rejected(der, thumbprint)

    def between(self, der: bytes) -> list[bytes]:
        """Return the known authorities between a certificate and a root, which a server needs to follow the chain."""
        above = self._authorities_above(x509.load_der_x509_certificate(der))
        return [each.public_bytes(Encoding.DER) for each in above if each.issuer != each.subject]

    def _authorities_above(self, certificate: x509.Certificate) -> list[x509.Certificate]:
        """Return the authorities known here that vouch for it, the nearest first.

        A server's own certificate in trusted vouches for nobody: only one that may sign others is an authority.
        """
        known = [each for folder in ("trusted", "issuers") for each in self._in(folder) if _is_authority(each)]
        found: list[x509.Certificate] = []
        current = certificate
        for _ in known:
            above = next((each for each in known if _is_issued_by(current, each)), None)
            if above is None or above == current:
                break
            found.append(above)
            current = above
        return found

    def _is_revoked(self, certificate: x509.Certificate) -> bool:
        for file in sorted((self._folder / "crl").glob("*")):
            try:
                revocations = x509.load_der_x509_crl(file.read_bytes())
            except (OSError, ValueError):
                continue  # a file that is no list revokes nothing
            if revocations.issuer == certificate.issuer:
                entry = revocations.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry is not None:
                    return True
        return False

    def _accepted_faults(self, thumbprint: str) -> set[Fault]:
        try:
            text = self._file("trusted", thumbprint).with_suffix(".json").read_text(encoding="utf-8")
            return {Fault(each) for each in json.loads(text)["accepted_faults"]}
        except (OSError, ValueError, KeyError, TypeError):
            return set()

    def _keep_rejected(self, der: bytes, thumbprint: str) -> None:
        """Keep it for an administrator to look at; a server that makes a new one at each start fills no disk."""
        file = self._file("rejected", thumbprint)
        with contextlib.suppress(OSError):  # a full disk keeps nobody from seeing the certificate and judging it
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(der)
            kept = sorted(file.parent.glob("*.der"), key=lambda each: each.stat().st_mtime)
            for old in kept[:-REJECTED_KEPT]:
                old.unlink(missing_ok=True)

    def _file(self, folder: str, thumbprint: str) -> Path:
        return self._folder / folder / f"{thumbprint}.der"

    def _in(self, folder: str) -> Iterator[x509.Certificate]:
        for file in sorted((self._folder / folder).glob("*.der")):
            try:
                yield x509.load_der_x509_certificate(file.read_bytes())
            except (OSError, ValueError):
                continue  # a file that is no certificate vouches for nobody


def thumbprint_of(der: bytes) -> str:
    """Return the SHA-1 of a certificate in upper hex, the name that OPC UA tools show (10000-4, 7.6)."""
    return hashlib.sha1(der).hexdigest().upper()  # noqa: S324  # a name people compare, not a protection


def faults(certificate: x509.Certificate, application_uri: str, host: str) -> list[Fault]:
    """Return what is wrong with a certificate by itself, for a server of that URI reached at that host."""
    found = []
    now = datetime.now(UTC)
    if certificate.not_valid_after_utc < now:
        found.append(Fault.EXPIRED)
    if certificate.not_valid_before_utc > now:
        found.append(Fault.NOT_YET_VALID)
    uris, hosts = _names(certificate)
    if application_uri and application_uri not in uris:
        found.append(Fault.OTHER_APPLICATION)
    if host and host.casefold() not in {each.casefold() for each in hosts}:
        found.append(Fault.OTHER_HOST)
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < LEAST_KEY_BITS:
        found.append(Fault.WEAK_KEY)
    return found


def facts_of(der: bytes, found: Sequence[Fault] = ()) -> Certificate:
    """Return a certificate as people read it. Raises ValueError when it is none."""
    certificate = x509.load_der_x509_certificate(der)
    uris, hosts = _names(certificate)
    return Certificate(
        subject=_common_name(certificate.subject),
        issuer=_common_name(certificate.issuer),
        thumbprint=thumbprint_of(der),
        application_uri=uris[0] if uris else "",
        hosts=tuple(hosts),
        valid_from_us=round(certificate.not_valid_before_utc.timestamp() * 1e6),
        valid_to_us=round(certificate.not_valid_after_utc.timestamp() * 1e6),
        faults=tuple(_SENTENCES[fault] for fault in found),
    )


def faults_named(sentences: Sequence[str]) -> list[Fault]:
    """Return the faults behind the sentences that a person was shown."""
    return [fault for fault, sentence in _SENTENCES.items() if sentence in sentences]


def first_of_chain(blob: bytes) -> bytes:
    """Return the first certificate of a blob that may hold a whole chain (OPC 10000-6, 6.2.3). Raises ValueError."""
    if len(blob) < 4 or blob[0] != 0x30:
        raise ValueError("the server sent no certificate")
    if blob[1] < 0x80:
        return blob[: 2 + blob[1]]
    width = blob[1] & 0x7F
    return blob[: 2 + width + int.from_bytes(blob[2 : 2 + width], "big")]


def _names(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """Return the URIs, and the host names and addresses, that a certificate is made for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return [], []
    addresses = [str(each) for each in names.get_values_for_type(x509.IPAddress)]
    return (
        names.get_values_for_type(x509.UniformResourceIdentifier),
        names.get_values_for_type(x509.DNSName) + addresses,
    )


def _common_name(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _is_issued_by(certificate: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
