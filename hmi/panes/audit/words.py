"""What the audit record's parts are called on screen; no Qt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from hmi.domain.audit import AuditAction
from hmi.domain.language import tr
from hmi.services.port import AnchorState, AuditProof, AuditRecord
from hmi.ui.words import moment_text

ACTIONS: Final[Mapping[str, str]] = {
    AuditAction.COMMAND_INTENT: "Command ordered",
    AuditAction.COMMAND_OUTCOME: "Command ended",
    AuditAction.COMMAND_REFUSED: "Command refused",
    AuditAction.SEQUENCE: "Sequence",
    AuditAction.AUTHORITY: "Authority",
    AuditAction.LOCK_OUT: "Lock-out tag",
    AuditAction.SUBSTITUTE: "Substituted value",
    AuditAction.RUNNING_TIME: "Running hours",
    AuditAction.LOGIN: "Signed in",
    AuditAction.LOGIN_FAILED: "Sign-in failed",
    AuditAction.LOGOUT: "Signed out",
    AuditAction.LOCK: "Locked",
    AuditAction.BREAK_GLASS: "Break-glass",
    AuditAction.USER: "User",
    AuditAction.ROLE: "Role",
    AuditAction.ALARM: "Alarm",
    AuditAction.CONFIGURATION: "Configuration",
    AuditAction.CREDENTIALS: "Credentials",
    AuditAction.CERTIFICATE: "Certificate",
    AuditAction.DATA: "Data",
    AuditAction.EXPORT: "Export",
    AuditAction.AUDIT: "Audit record",
    AuditAction.PROGRAM: "Program",
}
MARKS: Final[Mapping[str, str]] = {
    "alone": "without a second person",
    "break_glass": "break-glass account",
    "spooled": "was in the emergency spool",
    "unproven": "not proven while in the spool",
}
FIELDS: Final[Mapping[str, str]] = {
    "user": "By",
    "role": "Role",
    "second_user": "Second person",
    "session": "Session",
    "workstation": "Workstation",
    "station": "Station",
    "target": "What",
    "old": "Before",
    "old_quality": "Quality before",
    "new": "New",
    "reason": "Reason",
    "result": "Result",
    "readback": "Readback",
    "latency_ms": "Took (ms)",
    "reference": "Belongs to",
    "target_id": "Id of it",
    "station_id": "Id of the station",
    "spool": "Place in the spool",
    "chain": "Of the chain",
    "method": "Proven by",
    "key": "Key",
    "steady_us": "Steady clock (µs)",
    "installation": "Installation",
}
PROOFS: Final[Mapping[AuditProof, str]] = {
    AuditProof.KEYED: "Proven by a key in the keyring",
    AuditProof.PLAIN: "Weaker: a plain chain, there is no key",
    AuditProof.MISSING: "Weaker: the key is missing from the keyring",
}
MINUTE_S: Final = 60
HOUR_S: Final = 3_600
DAY_S: Final = 86_400


def action_text(action: str) -> str:
    """Return what an action is called; one that is not known, as it is stored."""
    return tr(ACTIONS[action]) if action in ACTIONS else action


def marks_text(record: AuditRecord) -> str:
    """Return what sets a row apart."""
    return ", ".join(tr(MARKS[mark]) if mark in MARKS else mark for mark in record.marks)


def age_text(at_us: int, now_us: int) -> str:
    """Return how long ago something was."""
    seconds = max(0, (now_us - at_us) // 1_000_000)
    if seconds < MINUTE_S:
        return tr("just now")
    if seconds < HOUR_S:
        return tr("{count} min ago").format(count=seconds // MINUTE_S)
    if seconds < 2 * DAY_S:
        return tr("{count} h ago").format(count=seconds // HOUR_S)
    return tr("{count} days ago").format(count=seconds // DAY_S)


def anchor_text(anchor: AnchorState, count: int, now_us: int) -> str:
    """Return how a place does. count: of the record's newest row."""
    if anchor.fault:
        return anchor.fault
    if not anchor.count:
        return tr("Holds no head yet")
    behind = count - anchor.count
    words = tr("Up to row {count:,}").format(count=anchor.count)
    if anchor.at_us:
        words += f", {age_text(anchor.at_us, now_us)}"
    return words + (tr(" ({count:,} newer rows)").format(count=behind) if behind > 0 else "")


def detail_rows(record: AuditRecord) -> tuple[tuple[str, str], ...]:
    """Return everything that a row says: field and text; empty fields are left out."""
    facts = dict(record.facts)
    rows = [
        (tr("Row"), f"{record.seq:,}"),
        (tr("Time"), moment_text(record.at_us)),
        (tr("Action"), action_text(record.action)),
    ]
    rows += [(tr(label), facts[name]) for name, label in FIELDS.items() if facts.get(name)]
    if facts.get("old_us", "0") not in ("", "0"):
        rows.append((tr("Time of the value before"), moment_text(int(facts["old_us"]))))
    if record.marks:
        rows.append((tr("Marks"), marks_text(record)))
    return (*rows, (tr("Code"), " ".join(re.findall(".{1,8}", record.code))))
