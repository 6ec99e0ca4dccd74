"""Certificates in words; no Qt."""

from __future__ import annotations

from typing import Final

from drivers.api import Shelf
from hmi.domain.language import tr
from hmi.services.port.certificates import CertificateRow, ImportAs, RevocationRow
from hmi.ui.certificates import thumbprint_text
from hmi.ui.words import local_time

DAY_US: Final = 86_400_000_000
SOON_DAYS: Final = 30
SHELVES: Final = {
    Shelf.TRUSTED: tr("Trusted"),
    Shelf.ISSUERS: tr("Issuer"),
    Shelf.REJECTED: tr("Not accepted"),
}
FILTERS: Final[tuple[tuple[str, str], ...]] = (
    (tr("All"), ""),
    (tr("Own"), "own"),
    (tr("Trusted"), Shelf.TRUSTED.value),
    (tr("Issuers and their lists"), Shelf.ISSUERS.value),
    (tr("Not accepted"), Shelf.REJECTED.value),
)
USES: Final[tuple[tuple[str, object], ...]] = (
    (tr("Trusted"), ImportAs.TRUSTED),
    (tr("Issuer"), ImportAs.ISSUERS),
    (tr("Own, with its key"), ImportAs.OWN),
)
KEY_SIZES: Final[tuple[tuple[str, object], ...]] = (("RSA 2048", 2048), ("RSA 3072", 3072), ("RSA 4096", 4096))
YEARS: Final[tuple[tuple[str, object], ...]] = (
    (tr("1 year"), 365),
    (tr("2 years"), 730),
    (tr("5 years"), 1825),
    (tr("10 years"), 3650),
)


def where_text(row: CertificateRow) -> str:
    """Return where a certificate lies."""
    if row.shelf is None:
        return tr("Own") if row.is_present else tr("Own, before")
    return SHELVES[row.shelf]


def days_text(valid_to_us: int, now_us: int) -> str:
    """Return how long a certificate still holds."""
    days = (valid_to_us - now_us) // DAY_US
    return tr("expired") if days < 0 else tr("{days:,} days").format(days=days)


def is_ending(row: CertificateRow, now_us: int) -> bool:
    """Whether something has to be done about a certificate."""
    return bool(row.fault) or (row.valid_to_us - now_us) < SOON_DAYS * DAY_US


def day_text(at_us: int) -> str:
    """Return a day of this machine's zone."""
    return local_time(at_us).strftime("%Y-%m-%d") if at_us else "–"


def moment_text(at_us: int) -> str:
    """Return a day and a time of this machine's zone."""
    return local_time(at_us).strftime("%Y-%m-%d %H:%M") if at_us else "–"


def facts_of(row: CertificateRow, kind: str, now_us: int) -> tuple[tuple[str, str], ...]:
    """Return what a certificate says, label and text."""
    valid = tr("{start} to {end} ({days})").format(
        start=moment_text(row.valid_from_us), end=moment_text(row.valid_to_us), days=days_text(row.valid_to_us, now_us)
    )
    key = row.key
    if row.shelf is None:
        kept = tr("encrypted, its passphrase is kept like a password")
        key += ", " + (kept if row.is_encrypted else tr("in a file that only this user can read"))
    return (
        (tr("Subject"), row.subject or "–"),
        (tr("Issuer"), row.issuer or "–"),
        (tr("Application"), row.application_uri or "–"),
        (tr("Hosts"), ", ".join(row.hosts) or "–"),
        (tr("Valid"), valid),
        (tr("Key"), key),
        (tr("SHA-1"), thumbprint_text(row.sha1)),
        (tr("SHA-256"), thumbprint_text(row.sha256)),
        (tr("Used by"), ", ".join(row.connections) or tr("no connection at present")),
        (tr("For"), kind),
    )


def facts_of_list(row: RevocationRow, kind: str) -> tuple[tuple[str, str], ...]:
    """Return what a revocation list says, label and text."""
    return (
        (tr("Issuer"), row.issuer),
        (tr("Revoked"), tr("{count:,} certificates").format(count=row.count)),
        (tr("Made"), moment_text(row.made_us)),
        (tr("Next due"), moment_text(row.next_us)),
        (tr("SHA-256"), thumbprint_text(row.sha256)),
        (tr("For"), kind),
    )
