"""Command sequences as they are saved: each fault in words, and what is saved is what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from hmi.config.catalogue import CatalogueStore, ConflictError, InvalidError
from hmi.config.sequence_checks import sequence_faults
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.storage.local.database import open_database
from tests.support.plants import CATALOGUE, LEVEL_SETPOINT, PUMP, STATION

GOOD = CommandSequence(
    UUID(int=700),
    STATION.id,
    "Start up",
    (SequenceStep(LEVEL_SETPOINT.id, 2.5), SequenceStep(None, text="Look"), SequenceStep(PUMP.id, 1.0)),
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Give it a name"),
        ({"station_id": UUID(int=1)}, "Choose a station"),
        ({"steps": ()}, "Add a command"),
        ({"steps": (SequenceStep(None, text="Look"),)}, "Add a command"),
        ({"steps": (SequenceStep(PUMP.id, 0.5),)}, "Step 1: Pump 1 cannot be brought"),
        (
            {"steps": (SequenceStep(PUMP.id, 1.0), SequenceStep(LEVEL_SETPOINT.id, 9.0))},
            "Step 2: Level setpoint cannot",
        ),
        ({"steps": (SequenceStep(LEVEL_SETPOINT.id, float("nan")),)}, "Step 1: Level setpoint cannot"),
        ({"steps": (SequenceStep(UUID(int=1), 1.0),)}, "Step 1: choose a control"),
        ({"steps": (SequenceStep(PUMP.id, 1.0), SequenceStep(None, text=" "))}, "Step 2: write what to look at"),
        ({"steps": (SequenceStep(PUMP.id, 1.0),) * 51}, "Up to 50 steps"),
    ],
)
def test_each_fault_is_said(changes: dict[str, object], words: str) -> None:
    assert sequence_faults(GOOD, CATALOGUE) == []
    faults = sequence_faults(replace(GOOD, **changes), CATALOGUE)  # type: ignore[arg-type]  # fields by name
    assert any(words in fault for fault in faults), faults


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogueStore]:
    store = CatalogueStore(open_database(tmp_path / "roams.db"))
    store.put_plant(CATALOGUE, "Ann", "Plant")
    yield store
    store.close()


def test_saved_changed_and_deleted(store: CatalogueStore) -> None:
    added = store.save_sequence(GOOD, 0, "Ann")
    assert added.sequences == (GOOD,)
    with pytest.raises(InvalidError, match="already a sequence called so"):
        store.save_sequence(replace(GOOD, id=UUID(int=701), name="START UP"), 0, "Ann")
    changed = store.save_sequence(replace(GOOD, name="Go"), added.version, "Ben")
    with pytest.raises(ConflictError, match="by Ben"):
        store.save_sequence(replace(GOOD, name="Mine"), added.version, "Ann")
    assert store.save_sequence(replace(GOOD, name="Mine"), changed.version, "Ann").sequences[0].name == "Mine"
    assert store.delete_sequence(GOOD.id, "Ann").sequences == ()
