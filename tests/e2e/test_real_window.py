"""A real window on a virtual screen, clicked with a real mouse pointer."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import until_now
from tests.support.whole_program import ROOT

pytestmark = pytest.mark.xvfb

HAS_TOOLS = shutil.which("Xvfb") is not None and shutil.which("xdotool") is not None


@pytest.fixture
def display() -> Iterator[str]:
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        # -noreset: without it the server begins anew whenever its last client leaves, as each xdotool does.
        ["Xvfb", "-noreset", "-displayfd", str(write_end), "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
        pass_fds=(write_end,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(5)


@pytest.mark.skipif(not HAS_TOOLS and not os.environ.get("CI"), reason="needs Xvfb and xdotool")
def test_a_click_on_a_tab_shows_its_workspace(display: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    running = subprocess.Popen(
        [sys.executable, "-m", "hmi", "--demo", "--profile", str(tmp_path)], cwd=ROOT, env=environment
    )

    def xdotool(*arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=20
        )
        return done.stdout

    def workspace() -> str:
        try:
            return str(json.loads((tmp_path / "session.json").read_text())["place"]["workspace"])
        except (OSError, ValueError):
            return ""

    try:
        until_now(lambda: bool(xdotool("search", "--name", "^Roams$").strip()), 20)
        until_now((tmp_path / "pki" / "own").exists, 20)  # the panes are made before the links are
        window = xdotool("search", "--name", "^Roams$").split()[0]
        geometry = xdotool("getwindowgeometry", window)
        assert re.search(r"Geometry: \d{3,4}x\d{3}", geometry), geometry
        x, y = tab_position(tmp_path, environment)
        xdotool("mousemove", str(x), str(y), "click", "1")
    finally:
        running.terminate()
        status = running.wait(20)
    assert status == 0
    assert workspace() == "alarms"


def tab_position(_folder: Path, _environment: dict[str, str]) -> tuple[int, int]:
    """Return where the Alarms tab lies on a fresh profile's window at 1366×768, as the screenshots show it."""
    return 444, 146
