"""What an operator is told of an alarm, and of a flood of them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from hmi.domain.alarms import AlarmState
from hmi.panes.alarms.floods import groups_of, summary
from hmi.panes.alarms.guidance import guidance_of
from hmi.services.port import AlarmRow, Mark
from hmi.ui.alarm_words import respond_text, shelved_text, state_text
from tests.hmi.panes.alarms.alarm_rows import row
from tests.support.panes import mirror_of_plant

S = 1_000_000
NOW = 1_800_000_000 * S


def test_guidance_has_cause_consequence_action_and_the_time_that_is_left() -> None:
    record = {"cause": "Leak.", "respond_s": 600.0, "alarm_class": "Supply", "approved_by": "Ada", "revision": 3}
    found = guidance_of(mirror_of_plant(), row(1, at_us=NOW, record=record, comment="on my way"), NOW + 60 * S)
    assert found.title == "Hill borehole: Tank level low"
    assert dict(found.advice) == {
        "Cause": "Leak.",
        "Consequence": "Dry taps.",
        "What to do": "Start.",
        "Time to respond": "10 min 0 s",
    }
    facts = dict(found.facts)
    assert (facts["Value then"], facts["Value now"], facts["Kind"]) == ("0.9 m", "2.0 m", "Low 1.0 m")
    assert (facts["Class"], facts["Record"]) == ("Supply", "revision 3, approved by Ada")
    assert facts["Acknowledged"] == "on my way"
    assert found.left == "9 min 0 s"


def test_nothing_is_said_of_what_nobody_knows() -> None:
    found = guidance_of(mirror_of_plant(), row(1, at_us=NOW, value=float("nan")), NOW)
    assert "Value then" not in dict(found.facts)
    assert found.left == ""


def test_a_hidden_alarm_tells_who_why_and_until_when() -> None:
    hidden = row(
        1, AlarmState.SHLVD, hidden_by="Ann", hidden_why="washing", hidden_us=NOW, shelved_until_us=NOW + 3600 * S
    )
    text = dict(guidance_of(mirror_of_plant(), hidden, NOW).facts)["Hidden"]
    assert text.startswith("Ann · ")
    assert text.endswith("washing · back: 1 h 0 min")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (row(1, marks=Mark.FIRST_OUT | Mark.CHATTERING), "Unacknowledged, first, chattering"),
        (row(1, AlarmState.LACKED), "Latched, to be reset"),
        (row(1, AlarmState.RTNUN, marks=Mark.FLEETING), "Gone, unacknowledged, fleeting"),
        (row(1, AlarmState.NORM), "Normal again"),
    ],
)
def test_states_and_marks_in_words(given: AlarmRow, wanted: str) -> None:
    assert state_text(given) == wanted


def test_the_time_to_respond_runs_out_and_ends_with_the_alarm() -> None:
    given = row(1, at_us=NOW, record={"respond_s": 60.0})
    assert respond_text(given, NOW + 10 * S) == "50 s"
    assert respond_text(given, NOW + 61 * S) == "over"
    assert respond_text(replace(given, is_active=False), NOW) == ""


def test_a_one_shot_shelving_says_so() -> None:
    until = NOW + 60 * S
    assert shelved_text(row(1, shelved_until_us=until, is_one_shot=True), NOW) == "when it clears, or in 1 min 0 s"
    assert shelved_text(row(1, is_one_shot=True), NOW) == "until it clears"


def test_a_flood_is_grouped_by_station_and_cause_with_the_first_of_each() -> None:
    power = {"cause": "Power failed"}
    rows = [
        row(1, at_us=30, record=power),
        row(2, at_us=10, record=power, text="Supply lost"),
        row(3, at_us=5),
        replace(row(4, at_us=7), source="Sóller", station_id=UUID(int=9)),
    ]
    groups = groups_of(rows)
    assert [(group.source, group.cause, group.count, group.first.text) for group in groups] == [
        ("Hill borehole", "Power failed", 2, "Supply lost"),
        ("Hill borehole", "Low", 1, "Tank level low"),
        ("Sóller", "Low", 1, "Tank level low"),
    ]
    assert summary(34, rows).startswith(
        "Alarm flood: 34 new in 10 minutes.  Hill borehole: 2 (power failed; first: Supply lost)."
    )
