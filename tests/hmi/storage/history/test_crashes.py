"""No committed reading is lost and none doubled, however the program ends: 20 kills and 20 power cuts of each run.

The benchmark history_crash does more of both.
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import Warnings
from tests.support.history_crashes import LostError, check, cut_again_and_again, kill_again_and_again
from tests.support.power_cuts import Step, after_cut, record

KILLS = CUTS = 20


@pytest.mark.timeout(300)
def test_kills_lose_nothing(tmp_path: Path, log_warnings: Warnings) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    kill_again_and_again(tmp_path, KILLS, seed)
    log_warnings.take("history was not closed")


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace; installer/dev.py test installs it")
@pytest.mark.timeout(300)
def test_power_cuts_lose_nothing(tmp_path: Path, log_warnings: Warnings) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    (tmp_path / "history").mkdir()
    command = [sys.executable, "-m", "tests.support.history_child", str(tmp_path / "history"), str(seed), "8000"]
    steps = record(tmp_path / "history", tmp_path / "log", command)
    assert sum(step.kind == "rename" and step.to.startswith("2025") for step in steps) >= 2, "nothing was sealed"
    cut_again_and_again(steps, tmp_path, CUTS, seed)
    log_warnings.take("history was not closed", "history log was broken")


def test_a_disk_that_lies_about_a_sync_is_found_out(tmp_path: Path, log_warnings: Warnings) -> None:
    """The rig is able to fail: without the log's syncs, rows that were committed are missing."""
    command = [sys.executable, "-m", "tests.support.history_child", str(tmp_path / "history"), "1", "3000"]
    (tmp_path / "history").mkdir()
    if shutil.which("strace") is None:
        pytest.skip("needs strace; installer/dev.py test installs it")
    steps = [
        step
        for step in record(tmp_path / "history", tmp_path / "log", command)
        if not (step.kind == "sync" and step.path.endswith(".wal"))
    ]
    last = max(number for number, step in enumerate(steps) if step.kind == "said")
    (tmp_path / "cut").mkdir()
    for name, content in after_cut(steps, last + 1, random.Random(3)).items():
        (tmp_path / "cut" / name).write_bytes(content)
    with pytest.raises(LostError):
        check(tmp_path / "cut", 2999)
    log_warnings.lines.clear()


def test_a_cut_keeps_what_was_synced_and_any_part_of_the_rest() -> None:
    steps = [
        Step("write", "a", b"x" * 1024),
        Step("sync", "a"),
        Step("write", "a", b"y" * 1024, 1024),
        Step("rename", "a", to="b"),
    ]
    found = [after_cut(steps, 4, random.Random(seed)) for seed in range(50)]
    assert all(next(iter(each.values()))[:1024] == b"x" * 1024 for each in found)
    assert {tuple(each) for each in found} == {("a",), ("b",)}
    assert {len(next(iter(each.values()))) for each in found} >= {1024, 1536, 2048}
