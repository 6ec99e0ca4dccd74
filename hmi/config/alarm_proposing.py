"""From a template and chosen tags to drafts of records; what is there is never touched."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid5

from hmi.config.alarm_templates import AlarmTemplate, AlarmTemplates, Proposal
from hmi.domain.alarm_drafts import TYPES_OF, AlarmDraft
from hmi.domain.alarms import LIMIT_TYPES, AlarmType
from hmi.domain.alarms.implied import quality_alarm_id
from hmi.domain.catalogue import Catalogue
from hmi.domain.durations import typed_duration
from hmi.domain.tags import Tag, TagKind

DIGITS = 4
"""Digits that matter of a limit that is a share of a range."""


def fitting(templates: AlarmTemplates, tag: Tag) -> AlarmTemplate | None:
    """Return the template that a tag's kind of measurement has, else one that its unit tells, else any of its kind."""
    able = [each for each in templates.templates if suits(each, tag)]
    for each in able:
        if tag.quantity and tag.quantity in each.quantities:
            return each
    if tag.kind is TagKind.ANALOG:
        for each in able:
            if tag.unit and tag.unit in each.units:
                return each
        return next((each for each in able if not each.quantities and not each.units), None)
    return None


def propose(template: AlarmTemplate, tags: Iterable[Tag], catalogue: Catalogue) -> tuple[AlarmDraft, ...]:
    """Return drafts of what the template proposes for the tags and no record is there for."""
    found = []
    for tag in tags:
        there = {alarm.type for alarm in catalogue.alarms_of_tag.get(tag.id, ())}
        wanted = (each for each in template.proposals if _suits(each, tag) and each.type not in there)
        found += [_draft(template, each, tag) for each in wanted]
    return tuple(found)


def suits(template: AlarmTemplate, tag: Tag) -> bool:
    """Whether a template proposes anything that a tag of this kind can have."""
    return any(_suits(each, tag) for each in template.proposals)


def _suits(proposal: Proposal, tag: Tag) -> bool:
    return proposal.is_on and proposal.type in TYPES_OF[tag.kind]


def _draft(template: AlarmTemplate, proposal: Proposal, tag: Tag) -> AlarmDraft:
    return AlarmDraft(
        id=_id(proposal, tag),
        subject=tag.id,
        type=proposal.type,
        priority=proposal.priority,
        limit=_limit(proposal, tag),
        deadband=_rounded(template.deadband / 100 * _span(tag)) if proposal.type is not AlarmType.DISCRETE else "0",
        on_delay_s=typed_duration(template.on_delay_s),
        off_delay_s=typed_duration(template.off_delay_s),
        window_s=typed_duration(template.window_s),
        consequence=proposal.consequence,
        action=proposal.action,
    )


def _id(proposal: Proposal, tag: Tag) -> UUID:
    """Return the same id each time, so that a proposal that is made again is the same one."""
    return (
        quality_alarm_id(tag.id) if proposal.type is AlarmType.QUALITY else uuid5(tag.id, f"template {proposal.type}")
    )


def _limit(proposal: Proposal, tag: Tag) -> str:
    share = proposal.share / 100
    if proposal.type in LIMIT_TYPES:
        return _rounded(tag.revision.low + share * _span(tag))
    if proposal.type is AlarmType.DISCRETE:
        return "1" if share else "0"
    if proposal.type is AlarmType.STALE:
        return "3"
    return _rounded(share * _span(tag))


def _span(tag: Tag) -> float:
    return tag.revision.high - tag.revision.low


def _rounded(value: float) -> str:
    return f"{value:.{DIGITS}g}" if abs(value) < 10**DIGITS else f"{value:.0f}"
