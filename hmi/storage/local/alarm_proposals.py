"""Proposals of alarm records, until somebody has taken them up or refused them; statements take a connection."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection as Database
from sqlalchemy import delete, func, insert, select

from hmi.storage.local.schema import alarm_proposal


class ProposalRow(NamedTuple):
    """One proposal: who made it when (UTC µs) and why, and the records as JSON."""

    id: str
    at_us: int
    user: str
    reason: str
    drafts: list[dict[str, Any]]


def count(database: Database) -> int:
    """Return how many there are."""
    return int(database.execute(select(func.count()).select_from(alarm_proposal)).scalar_one())


def put(database: Database, row: ProposalRow) -> None:
    """Add a proposal."""
    database.execute(insert(alarm_proposal), [row._asdict()])


def proposals(database: Database) -> list[ProposalRow]:
    """Return all of them, the oldest first."""
    return [ProposalRow(*row) for row in database.execute(select(alarm_proposal).order_by(alarm_proposal.c.at_us))]


def remove(database: Database, proposal_id: str) -> None:
    """Delete a proposal."""
    database.execute(delete(alarm_proposal).where(alarm_proposal.c.id == proposal_id))
