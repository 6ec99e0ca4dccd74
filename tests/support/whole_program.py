"""The program as a process of its own, run for a time; what it says on leaving."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def run_program(
    *arguments: str, timeout_s: float = 120, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m hmi` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "hmi", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **(environment or {})},
        check=False,
    )


def report_of(seconds: float, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run the demo for some seconds and return the report of --exit-after."""
    done = run_program(
        "--demo", "--profile", str(folder), "--exit-after", str(seconds), *arguments, timeout_s=seconds + 60
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
