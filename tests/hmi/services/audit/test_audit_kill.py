"""No entry that was accepted is lost, however the program ends and whatever becomes of the disk."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from hmi.services.audit.keeping import AuditKeeper
from hmi.storage.journal.audit_chain import Stamp
from hmi.storage.journal.audit_spool import Spool
from hmi.storage.journal.journal import Journal
from tests.support.audit import INSTALLATION, KEYED, check, rows_of

ROOT = Path(__file__).resolve().parents[4]


def killed(mode: str, folder: Path, after: int) -> int:
    """Run the child until it has told so many numbers, kill it, and return the number that it told last."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.audit_child", mode, str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    for _ in range(after):
        child.stdout.readline()
    child.kill()
    told = child.stdout.read().split()
    child.wait()
    child.stdout.close()
    return int(told[-1]) if told else 0


def reopen(folder: Path) -> AuditKeeper:
    keeper = AuditKeeper(
        Journal(folder / "journal.db"), Spool(folder / "audit.spool"), lambda: Stamp(0, 0, "host", INSTALLATION)
    )
    keeper.open()
    keeper.use(KEYED)
    keeper.close()
    keeper._journal.close()
    return keeper


def acts(path: Path) -> list[int]:
    targets = [row["target"] for row in rows_of(path)]
    return [int(target.removeprefix("act ")) for target in targets if target.startswith("act ")]


@pytest.mark.parametrize("mode", ["chain", "spool"])
def test_a_kill_while_writing_loses_no_accepted_entry_and_brings_none_twice(mode: str, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        accepted = killed(mode, folder, rng.randint(2, 60))
        reopen(folder)
        found = [act for act in acts(folder / "journal.db") if act >= 0]
        assert found == list(range(len(found))), f"seed {seed}"
        assert len(found) >= accepted, f"seed {seed}"
        assert check(folder / "journal.db").is_sound, f"seed {seed}"
        if mode == "spool":
            spooled = [row for row in rows_of(folder / "journal.db") if "spooled" in row["marks"]]
            assert [row["spool"].rpartition(":")[2] for row in spooled] == [str(each) for each in range(len(found))]


def test_on_a_full_disk_entries_are_spooled_then_refused_and_all_accepted_are_in_the_chain_afterwards(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.audit_child", "full", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    seen = json.loads(done.stdout.splitlines()[-1])
    assert "wait in the emergency spool" in seen["note"]
    assert "spool" in seen["lost"]
    assert (seen["was_lost"], seen["is_failing"]) == (True, False)
    assert acts(tmp_path / "journal.db") == list(range(seen["kept"] + 1))
    assert check(tmp_path / "journal.db").is_sound
    (recovery,) = [row for row in rows_of(tmp_path / "journal.db") if "written again" in row["target"]]
    assert "1 lost" in recovery["result"]
