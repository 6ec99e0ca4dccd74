"""A recorder that is watched from outside, and the bundle of a profile, by the command line."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2 as httpx
import pytest

from hmi.config.crashes import crashes_in, unseen
from tests.support.waiting import until_now
from tests.support.whole_program import ROOT, run_program


def test_a_recorder_tells_how_it_does_from_its_start_to_its_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hmi", "--headless", "--profile", str(tmp_path / "p"), "--health-port", "0"]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stderr is not None
        said = re.search(r"http://127\.0\.0\.1:(\d+)/health", running.stderr.readline())
        assert said is not None
        with httpx.Client(base_url=f"http://127.0.0.1:{said[1]}", trust_env=False) as client:
            assert client.get("/health").json() == {"status": "alive"}
            while (ready := client.get("/ready")).status_code != 200:
                assert ready.json()["reasons"] == ["The program has not started yet."]
            assert "roams_ready 1.0" in client.get("/metrics").text
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
        if running.stderr is not None:
            running.stderr.close()


def test_no_port_is_open_unless_it_is_asked_for(tmp_path: Path) -> None:
    done = run_program("--headless", "--profile", str(tmp_path), "--exit-after", "2")
    assert done.returncode == 0
    assert "Health" not in done.stderr


@pytest.mark.parametrize("options", [("--health-port", "9100"), ("--headless", "--health-port", "70000")])
def test_a_port_that_makes_no_sense_is_said(options: tuple[str, ...]) -> None:
    done = run_program(*options)
    assert done.returncode == 2
    assert "--health-port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bundle_is_made_of_a_profile_that_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "p" / "logs").mkdir(parents=True)
    (tmp_path / "p" / "roams.db").write_text("rubbish")
    (tmp_path / "p" / "logs" / "roams.log").write_text("password=Kanarienvogel\n")
    done = run_program("support-bundle", "--profile", str(tmp_path / "p"), str(tmp_path / "b.zip"))
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.read("logs/roams.log") == "password=•••\n".encode()


def test_a_run_that_was_killed_is_known_at_the_next_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hmi", "--headless", "--profile", str(tmp_path)]
    running = subprocess.Popen(command, cwd=ROOT)
    until_now((tmp_path / "journal.db").exists, 20)
    running.kill()
    running.wait(10)
    assert run_program("--headless", "--profile", str(tmp_path), "--exit-after", "3").returncode == 0
    (found,) = unseen(tmp_path / "crashes")
    assert found.kind == "ended"
    assert [each.name for each in crashes_in(tmp_path / "crashes")] == [found.name], "the last run ended well"
