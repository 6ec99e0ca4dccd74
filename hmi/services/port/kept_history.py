"""What users, roles and settings were, and taking one of them up again as it was."""

from __future__ import annotations

from dataclasses import dataclass

from hmi.services.port.requests import Request

MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class KeptChange:
    """One change of a user, a role or a kind of settings, in words (at_us: UTC).

    user: empty for how it was before the first change that is known. kind, seq: what tells it apart.
    """

    kind: str
    seq: int
    at_us: int
    user: str
    label: str
    name: str
    change: str
    can_take_up: bool


@dataclass(frozen=True, slots=True)
class ReadKeptHistory(Request[tuple[KeptChange, ...]]):
    """Ask for changes before a time (UTC µs, 0: all), newest first; name: only of what is called so."""

    before_us: int = 0
    name: str = ""
    limit: int = 200


@dataclass(frozen=True, slots=True)
class TakeUpKept(Request[None]):
    """Bring an object to what a change left it as. seen_us: the time of the newest change that was looked at."""

    kind: str
    seq: int
    seen_us: int
    reason: str
