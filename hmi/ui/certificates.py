"""A server's certificate in words, as a person judges it; no Qt."""

from __future__ import annotations

import time
from typing import Final

from drivers.api import Certificate, Trust
from hmi.domain.language import tr
from hmi.ui.words import local_time

GROUP: Final = 4
DAY_US: Final = 86_400_000_000


def thumbprint_text(thumbprint: str) -> str:
    """Return a thumbprint in groups that can be compared aloud."""
    return " ".join(thumbprint[start : start + GROUP] for start in range(0, len(thumbprint), GROUP))


def days_left(certificate: Certificate, now_us: int | None = None) -> int:
    """Return how many whole days a certificate still holds; negative when it has run out."""
    return (certificate.valid_to_us - (time.time_ns() // 1000 if now_us is None else now_us)) // DAY_US


def days_text(certificate: Certificate | None) -> str:
    """Return how long a certificate still holds, in words; a dash where there is none."""
    if certificate is None:
        return "–"
    days = days_left(certificate)
    if days < 0:
        return tr("Has run out")
    return tr("{days} days left").format(days=days)


def facts_text(certificate: Certificate) -> tuple[tuple[str, str], ...]:
    """Return what is to be judged, label and text."""
    return (
        (tr("Subject"), certificate.subject or "–"),
        (tr("Issuer"), _issuer(certificate)),
        (tr("Thumbprint (SHA-1)"), thumbprint_text(certificate.thumbprint)),
        (tr("Valid from"), _moment(certificate.valid_from_us)),
        (tr("Valid to"), f"{_moment(certificate.valid_to_us)} ({days_text(certificate)})"),
        (tr("Application"), certificate.application_uri or "–"),
        (tr("Hosts"), ", ".join(certificate.hosts) or "–"),
    )


def decision_text(decision: Trust) -> str:
    """Return what a word on a certificate means, as its button says it."""
    return {
        Trust.ALWAYS: tr("Accept always"),
        Trust.ONCE: tr("Accept for this run"),
        Trust.NEVER: tr("Refuse"),
    }[decision]


def _issuer(certificate: Certificate) -> str:
    if certificate.issuer == certificate.subject:
        return tr("Itself (self-signed)")
    return certificate.issuer or "–"


def _moment(at_us: int) -> str:
    return local_time(at_us).strftime("%Y-%m-%d %H:%M") if at_us else "–"
