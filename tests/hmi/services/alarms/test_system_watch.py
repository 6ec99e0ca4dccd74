"""What the program notices about itself."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from hmi.services.alarms.system_watch import SystemWatch, Watched, disk_fault

S = 1_000_000
Usage = namedtuple("Usage", "total used free")  # as shutil has it


async def no_expiries() -> tuple[str, str]:
    return "", ""


def test_a_disk_with_little_room_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(500e9, 497e9, 3e9))
    assert disk_fault(tmp_path) == ""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(500e9, 499.6e9, 0.4e9))
    assert disk_fault(tmp_path) == "0.4 GB are free."
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(4e9, 3.8e9, 0.2e9))
    assert disk_fault(tmp_path) == "", "a small disk may have little"


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    assert "cannot be reached" in disk_fault(tmp_path / "gone")


def test_a_jump_of_the_clock_is_told_for_ten_minutes(tmp_path: Path) -> None:
    wall, steady = [1000 * S], [50 * S]
    watched = Watched(tmp_path, lambda: "", no_expiries)
    watch = SystemWatch(watched, lambda *_: None, wall_us=lambda: wall[0], steady_us=lambda: steady[0])

    def after(seconds: float, jump: float = 0.0) -> str:
        steady[0] += round(seconds * S)
        wall[0] += round((seconds + jump) * S)
        return watch.clock_fault()

    assert after(5) == ""
    assert after(5, 0.4) == "", "a time server moves it a little"
    assert after(5, 3600) == "It jumped forward by 3600 s."
    assert after(300) == "It jumped forward by 3600 s."
    assert after(400) == ""
    assert after(5, -60) == "It jumped back by 60 s."


@pytest.mark.asyncio
async def test_every_fault_is_reported_and_cleared(tmp_path: Path) -> None:
    told: dict[str, str] = {}
    fault = ["The disk is full."]

    async def expiries() -> tuple[str, str]:
        return "A expires in a month.", "B has expired."

    watch = SystemWatch(Watched(tmp_path, lambda: fault[0], expiries), told.__setitem__)
    await watch.look()
    assert told["history"] == "The disk is full."
    assert set(told) == {"clock", "history", "disk", "certificate", "certificate_urgent"}
    assert (told["certificate"], told["certificate_urgent"]) == ("A expires in a month.", "B has expired.")
    fault[0] = ""
    await watch.look(with_certificates=False)
    assert told["history"] == ""
