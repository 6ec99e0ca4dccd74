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
    AuditAction.COMMAND_INTENT: tr("Command ordered"),
    AuditAction.COMMAND_OUTCOME: tr("Command ended"),
    AuditAction.COMMAND_REFUSED: tr("Command refused"),
    AuditAction.SEQUENCE: tr("Sequence"),
    AuditAction.AUTHORITY: tr("Authority"),
    AuditAction.LOCK_OUT: tr("Lock-out tag"),
    AuditAction.SUBSTITUTE: tr("Substituted value"),
    AuditAction.RUNNING_TIME: tr("Running hours"),
    AuditAction.LOGIN: tr("Signed in"),
    AuditAction.LOGIN_FAILED: tr("Sign-in failed"),
    AuditAction.LOGOUT: tr("Signed out"),
    AuditAction.LOCK: tr("Locked"),
    AuditAction.BREAK_GLASS: tr("Break-glass"),
    AuditAction.USER: tr("User"),
    AuditAction.ROLE: tr("Role"),
    AuditAction.ALARM: tr("Alarm"),
    AuditAction.CONFIGURATION: tr("Configuration"),
    AuditAction.CREDENTIALS: tr("Credentials"),
    AuditAction.CERTIFICATE: tr("Certificate"),
    AuditAction.DATA: tr("Data"),
    AuditAction.EXPORT: tr("Export"),
    AuditAction.AUDIT: tr("Audit record"),
    AuditAction.PROGRAM: tr("Program"),
}
MARKS: Final[Mapping[str, str]] = {
    "alone": tr("without a second person"),
    "break_glass": tr("break-glass account"),
    "spooled": tr("was in the emergency spool"),
    "unproven": tr("not proven while in the spool"),
}
FIELDS: Final[Mapping[str, str]] = {
    "user": tr("By"),
    "role": tr("Role"),
    "second_user": tr("Second person"),
    "session": tr("Session"),
    "workstation": tr("Workstation"),
    "station": tr("Station"),
    "target": tr("What"),
    "old": tr("Before"),
    "old_quality": tr("Quality before"),
    "new": tr("New"),
    "reason": tr("Reason"),
    "result": tr("Result"),
    "readback": tr("Readback"),
    "latency_ms": tr("Took (ms)"),
    "reference": tr("Belongs to"),
    "target_id": tr("Id of it"),
    "station_id": tr("Id of the station"),
    "spool": tr("Place in the spool"),
    "chain": tr("Of the chain"),
    "method": tr("Proven by"),
    "key": tr("Key"),
    "steady_us": tr("Steady clock (µs)"),
    "installation": tr("Installation"),
}
PROOFS: Final[Mapping[AuditProof, str]] = {
    AuditProof.KEYED: tr("Proven by a key"),
    AuditProof.PLAIN: tr("Weaker: a plain chain, there is no key"),
    AuditProof.MISSING: tr("Weaker: the key is missing (keyring or vault)"),
}
MINUTE_S: Final = 60
HOUR_S: Final = 3_600
DAY_S: Final = 86_400


def action_text(action: str) -> str:
    """Return what an action is called; one that is not known, as it is stored."""
    return ACTIONS.get(action, action)


def marks_text(record: AuditRecord) -> str:
    """Return what sets a row apart."""
    return ", ".join(MARKS.get(mark, mark) for mark in record.marks)


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
    rows += [(label, facts[name]) for name, label in FIELDS.items() if facts.get(name)]
    if facts.get("old_us", "0") not in ("", "0"):
        rows.append((tr("Time of the value before"), moment_text(int(facts["old_us"]))))
    if record.marks:
        rows.append((tr("Marks"), marks_text(record)))
    return (*rows, (tr("Code"), " ".join(re.findall(".{1,8}", record.code))))
