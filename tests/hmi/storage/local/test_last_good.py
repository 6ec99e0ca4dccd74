"""The last good copy: taken whole, taken up when roams.db is damaged anywhere, and never over a newer file."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from hmi.config.catalogue import CatalogueStore
from hmi.storage.errors import DamagedError, NewerError, StorageError
from hmi.storage.local.last_good import copy_of, keep_copy, open_or_restore
from tests.support.plants import CATALOGUE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A configuration with its copy."""
    found = tmp_path / "roams.db"
    engine, said = open_or_restore(found)
    assert said == ""
    store = CatalogueStore(engine)
    store.put_plant(CATALOGUE, "Ann", "Plant")
    keep_copy(engine, found)
    with engine.connect() as database:
        database.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return found


def names(path: Path) -> tuple[list[str], str]:
    engine, said = open_or_restore(path)
    store = CatalogueStore(engine)
    try:
        return [station.name for station in store.load().stations], said
    finally:
        store.close()


def test_every_way_to_cut_it_short_ends_with_the_last_good_one(path: Path) -> None:
    whole = path.read_bytes()
    seed = random.randrange(2**32)
    print("seed", seed)
    lengths = random.Random(seed).sample(range(1, len(whole)), 40)
    for length in [*lengths, 0, 1, 15, 16, 17, 100, len(whole) - 1]:
        for left in path.parent.glob("roams.db*"):
            if left != copy_of(path):
                left.unlink()
        path.write_bytes(whole[:length])
        found, said = names(path)
        assert found == ["Hill borehole"], f"{length} bytes, seed {seed}"
        if length < len(whole) - 4096:  # of the last page alone nothing may be missing that is in use
            assert "damaged" in said, f"{length} bytes, seed {seed}"
            assert list(path.parent.glob("roams.db.damaged-*")), "the damaged file is not kept"


def test_a_file_that_is_missing_beside_its_copy_is_taken_up_again(path: Path) -> None:
    """As after a kill between setting the damaged one aside and taking up the copy."""
    path.unlink()
    found, said = names(path)
    assert (found, "damaged" in said) == (["Hill borehole"], True)


def test_pages_of_rubbish_in_the_middle_are_found(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[4096 * 3 : 4096 * 6] = b"\xa5" * (4096 * 3)
    path.write_bytes(bytes(whole))
    found, said = names(path)
    assert (found, "damaged" in said) == (["Hill borehole"], True)


def test_without_a_copy_a_damaged_file_is_for_a_person_to_judge(path: Path) -> None:
    copy_of(path).unlink()
    path.write_bytes(path.read_bytes()[:5000])
    before = path.read_bytes()
    with pytest.raises(DamagedError, match="Restore a copy"):
        open_or_restore(path)
    assert path.read_bytes() == before


def test_a_newer_file_stays_as_it_is(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerError, match="newer version"):
        open_or_restore(path)
    assert path.read_bytes() == before


def test_a_copy_that_cannot_be_taken_leaves_the_one_before(path: Path) -> None:
    before = copy_of(path).read_bytes()
    blocked = path.with_name(path.name + ".last-good.part")
    blocked.mkdir()
    engine, _ = open_or_restore(path)
    with pytest.raises(StorageError, match="No copy"):
        keep_copy(engine, path)
    engine.dispose()
    assert copy_of(path).read_bytes() == before
