"""Proposals on the page of alarm records: one person writes them, another looks at them and decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from hmi.config.alarm_proposals import AlarmProposal
from hmi.domain.alarm_drafts import alarm_draft_of
from hmi.domain.roles import ADMIN, MAINTENANCE, User
from hmi.panes.alarm_records.rows import Column
from hmi.services.port import (
    CloseAlarmProposal,
    Frame,
    ProposeAlarmRecords,
    ReadAlarmProposals,
    RefusedError,
    SaveAlarmRecords,
)
from tests.hmi.panes.alarm_records.test_records_view import Shown, shown
from tests.support.plants import LOW_LEVEL

MAX, ADA = User("Max", MAINTENANCE), User("Ada", ADMIN)
PROPOSAL = AlarmProposal(
    UUID(int=900), 1_800_000_000_000_000, "Max", "It came too late", (replace(alarm_draft_of(LOW_LEVEL), limit="1.5"),)
)
LATER = replace(PROPOSAL, id=UUID(int=901), at_us=PROPOSAL.at_us + 1, reason="Later")


def labels(page: Shown) -> list[str]:
    return [each.text() for each in page.view.findChildren(QPushButton) if each.isVisible()]


def waiting(page: Shown, *proposals: AlarmProposal) -> None:
    """Have proposals read as when the page is looked at again."""
    left = list(proposals)

    def close(asked: CloseAlarmProposal) -> int:
        left[:] = [each for each in left if each.id != asked.proposal_id]
        return 1

    page.stage.port.answers[ReadAlarmProposals] = lambda _asked: tuple(left)
    page.stage.port.answers[CloseAlarmProposal] = close
    page.view.hide()
    page.view.show()
    page.until(lambda: page.presenter.proposals.first is not None)
    page.settle()


def refuse(words: str) -> Callable[[object], int]:
    def answer(_asked: object) -> int:
        raise RefusedError(words)

    return answer


def test_maintenance_proposes_and_saves_nothing(qtbot: QtBot) -> None:
    with shown(qtbot, MAX) as page:
        page.stage.port.answers[ReadAlarmProposals] = ()
        assert page.says("Max may propose changes")
        page.choose(LOW_LEVEL.id)
        page.type("Limit", "1.5")
        page.until(lambda: not page.presenter.listing.faults)
        page.stage.port.answers[ProposeAlarmRecords] = refuse("Write why, for those who decide.")
        page.press("Propose")
        page.until(lambda: page.says("Write why, for those who decide."))
        assert page.presenter.unsaved == 1, "what was refused is kept"
        page.type("Reason for the change", "It came too late")
        page.stage.port.answers[ProposeAlarmRecords] = 1
        page.press("Propose")
        page.until(lambda: page.says("Proposed: 1 record."))
        asked = page.stage.port.last(ProposeAlarmRecords)
        assert (asked.drafts, asked.reason) == (PROPOSAL.drafts, "It came too late")
        assert page.stage.port.count(SaveAlarmRecords) == 0
        assert (page.presenter.unsaved, page.line("Limit").text()) == (0, "1"), "the record is as it was"
        for text in ("Delete", "Approve", "Templates…", "Import…"):
            assert not page.button(text).isEnabled(), text


def test_what_is_proposed_is_looked_at_changed_and_saved(qtbot: QtBot) -> None:
    with shown(qtbot, ADA) as page:
        waiting(page, PROPOSAL, LATER)
        assert page.says("Max proposes 1 record: It came too late (and 1 more)")
        page.press("Look at it")
        assert page.line("Limit").text() == "1.5"
        assert not page.button("Look at it").isEnabled()
        assert "• Tank level" in page.texts(Column.TAG)
        page.type("Limit", "1.4")
        page.stage.port.answers[SaveAlarmRecords] = 1
        page.press("Save")
        page.until(lambda: page.stage.port.count(CloseAlarmProposal) == 1)
        saved = page.stage.port.last(SaveAlarmRecords)
        assert (saved.drafts[0].limit, saved.reason) == ("1.4", "Proposed by Max: It came too late")
        assert page.stage.port.last(CloseAlarmProposal) == CloseAlarmProposal(PROPOSAL.id, is_taken=True)
        page.until(lambda: page.says("Max proposes 1 record: Later"))


def test_saving_another_record_takes_up_nothing(qtbot: QtBot) -> None:
    with shown(qtbot, ADA) as page:
        waiting(page, PROPOSAL)
        page.press("Look at it")
        page.press("Revert")
        assert page.button("Look at it").isEnabled()
        page.presenter.select([LOW_LEVEL.id])
        page.presenter.set_field("owner", "Operations")
        page.presenter.revert()
        page.presenter.select([each.id for each in page.presenter.listing.rows() if each.id != LOW_LEVEL.id][:1])
        page.presenter.set_field("owner", "Operations")
        page.settle()
        page.stage.port.answers[SaveAlarmRecords] = 1
        page.press("Save")
        page.until(lambda: page.says("Saved: 1 record."))
        assert page.stage.port.count(CloseAlarmProposal) == 0
        assert page.says("Max proposes 1 record")


def test_a_save_that_is_refused_leaves_the_proposal(qtbot: QtBot) -> None:
    with shown(qtbot, ADA) as page:
        waiting(page, PROPOSAL)
        page.press("Look at it")
        page.stage.port.answers[SaveAlarmRecords] = refuse("Somebody changed it.")
        page.press("Save")
        page.until(lambda: page.says("Somebody changed it."))
        assert page.stage.port.count(CloseAlarmProposal) == 0


def test_it_is_refused_with_a_reason(qtbot: QtBot) -> None:
    with shown(qtbot, ADA) as page:
        waiting(page, PROPOSAL)
        page.press("Refuse…")
        assert not page.button("Refuse it").isEnabled()
        line = page.named("Why is it refused?")
        assert isinstance(line, QLineEdit)
        line.setText("The old limit is right")
        page.press("Refuse it")
        page.until(lambda: page.stage.port.count(CloseAlarmProposal) == 1)
        asked = page.stage.port.last(CloseAlarmProposal)
        assert (asked.is_taken, asked.reason) == (False, "The old limit is right")
        page.until(lambda: "Look at it" not in labels(page))


def test_ones_own_is_withdrawn(qtbot: QtBot) -> None:
    with shown(qtbot, MAX) as page:
        waiting(page, PROPOSAL)
        assert "Look at it" not in labels(page)
        page.press("Withdraw")
        page.until(lambda: page.stage.port.count(CloseAlarmProposal) == 1)
        assert page.stage.port.last(CloseAlarmProposal) == CloseAlarmProposal(PROPOSAL.id, is_taken=False)


def test_who_proposed_reads_why_it_was_refused(qtbot: QtBot) -> None:
    with shown(qtbot, MAX) as page:
        waiting(page, replace(PROPOSAL, refused_by="Ada", refusal="The old limit is right"))
        assert page.says("Ada refuses 1 record that you proposed (It came too late): The old limit is right")
        page.press("Let it go")
        page.until(lambda: page.stage.port.count(CloseAlarmProposal) == 1)
        page.until(lambda: "Let it go" not in labels(page))


@pytest.mark.parametrize("user", [User("Mia", MAINTENANCE), User("Bea", ADMIN)])
def test_another_user_is_asked_for_anew(qtbot: QtBot, user: User) -> None:
    with shown(qtbot, ADA) as page:
        waiting(page, PROPOSAL)
        before = page.stage.port.count(ReadAlarmProposals)
        page.stage.port.answers[ReadAlarmProposals] = ()
        page.stage.mirror.take(Frame(user=user))
        page.until(lambda: page.stage.port.count(ReadAlarmProposals) > before)
        page.until(lambda: "Look at it" not in labels(page) and "Withdraw" not in labels(page))
