"""A real window on a virtual screen, clicked with a real mouse pointer."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.ui.theme import LIGHT
from tests.support.waiting import until_now
from tests.support.whole_program import ROOT

pytestmark = pytest.mark.xvfb

MAP_TAB, ALARMS_TAB = (297, 146), (424, 146)
"""Where these tabs lie on a fresh profile's window at 1366×768."""
FOCUS = bytes.fromhex(LIGHT.focus[1:])[::-1]
"""As the screen has it: blue, green, red."""
HAS_TOOLS = shutil.which("Xvfb") is not None and shutil.which("xdotool") is not None


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    read_end, write_end = os.pipe()
    memory = ["-fbdir", str(tmp_path)]
    server = subprocess.Popen(
        # -noreset: without it the server begins anew whenever its last client leaves, as each xdotool does.
        ["Xvfb", "-noreset", "-displayfd", str(write_end), "-screen", "0", "1366x768x24", "-nolisten", "tcp", *memory],
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
    profile = tmp_path / "profile"
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    running = subprocess.Popen(
        [sys.executable, "-m", "hmi", "--demo", "--profile", str(profile)], cwd=ROOT, env=environment
    )

    def xdotool(*arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=20
        )
        return done.stdout

    def workspace() -> str:
        try:
            return str(json.loads((profile / "session.json").read_text())["place"]["workspace"])
        except (OSError, ValueError):
            return ""

    try:
        until_now(lambda: bool(xdotool("search", "--name", "^Roams$").strip()), 20)
        until_now(lambda: is_checked(tmp_path, MAP_TAB), 20)
        window = xdotool("search", "--name", "^Roams$").split()[0]
        geometry = xdotool("getwindowgeometry", window)
        assert re.search(r"Geometry: \d{3,4}x\d{3}", geometry), geometry
        xdotool("mousemove", *map(str, ALARMS_TAB), "click", "1")
        until_now(lambda: is_checked(tmp_path, ALARMS_TAB), 20)
    finally:
        running.terminate()
        status = running.wait(20)
    assert status == 0
    assert workspace() == "alarms"


def is_checked(folder: Path, tab: tuple[int, int]) -> bool:
    """Whether the line below a tab has the colour of the one in sight; read from the screen's own memory (XWD)."""
    screen = (folder / "Xvfb_screen0").read_bytes()
    header = struct.unpack(">25I", screen[:100])
    begin, row_bytes = header[0] + 12 * header[19], header[12]
    left = tab[0] - 20  # of where the mouse pointer would cover it
    places = (begin + (tab[1] + below) * row_bytes + left * 4 for below in range(10, 22))
    return any(screen[place : place + 3] == FOCUS for place in places)
