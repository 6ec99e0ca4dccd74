"""Crash files: what the run before left behind, what is news, and how many are kept."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.config import crashes
from tests.conftest import Warnings


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    hooks = sys.excepthook, threading.excepthook
    found = tmp_path / "crashes"
    found.mkdir()
    yield found
    crashes.stop_watching()
    sys.excepthook, threading.excepthook = hooks


def put(folder: Path, name: str, text: str, at_s: float) -> None:
    (folder / name).write_text(text)
    os.utime(folder / name, (at_s, at_s))


def test_a_run_that_ended_well_leaves_nothing(folder: Path) -> None:
    crashes.watch_for_crashes(folder)
    crashes.stop_watching()
    crashes.watch_for_crashes(folder)
    assert crashes.crashes_in(folder) == []
    assert crashes.unseen(folder) == []


def test_a_run_that_was_killed_is_told_with_its_last_sign_of_life(folder: Path) -> None:
    put(folder, "native-20260101T000000Z.txt", "", 1_700_000_000)
    put(folder.parent, "journal.db-wal", "x", 1_700_000_500)
    crashes.watch_for_crashes(folder)
    (found,) = crashes.unseen(folder)
    assert (found.kind, found.at_us) == ("ended", 1_700_000_500_000_000)
    assert "2023-11-14 22:21:40 UTC" in crashes.read_crash(folder, found.name)


def test_traces_of_a_library_stay_as_they_are(folder: Path) -> None:
    put(folder, "native-20260101T000000Z.txt", "Fatal Python error: Segmentation fault\n", 1_700_000_000)
    crashes.watch_for_crashes(folder)
    (found,) = crashes.crashes_in(folder)
    assert found.kind == "native"
    assert "Segmentation" in crashes.read_crash(folder, found.name)


def test_what_was_dismissed_is_no_news_and_the_next_is(folder: Path) -> None:
    put(folder, "python-1.txt", "a", 1_700_000_000)
    crashes.dismiss(folder)
    assert crashes.unseen(folder) == []
    put(folder, "ended-2.txt", "b", 1_700_000_100)
    assert [each.name for each in crashes.unseen(folder)] == ["ended-2.txt"]
    (folder / crashes.SEEN).write_text("rubbish")
    assert len(crashes.unseen(folder)) == 2


def test_the_newest_are_kept_whatever_they_are_called(folder: Path) -> None:
    for number in range(crashes.FILES_KEPT + 10):
        put(folder, f"{'python' if number % 2 else 'ended'}-{number:03}.txt", "x", 1_700_000_000 + number)
    crashes.watch_for_crashes(folder)
    found = [each.name for each in crashes.crashes_in(folder)]
    assert len(found) == crashes.FILES_KEPT
    assert found[0].endswith("029.txt")
    assert found[-1].endswith("010.txt")


def test_only_files_of_the_list_are_read_and_only_their_end(folder: Path) -> None:
    put(folder.parent, "roams-1.txt", "elsewhere", 1)
    for name in ("../roams-1.txt", "none-1.txt", ""):
        with pytest.raises(KeyError):
            crashes.read_crash(folder, name)
    put(folder, "python-1.txt", "x" * crashes.READ_BYTES + "the end", 1)
    text = crashes.read_crash(folder, "python-1.txt")
    assert len(text) == crashes.READ_BYTES
    assert text.endswith("the end")


def test_an_exception_is_written_once(folder: Path, log_warnings: Warnings) -> None:
    def fail() -> None:
        raise RuntimeError("a pipe burst")

    for _ in range(3):
        try:
            fail()
        except RuntimeError as error:
            crashes.write_crash(
                folder, RuntimeError, error, None if error.__traceback__ is None else error.__traceback__
            )
    (found,) = crashes.crashes_in(folder)
    assert "a pipe burst" in crashes.read_crash(folder, found.name)
    assert len(log_warnings.take("crash")) == 1
