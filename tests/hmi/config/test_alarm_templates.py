from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from drivers.simulated.description import AreaEndpoint
from drivers.simulated.plant_description import describe
from hmi.config.alarm_checks import alarm_faults, definition_of
from hmi.config.alarm_proposing import fitting, propose
from hmi.config.alarm_templates import KEY, AlarmTemplate, AlarmTemplates, Proposal
from hmi.config.demo import demo_catalogue
from hmi.config.kept_settings import load_kept, save_kept
from hmi.domain.alarms import AlarmType
from hmi.domain.tags import Tag, TagKind
from hmi.storage.local.database import open_database
from tests.support.plants import CATALOGUE, LEVEL, RUN, SETPOINT, TAGS

TEMPLATES = AlarmTemplates()
BY_NAME = {each.name: each for each in TEMPLATES.templates}


def tag(quantity: str, unit: str, kind: TagKind = TagKind.ANALOG) -> Tag:
    return replace(TAGS[LEVEL], kind=kind, quantity=quantity, revision=replace(TAGS[LEVEL].revision, unit=unit))


def test_starting_values_are_the_usual_ones() -> None:
    values = {name: (each.on_delay_s, each.deadband) for name, each in BY_NAME.items()}
    assert values["Flow"] == (15, 5)
    assert values["Level"] == (60, 5)
    assert values["Pressure"] == (15, 2)
    assert values["Temperature"] == (60, 1)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (tag("flow", ""), "Flow"),
        (tag("", "l/s"), "Flow"),
        (tag("level", "bar"), "Level"),
        (tag("", "°C"), "Temperature"),
        (tag("", "mbar"), "Pressure"),
        (tag("", "pH"), "Other measured value"),
        (tag("trip", "", TagKind.DISCRETE), "State"),
        (tag("state", "", TagKind.DISCRETE), None),
        (tag("flow", "", TagKind.TEXT), None),
    ],
)
def test_a_tag_has_the_template_of_its_kind_of_measurement(given: Tag, name: str | None) -> None:
    found = fitting(TEMPLATES, given)
    assert (found.name if found else None) == name


def test_it_proposes_at_shares_of_the_range_and_only_what_is_not_there() -> None:
    drafts = propose(BY_NAME["Level"], [TAGS[LEVEL], TAGS[SETPOINT], TAGS[RUN]], CATALOGUE)
    assert [(draft.subject, draft.type, draft.limit) for draft in drafts] == [
        (TAGS[LEVEL].id, AlarmType.HIGH_HIGH, "4.5"),
        (TAGS[LEVEL].id, AlarmType.HIGH, "4"),
        (TAGS[LEVEL].id, AlarmType.LOW_LOW, "0.5"),
        (TAGS[SETPOINT].id, AlarmType.HIGH_HIGH, "4.5"),
        (TAGS[SETPOINT].id, AlarmType.HIGH, "4"),
        (TAGS[SETPOINT].id, AlarmType.LOW, "1"),
        (TAGS[SETPOINT].id, AlarmType.LOW_LOW, "0.5"),
    ], "the low alarm of the level is there, and a state has no limits"
    assert {(draft.deadband, draft.on_delay_s) for draft in drafts} == {("0.25", "1 min")}
    assert alarm_faults(drafts, CATALOGUE) == ()
    assert not any(definition_of(draft).is_event for draft in drafts)
    there = replace(CATALOGUE, alarms=(*CATALOGUE.alarms, *(definition_of(draft) for draft in drafts)))
    assert propose(BY_NAME["Level"], TAGS, there) == propose(
        BY_NAME["Level"], [each for each in TAGS if each.id not in (TAGS[LEVEL].id, TAGS[SETPOINT].id)], there
    ), "proposed twice, nothing is left to propose"


def test_every_tag_of_the_demo_plant_gets_drafts_that_can_be_saved() -> None:
    described = describe()
    endpoints = {area.key: AreaEndpoint(area.key, f"opc.tcp://{area.key}:1", "", "") for area in described.areas}
    plant = replace(demo_catalogue(described, endpoints), alarms=())
    count = 0
    every = [each.model_copy(update={"is_on": True}) for each in BY_NAME["Level"].proposals]
    all_on = BY_NAME["Level"].model_copy(update={"proposals": tuple(every)})
    for each in plant.tags:
        template = fitting(TEMPLATES, each)
        for chosen in (template, all_on):
            drafts = propose(chosen, [each], plant) if chosen is not None else ()
            assert alarm_faults(drafts, plant) == (), each.name
            count += len(drafts)
    assert count > 500


def test_a_state_is_abnormal_at_1_or_at_0() -> None:
    at_0 = AlarmTemplate(name="Off", proposals=(Proposal(type=AlarmType.DISCRETE, share=0),))
    assert propose(BY_NAME["State"], [TAGS[RUN]], CATALOGUE)[0].limit == "1"
    assert propose(at_0, [TAGS[RUN]], CATALOGUE)[0].limit == "0"


def test_templates_are_kept_and_checked(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "roams.db")
    assert load_kept(engine, KEY, AlarmTemplates) == TEMPLATES
    changed = TEMPLATES.model_copy(update={"templates": (BY_NAME["Flow"].model_copy(update={"on_delay_s": 20.0}),)})
    save_kept(engine, KEY, changed, "Ann")
    assert load_kept(engine, KEY, AlarmTemplates) == changed
    engine.dispose()
    for wrong in ({"name": " "}, {"name": "A", "on_delay_s": -1}, {"name": "A", "deadband": 60}, {"name": "A", "x": 1}):
        with pytest.raises(ValidationError):
            AlarmTemplate.model_validate(wrong)
