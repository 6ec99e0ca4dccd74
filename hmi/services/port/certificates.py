"""The certificates that connections are proven by, of each kind of connection that has any."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from drivers.api import OwnWish, Shelf
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One certificate. sha256, sha1: in upper hex; the first is its id. Times in UTC µs. shelf: None for one's own.

    key: kind and size, in words. connections: names of those that use it. fault: what is wrong with it, in words.
    is_present: of one's own, the one that is shown first. is_encrypted: its key needs what the keyring or vault has.
    """

    kind: str
    shelf: Shelf | None
    sha256: str
    sha1: str
    subject: str
    issuer: str
    application_uri: str
    hosts: tuple[str, ...]
    valid_from_us: int
    valid_to_us: int
    key: str
    is_authority: bool = False
    connections: tuple[str, ...] = ()
    fault: str = ""
    is_present: bool = False
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True)
class RevocationRow:
    """An authority's list of revoked certificates. next_us: when its successor is due, 0 where it does not say."""

    kind: str
    sha256: str
    issuer: str
    made_us: int
    next_us: int
    count: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class CertificateState:
    """Everything. kinds: kind and label of the connections that have certificates.

    host: this computer's name. waiting: names of links on which a server does not take the new certificate yet.
    """

    kinds: tuple[tuple[str, str], ...] = ()
    rows: tuple[CertificateRow, ...] = ()
    revocations: tuple[RevocationRow, ...] = ()
    host: str = ""
    waiting: tuple[str, ...] = ()


class ImportAs(StrEnum):
    """What a file is imported as. A revocation list is known by itself."""

    TRUSTED = "trusted"
    ISSUERS = "issuers"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class ReadCertificates(Request[CertificateState]):
    """Ask for all certificates."""


@dataclass(frozen=True, slots=True)
class TrustStored(Request[None]):
    """Believe a certificate that lies here."""

    kind: str
    shelf: Shelf
    sha256: str


@dataclass(frozen=True, slots=True)
class DistrustStored(Request[None]):
    """Believe a certificate no more; links that it stands for are asked again at once."""

    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DeleteStored(Request[None]):
    """Delete a certificate that lies here."""

    kind: str
    shelf: Shelf
    sha256: str


@dataclass(frozen=True, slots=True)
class DeleteRevocations(Request[None]):
    """Delete an authority's list."""

    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class MakeOwnCertificate(Request[str]):
    """Make a certificate of one's own; links reconnect with it, and the one before is kept. Answers in words."""

    kind: str
    wish: OwnWish


@dataclass(frozen=True, slots=True)
class ReconnectSecured(Request[int]):
    """Have the links show the present certificate again; answers how many there are."""

    kind: str


@dataclass(frozen=True, slots=True)
class ForgetPrevious(Request[None]):
    """Delete one's own certificate before the present one; refused while a link still needs it."""

    kind: str


@dataclass(frozen=True, slots=True)
class ImportCertificate(Request[str]):
    """Import a file: a certificate or a chain (PEM, DER), a key with its certificate (PKCS#12), a revocation list.

    password: of a PKCS#12 file. Answers in words.
    """

    kind: str
    path: Path
    use: ImportAs
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ExportCertificate(Request[None]):
    """Write the public part: PEM where the file's name ends so, else DER. shelf: None for one's own."""

    kind: str
    shelf: Shelf | None
    sha256: str
    path: Path


@dataclass(frozen=True, slots=True)
class ExportOwnKey(Request[None]):
    """Write one's own certificate with its key, as PKCS#12 with a password."""

    kind: str
    sha256: str
    path: Path
    password: str = field(repr=False)
