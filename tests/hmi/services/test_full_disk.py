"""A disk that really refuses: the operating system fails the writes of a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
def test_a_full_disk_refuses_in_words_reads_go_on_and_nothing_is_lost(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.full_disk", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["note"].startswith("The disk refuses the history: Could not write file")
    assert seen["note"].endswith("Values wait in memory.")
    assert seen["readable_while_full"] == 2000
    assert "could not do this" in seen["sealing_while_full"]
    assert (seen["readable_after"], seen["note_after"], seen["dropped"]) == (12_000, "", 0)
    assert seen["readable_when_sealed"] == 12_000
