"""The certificates of one kind of connection: its own, and those of others that people have judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from drivers.api.link import Certificate


class Shelf(StrEnum):
    """Where a certificate of another lies. ISSUERS complete a chain and are not trusted by themselves."""

    TRUSTED = "trusted"
    ISSUERS = "issuers"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """A certificate that this program proves itself with, DER.

    is_present: it is shown first; else it is the one before. is_encrypted: its key needs the passphrase.
    """

    der: bytes
    is_present: bool
    is_encrypted: bool


@dataclass(frozen=True, slots=True)
class OwnWish:
    """What a new certificate of one's own shall be like. hosts: names and addresses of this computer."""

    key_bits: int = 3072
    organisation: str = ""
    hosts: tuple[str, ...] = ()
    days: int = 5 * 365


class CertificateFolder(Protocol):
    """The certificates of one kind of connection in a profile. Every method blocks and may raise OSError.

    Keys are PEM (PKCS#8) and encrypted where a passphrase is given. What does not fit raises ValueError in words.
    """

    def own(self) -> Sequence[OwnCertificate]:
        """Return the present certificate and the one before, where there are any."""

    def make_own(self, wish: OwnWish, passphrase: str) -> None:
        """Make a certificate and show it first from now on; the present one becomes the one before."""

    def take_own(self, der: bytes, key: bytes, passphrase: str) -> None:
        """Show another's work first from now on, as a company's authority makes; key: PEM, not encrypted."""

    def key_of(self, der: bytes, passphrase: str) -> bytes:
        """Return the key of one's own certificate, PEM, not encrypted."""

    def forget_previous(self) -> None:
        """Delete the certificate before the present one, and its key."""

    def on(self, shelf: Shelf) -> Sequence[bytes]:
        """Return the certificates on a shelf, DER; what cannot be read is passed over."""

    def put(self, shelf: Shelf, der: bytes) -> None:
        """Put a certificate on a shelf and take it off the others."""

    def remove(self, shelf: Shelf, der: bytes) -> None:
        """Take a certificate off a shelf."""

    def revocations(self) -> Sequence[bytes]:
        """Return the authorities' lists of revoked certificates, DER."""

    def put_revocations(self, der: bytes) -> None:
        """Keep a list in the place of an older one of the same authority."""

    def remove_revocations(self, der: bytes) -> None:
        """Delete a list."""


@dataclass(frozen=True, slots=True)
class LinkProof:
    """Who is at the ends of a link. peer: believed. own: SHA-256 in hex of the certificate shown, empty for none."""

    peer: Certificate | None = None
    own: str = ""


@runtime_checkable
class Proves(Protocol):
    """Both ends of the link prove who they are."""

    def proof(self) -> LinkProof:
        """Return who has proven what, as far as is known."""
