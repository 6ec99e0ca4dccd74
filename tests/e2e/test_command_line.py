"""What is wrong on the command line or in the profile is said in a sentence, with a status, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import until_now
from tests.support.whole_program import ROOT, report_of, run_program


def sentence(text: str) -> str:
    """Return what the program said; it never shows a trace."""
    assert "Traceback" not in text, text
    return text.strip()


def test_an_unknown_option_is_said() -> None:
    done = run_program("--no-such-option")
    assert done.returncode == 2
    assert "--no-such-option" in sentence(done.stderr)


@pytest.mark.parametrize("arguments", [("--exit-after", "0"), ("--exit-after", "soon"), ("--demo-load", "many")])
def test_a_value_that_makes_no_sense_is_said(arguments: tuple[str, str]) -> None:
    done = run_program(*arguments)
    assert done.returncode == 2
    assert arguments[0] in sentence(done.stderr)


def test_a_profile_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    done = run_program("--headless", "--profile", str(in_the_way / "profile"))
    assert done.returncode == 3
    assert "cannot be written" in sentence(done.stderr)
    assert "--profile" in done.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_profile_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = run_program("--headless", "--profile", str(tmp_path))
    assert done.returncode == 3
    assert "Make it writable" in sentence(done.stderr)


@pytest.mark.parametrize("flags", [("--headless",), ()])
def test_a_damaged_configuration_is_said_and_kept(tmp_path: Path, flags: tuple[str, ...]) -> None:
    damaged = tmp_path / "roams.db"
    damaged.write_bytes(b"this is no database" * 100)
    done = run_program(*flags, "--profile", str(tmp_path), "--exit-after", "20")
    assert done.returncode == 3
    assert "roams.db" in sentence(done.stderr)
    assert "damaged" in done.stderr
    assert damaged.read_bytes() == b"this is no database" * 100


def test_a_damaged_journal_is_set_aside_and_the_program_goes_on(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"this is no database" * 100)
    report = report_of(7, tmp_path, "--headless")
    assert report["values_received"] > 300
    (aside,) = tmp_path.glob("journal.db.damaged-*")
    assert aside.read_bytes() == b"this is no database" * 100


@pytest.mark.parametrize("name", ["roams.db", "journal.db"])
def test_a_file_of_a_newer_version_is_said_and_left_alone(tmp_path: Path, name: str) -> None:
    with sqlite3.connect(tmp_path / name) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    done = run_program("--headless", "--profile", str(tmp_path), "--exit-after", "5")
    assert done.returncode == 3
    assert "newer version" in sentence(done.stderr)


def test_a_damaged_history_is_set_aside_and_the_program_goes_on(tmp_path: Path) -> None:
    history = tmp_path / "history" / "live.duckdb"
    history.parent.mkdir(parents=True)
    history.write_bytes(b"rubbish" * 1000)
    report = report_of(7, tmp_path, "--headless")
    assert report["values_stored"] > 300
    aside = list(history.parent.glob("live.duckdb.damaged-*"))
    assert [path.read_bytes() for path in aside] == [b"rubbish" * 1000]


def test_a_second_instance_raises_the_first_window(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "hmi", "--profile", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        until_now((tmp_path / "roams.db").exists, 20)
        done = run_program("--profile", str(tmp_path))
        assert done.returncode == 4
        assert f"process {first.pid}" in sentence(done.stderr)
        assert "in front" in done.stderr
        headless = run_program("--headless", "--profile", str(tmp_path))
        assert headless.returncode == 4
    finally:
        first.terminate()
        first.wait(10)


def test_a_second_recorder_names_the_first(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-m", "hmi", "--headless", "--profile", str(tmp_path)], cwd=ROOT)
    try:
        until_now((tmp_path / "journal.db").exists, 20)
        done = run_program("--profile", str(tmp_path), "--exit-after", "5")
        assert done.returncode == 4
        assert f"process {first.pid}" in sentence(done.stderr)
    finally:
        first.send_signal(signal.SIGTERM)
        assert first.wait(10) == 0


def test_a_port_in_use_is_said_by_the_demo_plant() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "drivers.simulated", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 2
    assert str(port) in sentence(done.stderr)


def test_headless_records_without_qt_and_ends_on_sigterm(tmp_path: Path) -> None:
    """The imports are looked at from inside, at the very end of a real run."""
    watcher = (
        "import atexit, sys\n"
        "def look():\n"
        "    found = sorted({name.split('.')[0] for name in sys.modules} & {'PySide6', 'qasync', 'pyqtgraph'})\n"
        "    sys.stderr.write('QT:' + ','.join(found) + '\\n')\n"
        "atexit.register(look)\n"
        "from hmi.__main__ import main\n"
        f"sys.exit(main(['--demo', '--headless', '--profile', {str(tmp_path)!r}]))\n"
    )
    running = subprocess.Popen([sys.executable, "-c", watcher], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    live = tmp_path / "history" / "live.duckdb"
    until_now(lambda: live.exists() and live.stat().st_size > 0, 20)
    until_now((tmp_path / "pki" / "own").exists, 20)
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=15)
    assert running.returncode == 0, said
    assert "QT:\n" in said


def test_the_report_of_a_timed_run_has_every_figure(tmp_path: Path) -> None:
    report = report_of(9, tmp_path)
    assert set(report) >= {
        "values_received",
        "values_stored",
        "stations_up",
        "alarms_raised",
        "tick_late_p50_ms",
        "tick_late_p99_ms",
        "tick_late_max_ms",
        "first_window_s",
        "first_value_s",
        "rss_mb",
    }
    assert report["stations_up"] == 16
    assert report["values_received"] > 330
    assert report["values_stored"] >= 330
    assert json.dumps(report)


def test_the_selftest_passes() -> None:
    done = run_program("--selftest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout
