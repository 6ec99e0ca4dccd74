from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from drivers.simulated.description import AreaEndpoint
from drivers.simulated.plant_description import describe
from hmi.config.alarm_checks import alarm_faults, definition_of
from hmi.config.demo import demo_catalogue
from hmi.domain.alarm_drafts import AlarmDraft, alarm_draft_of, duplicate_alarm
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.tags import TagKind
from tests.support.plants import CATALOGUE, LEVEL, LINK_LOST, LOW_LEVEL, RUN, SETPOINT, TAGS

DRAFT = AlarmDraft(UUID(int=500), TAGS[LEVEL].id, AlarmType.HIGH, limit="4", deadband="0.1")


def faults(draft: AlarmDraft, *kept: AlarmDefinition) -> dict[str, str]:
    catalogue = replace(CATALOGUE, alarms=(*CATALOGUE.alarms, *kept))
    return {fault.field: fault.sentence for fault in alarm_faults([draft], catalogue)}


def other(alarm_type: AlarmType, limit: float) -> AlarmDefinition:
    return AlarmDefinition(UUID(int=600), TAGS[LEVEL].id, alarm_type, Priority.LOW, limit)


def test_a_sound_draft_has_no_faults_and_makes_a_record() -> None:
    draft = replace(DRAFT, on_delay_s="1,5 min", action="  Look. ", suppression="[Pump 1 running] = 0 ")
    assert faults(draft) == {}
    made = definition_of(draft)
    assert (made.limit, made.deadband, made.on_delay_s, made.action) == (4.0, 0.1, 90.0, "Look.")
    assert (made.suppression, made.revision, made.approved_by) == ("[Pump 1 running] = 0", 1, "")


def test_all_records_and_built_in_alarms_of_the_demo_plant_pass_and_come_back_as_they_were() -> None:
    described = describe()
    endpoints = {area.key: AreaEndpoint(area.key, f"opc.tcp://{area.key}:1", "", "") for area in described.areas}
    plant = demo_catalogue(described, endpoints)
    drafts = [alarm_draft_of(alarm) for alarm in plant.every_alarm]
    assert len(drafts) > 200
    assert alarm_faults(drafts, plant) == ()
    assert tuple(definition_of(alarm_draft_of(alarm), alarm) for alarm in plant.every_alarm) == plant.every_alarm


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"subject": None}, "subject", "Choose the tag."),
        ({"subject": UUID(int=9)}, "subject", "It is not there any more; choose a tag."),
        ({"subject": TAGS[RUN].id}, "type", "Pump 1 running is on or off; choose State or Quality or No update."),
        ({"type": AlarmType.DISCRETE}, "type", "Tank level is a measured value; choose High-high or"),
        ({"type": AlarmType.COMMUNICATION}, "type", "Tank level is a measured value"),
        ({"limit": ""}, "limit", "Enter the limit, a number."),
        ({"limit": "nan"}, "limit", "Enter the limit, a number."),
        ({"limit": "5.01"}, "limit", "It must lie in the tag's range, 0 to 5."),
        ({"limit": "-1"}, "limit", "It must lie in the tag's range, 0 to 5."),
        ({"limit": "1"}, "limit", "It must be above the limit of Low, 1."),
        ({"limit": "0.5"}, "limit", "It must be above the limit of Low, 1."),
        ({"deadband": "-0.1"}, "deadband", "Enter a number of 0 or more."),
        ({"deadband": "x"}, "deadband", "Enter a number of 0 or more."),
        ({"deadband": "5"}, "deadband", "It must be narrower than the tag's range, 5."),
        ({"deadband": "3"}, "deadband", "It reaches over the limit of Low, 1; make it narrower."),
        ({"on_delay_s": "-1"}, "on_delay_s", "Enter a time from 0 s to 1 d, like 15 s, 10 min or 8 h."),
        ({"off_delay_s": "2 d"}, "off_delay_s", "Enter a time from 0 s to 1 d"),
        ({"off_delay_s": "soon"}, "off_delay_s", "Enter a time from 0 s to 1 d"),
        ({"respond_s": "8 d"}, "respond_s", "Enter a time from 0 s to 7 d"),
        ({"shelve_most_s": "0"}, "shelve_most_s", "Enter a time from 1 s to 7 d"),
        ({"shelve_most_s": "400 h"}, "shelve_most_s", "Enter a time from 1 s to 7 d"),
        ({"suppression": "[Pump 1 running]"}, "suppression", "compare it, like"),
        ({"suppression": "[Pump 9] = 1"}, "suppression", "There is no tag called Pump 9."),
        ({"suppression": "[Tank level] > 1"}, "suppression", "It names Tank level, which the alarm is of"),
        ({"suppression": "[Hill borehole · tank level] > 1"}, "suppression", "It names Tank level"),
        ({"consequence": "x" * 1001}, "consequence", "1000 characters at most"),
        ({"owner": "x" * 81}, "owner", "80 characters at most"),
        ({"advice": "bell \x07"}, "advice", "cannot be shown"),
    ],
)
def test_each_fault_is_said_at_its_field(change: dict[str, object], field: str, sentence: str) -> None:
    found = faults(replace(DRAFT, **change))  # type: ignore[arg-type]  # fields by name
    assert list(found) == [field]
    assert sentence in found[field]


@pytest.mark.parametrize(
    ("alarm_type", "limit", "kept", "sentence"),
    [
        (AlarmType.HIGH_HIGH, "4", other(AlarmType.HIGH, 4.5), "It must be above the limit of High, 4.5."),
        (AlarmType.HIGH_HIGH, "4.5", other(AlarmType.HIGH, 4.5), "It must be above the limit of High, 4.5."),
        (AlarmType.HIGH, "4.6", other(AlarmType.HIGH_HIGH, 4.5), "It must be below the limit of High-high, 4.5."),
        (AlarmType.LOW_LOW, "1", None, "It must be below the limit of Low, 1."),
        (AlarmType.LOW_LOW, "1.2", None, "It must be below the limit of Low, 1."),
    ],
)
def test_limits_are_in_order(alarm_type: AlarmType, limit: str, kept: AlarmDefinition | None, sentence: str) -> None:
    draft = replace(DRAFT, type=alarm_type, limit=limit, deadband="0")
    assert faults(draft, *([kept] if kept else [])) == {"limit": sentence}


def test_a_deadband_stays_between_the_neighbours_and_in_the_range() -> None:
    low_low = replace(DRAFT, type=AlarmType.LOW_LOW, limit="0.5", deadband="0.5")
    assert faults(low_low) == {"deadband": "It reaches over the limit of Low, 1; make it narrower."}
    assert faults(replace(low_low, deadband="0.4")) == {}
    high = other(AlarmType.HIGH, 4.0)
    assert "High, 4" in faults(replace(DRAFT, type=AlarmType.HIGH_HIGH, limit="4.5", deadband="0.6"), high)["deadband"]
    alone = [replace(DRAFT, id=LOW_LEVEL.id, type=AlarmType.LOW, limit="1", deadband="4")]
    (fault,) = alarm_faults(alone, CATALOGUE)
    assert "the alarm would never return" in fault.sentence


def test_drafts_are_judged_together_and_without_what_goes() -> None:
    low = replace(alarm_draft_of(LOW_LEVEL), limit="4.5")
    high = replace(DRAFT, limit="4")
    assert {fault.field for fault in alarm_faults([low, high], CATALOGUE)} == {"limit"}
    assert alarm_faults([low, replace(high, limit="4.9")], CATALOGUE) == ()
    assert alarm_faults([replace(high, limit="0.5")], CATALOGUE, deleted={LOW_LEVEL.id}) == ()


def test_the_same_alarm_twice_is_said_at_the_new_one() -> None:
    (fault,) = alarm_faults([duplicate_alarm(alarm_draft_of(LOW_LEVEL))], CATALOGUE)
    assert (fault.field, fault.sentence) == ("type", "The tag has another alarm of the type Low; change that one.")
    both = [replace(DRAFT, id=UUID(int=501)), replace(DRAFT, id=UUID(int=502))]
    assert [fault.field for fault in alarm_faults(both, CATALOGUE)] == ["type", "type"]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({}, "setpoint", "Choose the tag that holds the setpoint."),
        ({"setpoint": TAGS[LEVEL].id}, "setpoint", "A tag is not its own setpoint"),
        ({"setpoint": TAGS[RUN].id}, "setpoint", "Pump 1 running is on or off; choose a number."),
        ({"setpoint": UUID(int=9)}, "setpoint", "Choose the tag that holds the setpoint."),
        ({"setpoint": TAGS[SETPOINT].id, "limit": "0"}, "limit", "It must be above 0."),
        ({"setpoint": TAGS[SETPOINT].id, "limit": "6"}, "limit", "It is wider than the tag's range"),
        ({"setpoint": TAGS[SETPOINT].id, "deadband": "0.5"}, "deadband", "the alarm would never return"),
    ],
)
def test_a_deviation_has_a_setpoint(change: dict[str, object], field: str, sentence: str) -> None:
    draft = replace(DRAFT, type=AlarmType.DEVIATION, limit="0.5", deadband="0.1")
    found = faults(replace(draft, **change))  # type: ignore[arg-type]  # fields by name
    assert list(found) == [field]
    assert sentence in found[field]
    assert faults(replace(draft, setpoint=TAGS[SETPOINT].id)) == {}


def test_a_setpoint_is_in_the_same_unit() -> None:
    other_unit = replace(TAGS[SETPOINT], revision=replace(TAGS[SETPOINT].revision, unit="bar"))
    catalogue = replace(CATALOGUE, tags=(*TAGS[:SETPOINT], other_unit, *TAGS[SETPOINT + 1 :]))
    draft = replace(DRAFT, type=AlarmType.DEVIATION, limit="0.5", setpoint=other_unit.id)
    (fault,) = alarm_faults([draft], catalogue)
    assert fault.sentence == "Level setpoint is in bar, and this tag in m; choose one of the same unit."


def test_a_window_holds_three_readings_and_is_bounded() -> None:
    rate = replace(DRAFT, type=AlarmType.RATE_OF_CHANGE, limit="0.5", window_s="500 ms")
    assert "from 1 s to 1 d" in faults(rate)["window_s"]
    slow = replace(TAGS[LEVEL], revision=replace(TAGS[LEVEL].revision, sampling_ms=10_000))
    catalogue = replace(CATALOGUE, tags=(*TAGS[:LEVEL], slow, *TAGS[LEVEL + 1 :]))
    (fault,) = alarm_faults([replace(rate, window_s="20 s")], catalogue)
    assert "from 30 s to 1 d" in fault.sentence
    assert alarm_faults([replace(rate, window_s="30 s")], catalogue) == ()
    stale = replace(DRAFT, type=AlarmType.STALE, limit="0", window_s="8 d")
    assert set(faults(stale)) == {"limit", "window_s"}


def test_a_state_is_0_or_1_and_a_text_has_no_limits() -> None:
    state = replace(DRAFT, subject=TAGS[RUN].id, type=AlarmType.DISCRETE, limit="2")
    assert faults(state) == {"limit": "Enter 0 (Off) or 1 (On)."}
    assert faults(replace(state, limit="1")) == {}
    text = replace(TAGS[RUN], kind=TagKind.TEXT)
    catalogue = replace(CATALOGUE, tags=(*TAGS[:RUN], text, *TAGS[RUN + 1 :]))
    (fault,) = alarm_faults([state], catalogue)
    assert "is a text; choose Quality or No update" in fault.sentence
    (fault,) = alarm_faults([replace(DRAFT, suppression="[Pump 1 running] = 1")], catalogue)
    assert fault.sentence == "Pump 1 running is a text and has no number to compare."


def test_alarms_that_are_no_tags_can_be_changed_but_not_made() -> None:
    assert alarm_faults([replace(alarm_draft_of(LINK_LOST), on_delay_s="10")], CATALOGUE) == ()
    for alarm in CATALOGUE.every_alarm:
        assert alarm_faults([alarm_draft_of(alarm)], CATALOGUE) == ()
    (fault,) = alarm_faults([duplicate_alarm(alarm_draft_of(LINK_LOST))], CATALOGUE)
    assert fault.field == "subject"


def test_a_draft_of_an_older_revision_is_refused() -> None:
    newer = replace(CATALOGUE, alarms=(replace(LOW_LEVEL, revision=2), LINK_LOST))
    (fault,) = alarm_faults([alarm_draft_of(LOW_LEVEL)], newer)
    assert (fault.field, fault.sentence[:26]) == ("", "It was changed meanwhile; ")


def test_fields_that_mean_nothing_for_a_type_are_neither_judged_nor_kept() -> None:
    quality = replace(DRAFT, type=AlarmType.QUALITY, limit="much", deadband="", window_s="", setpoint=TAGS[0].id)
    assert faults(quality) == {}
    made = definition_of(quality)
    assert (made.limit, made.deadband, made.window_s, made.setpoint) == (1.0, 0.0, 60.0, None)


def test_a_number_that_nobody_touched_stays_what_it_was() -> None:
    known = replace(LOW_LEVEL, deadband=0.1 + 0.2)
    assert definition_of(alarm_draft_of(known), known) == known
    assert definition_of(replace(alarm_draft_of(known), deadband="0.4"), known).deadband == 0.4
