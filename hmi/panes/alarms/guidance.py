"""What an operator is told of one alarm: what it is, what follows, what to do, how much time is left; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from hmi.domain.language import tr
from hmi.services.mirror import Mirror
from hmi.services.port import AlarmRow
from hmi.ui.alarm_words import (
    acknowledged_text,
    limit_text,
    now_text,
    respond_text,
    shelved_text,
    state_text,
    value_text,
)
from hmi.ui.words import duration_text, moment_text


@dataclass(frozen=True, slots=True)
class Guidance:
    """One alarm in words. facts, advice: (label, text), without what nobody wrote. left: the time that is left."""

    title: str
    facts: tuple[tuple[str, str], ...]
    advice: tuple[tuple[str, str], ...]
    left: str = ""


def guidance_of(mirror: Mirror, row: AlarmRow, now_us: int) -> Guidance:
    """Return an alarm in words; now_us: UTC µs."""
    definition = row.definition
    facts = (
        (tr("State"), state_text(row)),
        (tr("Came"), _when(row.occurrence.activated_us, now_us)),
        (tr("Value then"), value_text(mirror, row)),
        (tr("Value now"), now_text(mirror, row)),
        (tr("Kind"), limit_text(mirror, row)),
        (tr("Gone"), _when(row.cleared_us, now_us) if not row.is_active else ""),
        (tr("Acknowledged"), acknowledged_text(row)),
        (tr("Hidden"), _hidden(row, now_us)),
        (tr("Class"), definition.alarm_class),
        (tr("Owner"), definition.owner),
        (tr("Record"), _record(row)),
    )
    respond = duration_text(definition.respond_s) if definition.respond_s else ""
    advice = (
        (tr("What was found"), row.detail),
        (tr("Cause"), definition.cause),
        (tr("Consequence"), definition.consequence),
        (tr("What to do"), definition.action),
        (tr("Time to respond"), respond),
        (tr("Advice"), definition.advice),
    )
    return Guidance(
        f"{row.source}: {row.text}",
        tuple((label, text) for label, text in facts if text),
        tuple((label, text) for label, text in advice if text),
        respond_text(row, now_us),
    )


def _when(at_us: int, now_us: int) -> str:
    if not at_us:
        return ""
    return tr("{time}, {ago} ago").format(time=moment_text(at_us), ago=duration_text((now_us - at_us) / 1e6))


def _hidden(row: AlarmRow, now_us: int) -> str:
    if not row.hidden_us:
        return ""
    until = shelved_text(row, now_us) if row.shelved_until_us else ""
    parts = (
        row.hidden_by,
        moment_text(row.hidden_us),
        row.hidden_why,
        tr("back: {time}").format(time=until) if until else "",
    )
    return " · ".join(part for part in parts if part)


def _record(row: AlarmRow) -> str:
    definition = row.definition
    if row.owner is not None:
        return tr("owned by its server")
    revision = tr("revision {number}").format(number=definition.revision)
    if not definition.approved_by:
        return revision + ", " + tr("not approved")
    return revision + ", " + tr("approved by {name}").format(name=definition.approved_by)
