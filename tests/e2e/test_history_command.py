"""`python -m hmi history`: beside a running recorder and on its own; what goes wrong is said in a sentence."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import until_now
from tests.support.whole_program import ROOT, run_program


def history(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = run_program("history", *arguments, "--profile", str(folder), timeout_s=60)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@contextmanager
def recorder(folder: Path) -> Iterator[None]:
    running = subprocess.Popen(
        [sys.executable, "-m", "hmi", "--headless", "--demo", "--profile", str(folder)], cwd=ROOT
    )
    try:
        until_now((folder / "attach.json").exists, 30)
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0


def rows(folder: Path) -> int:
    return int(json.loads(history(folder, "status", "--json").stdout)["rows"])


def some_tag(folder: Path) -> str:
    """Return the full name of a measured tag of the demo."""
    import sqlite3

    with sqlite3.connect(folder / "roams.db") as database:
        found = database.execute(
            """SELECT s.name || ' · ' || r.name FROM tag t JOIN station s ON s.id = t.station_id
               JOIN tag_revision r ON r.tag_index = t."index" WHERE t.quantity = 'flow' AND NOT t.writable"""
        ).fetchone()
    database.close()
    return str(found[0])


def test_a_running_recorder_is_asked_and_later_the_files_are_opened(tmp_path: Path) -> None:
    folder, copies = tmp_path / "profile", tmp_path / "copies"
    with recorder(folder):
        until_now(lambda: rows(folder) > 100, 40)
        tag = some_tag(folder)
        beside = history(
            folder, "export", str(tmp_path / "beside.csv"), "--tag", tag, "--from", "1h", "--zone", "local"
        )
        assert (beside.returncode, "rows written" in beside.stderr) == (0, True), beside.stderr
        copied = history(folder, "backup", str(copies))
        assert copied.returncode == 0, copied.stderr
        refused = history(folder, "restore", str(next(copies.iterdir())))
        assert (refused.returncode, "End it first" in refused.stderr) == (1, True)
        unknown = history(folder, "export", str(tmp_path / "no.csv"), "--tag", "Nobody", "--from", "1h")
        assert (unknown.returncode, "Nobody" in unknown.stderr) == (1, True)
        part = tag.rpartition(" · ")[2].upper()
        alike = history(folder, "export", str(tmp_path / "no.csv"), "--tag", f"the {part}", "--from", "1h")
        assert (alike.returncode, "Do you mean" in alike.stderr) == (1, True), alike.stderr
        inside = history(folder, "backup", str(folder / "copies"))
        assert (inside.returncode, "inside the profile" in inside.stderr) == (1, True)
        dry = history(folder, "import", str(tmp_path / "beside.csv"), "--dry-run")
        assert (dry.returncode, f"readings of {tag}" in dry.stdout, "would be taken" in dry.stdout) == (0, True, True)
        assert json.loads(history(folder, "imports", "--json").stdout) == []
        assert history(folder, "import", str(tmp_path / "beside.csv")).returncode == 0
        (booked,) = json.loads(history(folder, "imports", "--json").stdout)
        assert booked["user"].startswith("command line")
        assert history(folder, "undo", str(booked["id"])).returncode == 0
    with (tmp_path / "beside.csv").open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    assert len(written) > 1
    assert {row[1] for row in written[1:]} == {tag}
    before = rows(folder)
    restored = history(folder, "restore", str(next(copies.iterdir())))
    assert (restored.returncode, "Restored" in restored.stderr) == (0, True), restored.stderr
    assert 0 < rows(folder) <= before
    again = history(folder, "import", str(tmp_path / "beside.csv"))
    assert again.returncode == 0, again.stderr
    assert "already" in again.stderr
    record = json.loads(history(folder, "imports", "--json").stdout)[0]
    assert history(folder, "undo", str(record["id"])).returncode == 0
    assert history(folder, "verify").returncode == 0
    assert history(folder, "seal").returncode == 0
    kept = history(folder, "retain", "--raw-days", "90")
    assert kept.returncode == 0, kept.stderr
    assert json.loads(history(folder, "status", "--json").stdout)["settings"]["raw_days"] == 90


def test_what_makes_no_sense_is_said(tmp_path: Path) -> None:
    for arguments, status, words in (
        (("export", "o.csv", "--tag", "x", "--from", "soon"), 2, "is no time"),
        (("export", "o.csv", "--tag", "x", "--from", "7d"), 1, "There is no profile in"),
        (("import", str(tmp_path / "gone.csv")), 1, "cannot be read"),
        (("export", "o.doc", "--tag", "x", "--from", "7d"), 1, "called x"),
        (("restore", str(tmp_path)), 1, ""),
        (("retain", "--raw-days", "0"), 1, "A whole number from 1"),
        (("fly",), 2, "invalid choice"),
    ):
        done = run_program("history", *arguments, *(("--profile", str(tmp_path / "p")) if status == 1 else ()))
        assert (done.returncode, words in done.stderr) == (status, True), done.stderr
        assert "Traceback" not in done.stderr
