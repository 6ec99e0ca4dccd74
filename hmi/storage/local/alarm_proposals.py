"""Proposals of alarm records, until they are taken up or their refusal was read; statements take a connection."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection as Database
from sqlalchemy import delete, func, insert, select, update

from hmi.storage.local.schema import alarm_proposal


class ProposalRow(NamedTuple):
    """One proposal: who made it when (UTC µs) and why, the records as JSON, and who refused it (nobody: "") and why."""

    id: str
    at_us: int
    user: str
    reason: str
    drafts: list[dict[str, Any]]
    refused_by: str = ""
    refusal: str = ""


def count(database: Database) -> int:
    """Return how many wait."""
    waiting = select(func.count()).select_from(alarm_proposal).where(alarm_proposal.c.refused_by == "")
    return int(database.execute(waiting).scalar_one())


def put(database: Database, row: ProposalRow) -> None:
    """Add a proposal."""
    database.execute(insert(alarm_proposal), [row._asdict()])


def proposals(database: Database) -> list[ProposalRow]:
    """Return all of them, the oldest first."""
    return [ProposalRow(*row) for row in database.execute(select(alarm_proposal).order_by(alarm_proposal.c.at_us))]


def remove(database: Database, proposal_id: str) -> None:
    """Delete a proposal."""
    database.execute(delete(alarm_proposal).where(alarm_proposal.c.id == proposal_id))


def refuse(database: Database, proposal_id: str, user: str, reason: str, keep: int) -> None:
    """Write on a proposal that it is refused, for who made it to read; the oldest refused beyond `keep` go."""
    one = alarm_proposal.c.id == proposal_id
    database.execute(update(alarm_proposal).where(one).values(refused_by=user, refusal=reason))
    refused = select(alarm_proposal.c.id).where(alarm_proposal.c.refused_by != "")
    old = refused.order_by(alarm_proposal.c.at_us.desc()).limit(-1).offset(keep)
    database.execute(delete(alarm_proposal).where(alarm_proposal.c.id.in_(old)))
