"""Drafts of controls: every fault named at its field, and what a draft without one becomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from hmi.config.catalogue import CatalogueStore, ConflictError, InvalidError
from hmi.config.control_checks import control_faults
from hmi.domain.commands import ControlKind, SafetyLevel
from hmi.domain.control_drafts import ControlDraft, control_draft_of
from hmi.domain.plant import Asset, AssetKind
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.storage.local.database import open_database
from tests.support.plants import (
    ASSET,
    CATALOGUE,
    IN_USE,
    LEVEL,
    LEVEL_SETPOINT,
    PUMP,
    READY,
    RUN,
    SETPOINT,
    START,
    STATION,
    TAGS,
    TRIP,
)

GOOD = ControlDraft(
    id=UUID(int=310),
    station_id=STATION.id,
    asset="Pump 1",
    name="Speed setpoint",
    kind=ControlKind.SETPOINT,
    command=TAGS[SETPOINT].id,
    readback=TAGS[IN_USE].id,
    low="1",
    high="4",
    unit="m",
    safe_value="",
)


def test_a_saved_control_has_no_fault_and_comes_back_as_it_was() -> None:
    for control in (PUMP, LEVEL_SETPOINT):
        assert control_faults(control_draft_of(CATALOGUE, control), CATALOGUE) == []
    assert control_faults(GOOD, CATALOGUE) == []


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": " "}, "name", "Give it a name"),
        ({"name": "pump 1"}, "name", "already a control called so"),
        ({"station_id": UUID(int=1)}, "station_id", "Choose a station"),
        ({"asset": ""}, "asset", "Choose the equipment"),
        ({"command": None}, "command", "can be written"),
        ({"command": TAGS[LEVEL].id}, "command", "can be written"),
        ({"readback": None}, "readback", "only it confirms"),
        ({"low": "4", "high": "1"}, "high", "above the lowest"),
        ({"low": "x"}, "low", "not a number"),
        ({"high": "nan"}, "high", "not a number"),
        ({"tolerance": "9"}, "tolerance", "wider than the range"),
        ({"tolerance": "-1"}, "tolerance", "below 0"),
        ({"step_most": "9"}, "step_most", "wider than the range"),
        ({"timeout_s": "0"}, "timeout_s", "above 0"),
        ({"timeout_s": "601"}, "timeout_s", "to 600 s"),
        ({"rate_s": "-2"}, "rate_s", "below 0"),
        ({"decimals": "1.5"}, "decimals", "whole number"),
        ({"decimals": "99"}, "decimals", "whole number"),
        ({"safe_value": "9"}, "safe_value", "within the range"),
        ({"safe_value": "stop"}, "safe_value", "within the range"),
        ({"permissives": (TAGS[READY].id,)}, "safe_value", "safe side"),
        ({"permissives": (TAGS[LEVEL].id,), "safe_value": "1"}, "permissives", "two states"),
        ({"permissives": (TAGS[READY].id,), "interlocks": (TAGS[READY].id,), "safe_value": "1"}, "interlocks", "both"),
        ({"is_alone_allowed": True}, "is_alone_allowed", "second person"),
        ({"kind": ControlKind.PUMP}, "high", "values 0 and 1"),
        ({"kind": ControlKind.PUMP, "low": "0", "high": "1"}, "safe_value", "stops or closes"),
        ({"kind": ControlKind.MODE, "low": "0", "high": "1", "ramp_per_s": "1"}, "ramp_per_s", "go in steps"),
        ({"kind": ControlKind.METHOD}, "method_owner", "address of the object"),
        ({"kind": ControlKind.METHOD, "method_owner": "s=P"}, "method", "address of the method"),
    ],
)
def test_each_fault_is_at_its_field(changes: dict[str, object], field: str, words: str) -> None:
    faults = control_faults(replace(GOOD, **changes), CATALOGUE)  # type: ignore[arg-type]  # fields by name
    assert [each.field for each in faults if words in each.sentence] == [field], faults


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogueStore]:
    store = CatalogueStore(open_database(tmp_path / "roams.db"))
    store.put_plant(CATALOGUE, "Ann", "Plant")
    yield store
    store.close()


def test_saved_changed_and_deleted(store: CatalogueStore) -> None:
    before = store.load()
    draft = replace(GOOD, level=SafetyLevel.PASSWORD, decimals="2", ramp_per_s="0.5")
    after = store.save_control(draft, "Ann")
    control = after.control_by_id[GOOD.id]
    assert (control.level, control.decimals, control.ramp_per_s, control.safe_value) == (
        SafetyLevel.PASSWORD,
        2,
        0.5,
        None,
    )
    assert after.tag_by_index[control.command].id == TAGS[SETPOINT].id
    assert control_draft_of(after, control) == replace(draft, version=after.version)
    assert store.versions(10**9, "", 1)[0].reason == "Added control Speed setpoint"
    gone = store.delete_control(GOOD.id, "Ann")
    assert gone.controls == before.controls


def test_new_equipment_takes_the_tags_that_were_nobodys(store: CatalogueStore) -> None:
    site = Asset(UUID(int=30), STATION.id, "Site", AssetKind.SITE)
    tags = tuple(replace(tag, asset_id=site.id) if tag.index in (START, RUN, TRIP) else tag for tag in TAGS)
    store.put_plant(replace(CATALOGUE, assets=(ASSET, site), tags=tags, controls=()), "Ann", "Unsorted")
    now = store.load()
    for control in now.controls:
        now = store.delete_control(control.id, "Ann")
    draft = replace(
        GOOD,
        asset="Pump 2",
        kind=ControlKind.PUMP,
        command=TAGS[START].id,
        readback=TAGS[RUN].id,
        interlocks=(TAGS[TRIP].id,),
        low="0",
        high="1",
        unit="",
        safe_value="0",
    )
    after = store.save_control(draft, "Ann")
    made = after.asset_by_id[after.control_by_id[GOOD.id].asset_id]
    assert (made.name, made.kind) == ("Pump 2", AssetKind.PUMP)
    assert {tag.key for tag in after.tags_of_asset[made.id]} == {TAGS[START].key, TAGS[RUN].key, TAGS[TRIP].key}


def test_a_fault_saves_nothing(store: CatalogueStore) -> None:
    before = store.load()
    with pytest.raises(InvalidError, match="Command: Choose a tag that can be written"):
        store.save_control(replace(GOOD, command=None), "Ann")
    assert store.load() == before


def test_a_draft_does_not_go_over_what_it_has_not_seen(store: CatalogueStore) -> None:
    mine = control_draft_of(store.load(), store.load().control_by_id[PUMP.id])
    store.save_control(replace(mine, level=SafetyLevel.PASSWORD), "Ben")
    with pytest.raises(ConflictError, match=r"by Ben.*level: confirm → password") as refused:
        store.save_control(replace(mine, timeout_s="20"), "Ann")
    after = store.save_control(replace(mine, timeout_s="20", version=refused.value.version), "Ann")
    assert after.control_by_id[PUMP.id].level is SafetyLevel.CONFIRM


def test_a_control_of_a_sequence_stays(store: CatalogueStore) -> None:
    sequence = CommandSequence(UUID(int=700), STATION.id, "Start up", (SequenceStep(PUMP.id, 1.0),))
    store.put_plant(replace(CATALOGUE, sequences=(sequence,)), "Ann", "Sequence")
    with pytest.raises(InvalidError, match="Start up uses it"):
        store.delete_control(PUMP.id, "Ann")
