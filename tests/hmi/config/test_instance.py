"""One instance a profile, and a lock that no crash leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.config.instance import InstanceLock, TakenError
from tests.support.waiting import until_now

HOLD = """
import sys
from pathlib import Path
from hmi.config.instance import InstanceLock
lock = InstanceLock(Path(sys.argv[1]), has_window=True)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_told_who_has_it(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(TakenError, match=f"process {holder.pid}") as caught:
        InstanceLock(tmp_path / "lock", has_window=False)
    assert (caught.value.pid, caught.value.has_window) == (holder.pid, True)


def _can_lock(path: Path) -> bool:
    try:
        InstanceLock(path, has_window=False).release()
    except TakenError:
        return False
    return True


def test_a_killed_process_lets_go(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    holder.kill()
    until_now(lambda: _can_lock(tmp_path / "lock"))


def test_a_released_lock_names_its_next_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text("rubbish that is longer than what comes next" * 3)
    lock = InstanceLock(path, has_window=False)
    with pytest.raises(TakenError, match=f"process {os.getpid()}"):
        InstanceLock(path, has_window=True)
    lock.release()
    assert _can_lock(path)
