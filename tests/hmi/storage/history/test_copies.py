from __future__ import annotations

from pathlib import Path

import pytest

from drivers.api import Batch
from hmi.storage.errors import DamagedError, StorageError
from hmi.storage.history import copies
from hmi.storage.history.store import Store
from tests.support.readings import DAY_US, T0, day_of


@pytest.fixture
def filled(tmp_path: Path) -> Store:
    (tmp_path / "history").mkdir()
    store = Store(tmp_path / "history")
    store.write(day_of(3, 0))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    store.write(day_of(3, 1))
    store.swap()
    store.write(Batch.of([1], [77.0], [T0 + 2 * DAY_US]))
    return store


def values(store: Store) -> list[float]:
    return [float(value) for batch in store.rows(1, T0, T0 + 10 * DAY_US, 10_000) for value in batch.value]


def test_a_backup_made_while_recording_is_whole_and_comes_back(filled: Store, tmp_path: Path) -> None:
    expected, epoch = values(filled), filled.epoch
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        filled.write(Batch.of([2], [1.0], [T0 + 3 * DAY_US + len(told)]))  # the writer goes on

    made = copies.back_up(filled, tmp_path / "to", tell)
    assert told[-1][0] == told[-1][1] > 0
    copies.check_backup(made)
    filled.write(Batch.of([1], [99.0], [T0 + 4 * DAY_US]))
    filled.close()
    aside = copies.restore(made, tmp_path / "history")
    assert aside is not None
    assert (aside / "live.duckdb").exists()
    again = Store(tmp_path / "history")
    assert values(again) == expected
    assert again.epoch != epoch, "whoever copied rows by number must begin anew"
    again.close()


def test_a_backup_with_one_bit_changed_is_refused_and_the_history_stays(filled: Store, tmp_path: Path) -> None:
    made = copies.back_up(filled, tmp_path / "to")
    expected = values(filled)
    filled.close()
    sealed = next(made.glob("2025*.duckdb"))
    content = bytearray(sealed.read_bytes())
    content[len(content) // 2] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(DamagedError, match="not as it was written"):
        copies.restore(made, tmp_path / "history")
    again = Store(tmp_path / "history")
    assert values(again) == expected
    again.close()


def test_a_folder_that_is_no_backup_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is no backup"):
        copies.restore(tmp_path, tmp_path / "history")


def test_a_cancelled_backup_leaves_nothing(filled: Store, tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copies.back_up(filled, tmp_path / "to", stop)
    assert list((tmp_path / "to").iterdir()) == []
    filled.close()


def test_a_place_that_cannot_be_written_is_said(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be written"):
        copies.back_up(filled, tmp_path / "file")
    filled.close()


def test_verifying_finds_a_changed_byte_in_a_sealed_file(filled: Store, tmp_path: Path) -> None:
    assert copies.verify(filled) == ()
    filled.close()
    sealed = next((tmp_path / "history").glob("2025*.duckdb"))
    content = bytearray(sealed.read_bytes())
    for place in range(300_000, len(content) - 300_000, 4096):
        content[place] ^= 0xFF
    sealed.write_bytes(content)
    again = Store(tmp_path / "history")
    faults = copies.verify(again)
    assert faults
    assert all(sealed.name in fault for fault in faults)
    again.close()
