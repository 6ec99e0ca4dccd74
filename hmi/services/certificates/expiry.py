"""Which certificates in use run out soon, for the program's own alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from drivers.api import Shelf
from hmi.domain.language import tr
from hmi.services.port import LinkStatus
from hmi.services.port.certificates import CertificateRow

MONTH_DAYS: Final = 30
WEEK_DAYS: Final = 7
DAY_US: Final = 86_400_000_000
SAID_MOST: Final = 3


def expiry_sentences(rows: Iterable[CertificateRow], links: Sequence[LinkStatus], now_us: int) -> tuple[str, str]:
    """Return what runs out within a month, and what within a week or has; each empty for nothing.

    Of one's own only the present one counts: the one before is there to go.
    """
    ends: dict[str, tuple[int, str]] = {}
    for row in rows:
        if row.is_present:
            ends[row.sha1] = (row.valid_to_us, tr("This program's own certificate"))
        elif row.shelf in (Shelf.TRUSTED, Shelf.ISSUERS):
            ends[row.sha1] = (row.valid_to_us, row.subject)
    for link in links:
        peer = link.proof.peer if link.proof is not None else None
        if peer is not None:
            ends[peer.thumbprint] = (peer.valid_to_us, tr("The server of {link}").format(link=link.name))
    soon = sorted(end for end in ends.values() if end[0] - now_us < MONTH_DAYS * DAY_US)
    urgent = [end for end in soon if end[0] - now_us < WEEK_DAYS * DAY_US]
    return _said([end for end in soon if end not in urgent], now_us), _said(urgent, now_us)


def _said(ends: Sequence[tuple[int, str]], now_us: int) -> str:
    return " ".join(_sentence(end_us, name, now_us) for end_us, name in ends[:SAID_MOST])


def _sentence(end_us: int, name: str, now_us: int) -> str:
    words = tr("{name} expires on {day}.") if end_us > now_us else tr("{name} expired on {day}.")
    return words.format(name=name, day=datetime.fromtimestamp(end_us / 1e6, UTC).date())
