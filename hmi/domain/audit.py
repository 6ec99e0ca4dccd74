"""What the audit record says: one entry an act, whoever did it and however it ended."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from hmi.domain.roles import User


class AuditAction(StrEnum):
    """What was done. Stored: a value never changes."""

    COMMAND_INTENT = "command.intent"
    COMMAND_OUTCOME = "command.outcome"
    COMMAND_REFUSED = "command.refused"
    SEQUENCE = "sequence"
    AUTHORITY = "authority"
    LOCK_OUT = "lock_out"
    SUBSTITUTE = "substitute"
    RUNNING_TIME = "running_time"
    LOGIN = "login"
    LOGIN_FAILED = "login.failed"
    LOGOUT = "logout"
    LOCK = "lock"
    BREAK_GLASS = "break_glass"
    USER = "user"
    ROLE = "role"
    ALARM = "alarm"
    CONFIGURATION = "configuration"
    CREDENTIALS = "credentials"
    CERTIFICATE = "certificate"
    DATA = "data"
    EXPORT = "export"
    AUDIT = "audit"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act, as it is written. Texts are in the operator's words; empty where they do not apply.

    target: what it was done to, by name; target_id and station_id: its ids. old, new: values as people read them, with
    unit; old_quality, old_us: of the reading that `old` was (UTC µs). result: how it ended. latency_ms: from the act to
    its end. reference: what joins entries of one act, as a command's id. The program is the user of what nobody did.
    """

    action: AuditAction
    user: str
    role: str = ""
    session: str = ""
    second_user: str = ""
    target: str = ""
    target_id: str = ""
    station: str = ""
    station_id: str = ""
    old: str = ""
    old_quality: str = ""
    old_us: int = 0
    new: str = ""
    reason: str = ""
    result: str = ""
    readback: str = ""
    latency_ms: float | None = None
    reference: str = ""
    marks: tuple[str, ...] = field(default=())
    """What sets this act apart: "alone", "break_glass", "spooled"."""


def by(user: User, action: AuditAction, *, marks: tuple[str, ...] = (), **facts: object) -> AuditEntry:
    """Return an entry of what a person did; facts: further fields of it. The log-in's own marks are always there."""
    entry = AuditEntry(action, user.name, user.role.name, user.session, **facts)  # type: ignore[arg-type]  # checked there
    return replace(entry, marks=(*user.marks, *marks))
