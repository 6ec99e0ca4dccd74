"""The audit record: its rows, how it does, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from hmi.config.audit_settings import AuditSettings
from hmi.domain.audit import AuditAction
from hmi.services.port.requests import Request

AUDIT_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """Which rows are wanted; empty means any. text: words anywhere in a row, result: in how it ended; any case."""

    start_us: int
    end_us: int
    users: tuple[str, ...] = ()
    actions: tuple[AuditAction, ...] = ()
    stations: tuple[str, ...] = ()
    text: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One row. at_us: UTC µs. facts: every field of its text, by name, as text. code: its MAC, hexadecimal."""

    seq: int
    at_us: int
    action: str
    user: str
    role: str
    target: str
    station: str
    old: str
    new: str
    reason: str
    result: str
    marks: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    code: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some rows, newest first. total: of the question, None for more than are counted. users, stations: of all."""

    rows: tuple[AuditRecord, ...] = ()
    total: int | None = 0
    users: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    has_older: bool = False
    has_newer: bool = False


@dataclass(frozen=True, slots=True)
class ReadAudit(Request[AuditPage]):
    """Ask for a page: before or after a row (at_us, seq) that is in sight, or the newest."""

    question: AuditQuestion
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None


class AuditProof(StrEnum):
    """How rows are proven. MISSING: they were by a key that is not here now."""

    KEYED = "keyed"
    PLAIN = "plain"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class AnchorState:
    """One place that the head is kept in. proves: in words. at_us, count: of the last time; 0 for never.

    is_absent: this machine has no such place, which is no fault to be called for.
    """

    name: str
    proves: str
    at_us: int = 0
    count: int = 0
    fault: str = ""
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """The last check. result: in words; at_us 0 for none yet. seq: the first bad row, 0 for none."""

    at_us: int = 0
    result: str = ""
    is_sound: bool = True
    seq: int = 0
    rows: int = 0
    job: UUID | None = None
    """The check that runs now."""


@dataclass(frozen=True, slots=True)
class AuditState:
    """How the record does. fault: why rows are not kept as they should be, in words. head: the newest row's code."""

    count: int = 0
    first: int = 0
    head: str = ""
    proof: AuditProof = AuditProof.PLAIN
    fault: str = ""
    anchors: tuple[AnchorState, ...] = ()
    check: AuditCheck = AuditCheck()  # frozen
    settings: AuditSettings = AuditSettings()  # noqa: RUF009  # frozen
    installation: str = ""


@dataclass(frozen=True, slots=True)
class ReadAuditState(Request[AuditState]):
    """Ask how the record does."""


@dataclass(frozen=True, slots=True)
class VerifyAudit(Request[UUID]):
    """Check every row and every head that is kept elsewhere; a job that ends in words."""


@dataclass(frozen=True, slots=True)
class KeepAuditHead(Request[None]):
    """Keep the head elsewhere now."""


@dataclass(frozen=True, slots=True)
class ExportAudit(Request[UUID]):
    """Write rows to a file, JSON lines or, where its name ends so, CSV; a job."""

    question: AuditQuestion
    path: Path


@dataclass(frozen=True, slots=True)
class SaveAuditSettings(Request[None]):
    """Keep the record otherwise, from now on. seen: what was changed; refused when somebody saved others meanwhile."""

    settings: AuditSettings
    seen: AuditSettings


@dataclass(frozen=True, slots=True)
class BeginAuditAnew(Request[None]):
    """Set a record that does not pass its check aside, where it stays as it is, and begin another."""

    reason: str


@dataclass(frozen=True, slots=True)
class RenewAuditKey(Request[None]):
    """Prove rows by a new key from now on, where the old one is lost; its rows cannot be checked by anybody then."""
