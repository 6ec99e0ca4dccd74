"""Proposals of alarm records: made by who may not change them, decided by who may, and nothing changes by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from hmi.domain.alarm_drafts import AlarmDraft, alarm_draft_of
from hmi.services import port
from hmi.services.port import audit, security
from hmi.services.services import Services
from hmi.storage.local import alarm_proposals
from hmi.storage.local.alarm_proposals import ProposalRow
from tests.conftest import Warnings
from tests.support.administered import PASSWORD, QUIET, add, administered
from tests.support.plants import LOW_LEVEL
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


def proposed(services: Services) -> AlarmDraft:
    known = services._catalogue.alarm_by_id[LOW_LEVEL.id]
    return replace(alarm_draft_of(known), limit="1.5", consequence="Dry taps on the hill.")


async def propose(services: Services) -> None:
    await add(services, "Max", "maintenance")
    await services.handle(security.SignIn("Max", PASSWORD))
    assert await services.handle(port.ProposeAlarmRecords((proposed(services),), "It came too late")) == 1


async def test_a_proposal_changes_nothing_until_somebody_takes_it_up(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await propose(services)
        assert services._catalogue.alarm_by_id[LOW_LEVEL.id].limit == LOW_LEVEL.limit
        with pytest.raises(port.RefusedError, match="may not"):
            await services.handle(port.SaveAlarmRecords((proposed(services),)))
        (own,) = await services.handle(port.ReadAlarmProposals())
        with pytest.raises(port.RefusedError, match="may not"):
            await services.handle(port.CloseAlarmProposal(own.id, is_taken=True))
        await services.handle(security.SignIn("Ana", PASSWORD))
        (found,) = await services.handle(port.ReadAlarmProposals())
        assert (found.user, found.reason, found.drafts) == ("Max", "It came too late", (proposed(services),))
        await services.handle(port.SaveAlarmRecords(found.drafts, "Proposed by Max"))
        assert await services.handle(port.CloseAlarmProposal(found.id, is_taken=True)) == 1
        assert services._catalogue.alarm_by_id[LOW_LEVEL.id].limit == 1.5
        assert await services.handle(port.ReadAlarmProposals()) == ()
        rows = (await services.handle(audit.ReadAudit(audit.AuditQuestion(0, 2**62)))).rows
        assert {(row.user, row.new) for row in rows} >= {("Max", "proposed"), ("Ana", "taken up")}
    log_warnings.take(*QUIET)


async def test_it_is_refused_with_a_reason_and_withdrawn_without(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await propose(services)
        (own,) = await services.handle(port.ReadAlarmProposals())
        await services.handle(port.CloseAlarmProposal(own.id, is_taken=False))
        with pytest.raises(port.RefusedError, match="no longer there"):
            await services.handle(port.CloseAlarmProposal(own.id, is_taken=False))
        await services.handle(port.ProposeAlarmRecords((proposed(services),), "Once more"))
        await services.handle(security.SignIn("Ana", PASSWORD))
        (found,) = await services.handle(port.ReadAlarmProposals())
        with pytest.raises(port.RefusedError, match="Write why"):
            await services.handle(port.CloseAlarmProposal(found.id, is_taken=False))
        await services.handle(port.CloseAlarmProposal(found.id, is_taken=False, reason=" The old limit is right "))
        assert await services.handle(port.ReadAlarmProposals()) == ()
        with pytest.raises(port.RefusedError, match="no longer there"):
            await services.handle(port.CloseAlarmProposal(found.id, is_taken=True))
        await services.handle(security.SignIn("Max", PASSWORD))
        (read,) = await services.handle(port.ReadAlarmProposals())
        assert read == replace(found, refused_by="Ana", refusal="The old limit is right")
        await services.handle(port.CloseAlarmProposal(read.id, is_taken=False))
        assert await services.handle(port.ReadAlarmProposals()) == ()
    log_warnings.take(*QUIET)


async def test_one_of_an_older_revision_does_not_write_over_a_newer(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await propose(services)
        await services.handle(security.SignIn("Ana", PASSWORD))
        known = services._catalogue.alarm_by_id[LOW_LEVEL.id]
        await services.handle(port.SaveAlarmRecords((replace(alarm_draft_of(known), deadband="0.3"),)))
        (found,) = await services.handle(port.ReadAlarmProposals())
        with pytest.raises(port.RefusedError, match="changed meanwhile"):
            await services.handle(port.SaveAlarmRecords(found.drafts))
        now = services._catalogue.alarm_by_id[LOW_LEVEL.id]
        assert (now.limit, now.deadband) == (LOW_LEVEL.limit, 0.3)
    log_warnings.take(*QUIET)


async def test_what_makes_no_sense_is_not_proposed_and_nobody_sees_what_others_propose(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with administered(tmp_path) as services:
        await propose(services)
        for drafts, reason, words in (
            ((proposed(services),), " ", "Write why"),
            ((), "why", "From 1 to"),
            ((replace(proposed(services), limit="far"),), "why", "number"),
        ):
            with pytest.raises(port.RefusedError, match=words):
                await services.handle(port.ProposeAlarmRecords(drafts, reason))
        await services.handle(security.SignIn("Ana", PASSWORD))
        await add(services, "Mia", "maintenance")
        await services.handle(security.SignIn("Mia", PASSWORD))
        assert await services.handle(port.ReadAlarmProposals()) == ()
    log_warnings.take(*QUIET)


async def test_who_may_not_decide_it_does_not_see_it_before_what_they_may(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with administered(tmp_path) as services:
        await add(services, "Eva", "admin", stations=frozenset({UUID(int=1)}))
        await propose(services)
        await services.handle(security.SignIn("Eva", PASSWORD))
        assert await services.handle(port.ReadAlarmProposals()) == ()
    log_warnings.take(*QUIET)


async def test_it_outlives_the_program(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await propose(services)
        kept = await services.handle(port.ReadAlarmProposals())
        assert await services.journal_thread.run(services.alarm_records._proposals.all) == kept
    log_warnings.take(*QUIET)


async def test_one_that_cannot_be_read_is_logged_and_hides_no_other(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await propose(services)
        with services.alarm_records._engine.begin() as database:
            alarm_proposals.put(database, ProposalRow("not an id", 1, "Max", "why", [{"limit": []}]))
        assert [each.reason for each in await services.handle(port.ReadAlarmProposals())] == ["It came too late"]
    assert log_warnings.take("proposal of alarm records not readable")
    log_warnings.take(*QUIET)


async def notice(services: Services, words: str) -> None:
    """Wait for a sentence at the window."""
    told: list[str] = []

    def is_told() -> bool:
        told.extend(services.outbox.pull().notices)
        return any(words in each for each in told)

    await until(is_told)


async def test_who_comes_to_the_window_is_told_what_waits_for_them(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await propose(services)
        services.outbox.pull()
        await services.handle(security.SignIn("Ana", PASSWORD))
        await notice(services, "that wait for somebody to decide: 1. See Setup, Alarms.")
        (found,) = await services.handle(port.ReadAlarmProposals())
        await services.handle(port.CloseAlarmProposal(found.id, is_taken=False, reason="The old limit is right"))
        await services.handle(security.SignIn("Max", PASSWORD))
        await notice(services, "Proposals of yours that were refused: 1.")
    log_warnings.take(*QUIET)
