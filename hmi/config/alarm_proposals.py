"""Alarm records that somebody proposes who may not change them, kept until somebody who may has decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection as Database
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from hmi.config.catalogue import InvalidError
from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.language import tr
from hmi.storage.errors import StorageError
from hmi.storage.local import alarm_proposals
from hmi.storage.local.alarm_proposals import ProposalRow

PROPOSALS_MOST: Final = 100
RECORDS_MOST: Final = 200
_log = structlog.get_logger(__name__)
_DRAFTS: Final = TypeAdapter(tuple[AlarmDraft, ...])


@dataclass(frozen=True, slots=True)
class AlarmProposal:
    """What somebody proposes: records as they would be; at_us: UTC. refused_by: empty while it waits."""

    id: UUID
    at_us: int
    user: str
    reason: str
    drafts: tuple[AlarmDraft, ...]
    refused_by: str = ""
    refusal: str = ""


class ProposalStore:
    """Reads and writes proposals; every call blocks, and what writes runs on the configuration thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, proposal: AlarmProposal) -> None:
        """Keep a proposal. Raises InvalidError for one too many, StorageError."""
        drafts = _DRAFTS.dump_python(proposal.drafts, mode="json")
        row = ProposalRow(str(proposal.id), proposal.at_us, proposal.user, proposal.reason, drafts)

        def put(database: Database) -> None:
            if alarm_proposals.count(database) >= PROPOSALS_MOST:
                raise InvalidError(tr("There are {most} proposals already.").format(most=PROPOSALS_MOST))
            alarm_proposals.put(database, row)

        self._change(put)

    def all(self) -> tuple[AlarmProposal, ...]:
        """Return all, the oldest first; one that makes no sense any more is logged and passed over."""
        with self._engine.connect() as database:
            rows = alarm_proposals.proposals(database)
        return tuple(found for row in rows if (found := _proposal(row)) is not None)

    def refuse(self, proposal_id: UUID, user: str, reason: str) -> None:
        """Keep who refused a proposal, and why, until who made it has read so. Raises StorageError."""
        self._change(lambda database: alarm_proposals.refuse(database, str(proposal_id), user, reason, PROPOSALS_MOST))

    def remove(self, proposal_id: UUID) -> None:
        """Let a proposal go. Raises StorageError."""
        self._change(lambda database: alarm_proposals.remove(database, str(proposal_id)))

    def _change(self, change: Callable[[Database], None]) -> None:
        try:
            with self._engine.begin() as database:
                change(database)
        except DatabaseError as error:
            words = tr("Nothing was changed: {error}. Free some space on the disk.")
            raise StorageError(words.format(error=error.orig)) from error


def _proposal(row: ProposalRow) -> AlarmProposal | None:
    try:
        drafts = _DRAFTS.validate_python(row.drafts)
        return AlarmProposal(UUID(row.id), row.at_us, row.user, row.reason, drafts, row.refused_by, row.refusal)
    except (ValidationError, ValueError) as error:
        _log.warning("proposal of alarm records not readable", proposal=row.id, user=row.user, reason=str(error))
        return None
