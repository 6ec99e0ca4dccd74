"""What Qt says is in the log; what it calls fatal is in a crash file, and told at the next start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning

from hmi.app.qt_messages import leave_qt_messages, take_qt_messages
from hmi.config.crashes import crashes_in, read_crash
from tests.conftest import Warnings
from tests.support.whole_program import ROOT

FATAL = """
import sys
from pathlib import Path
from PySide6.QtCore import qFatal
from hmi.app.qt_messages import take_qt_messages
take_qt_messages(Path(sys.argv[1]))
qFatal("no platform")
"""


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[Path]:
    take_qt_messages(tmp_path)
    yield tmp_path
    leave_qt_messages()


def test_a_warning_is_in_the_log_and_makes_no_crash_file(
    taken: Path, log_warnings: Warnings, capsys: pytest.CaptureFixture[str]
) -> None:
    qWarning("a pixmap is empty")
    assert "text=a pixmap is empty" in log_warnings.take("Qt")[0]
    assert "a pixmap is empty" in capsys.readouterr().err
    assert crashes_in(taken) == []


def test_what_is_fatal_leaves_a_crash_file(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FATAL, str(tmp_path)], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert done.returncode != 0
    (found,) = crashes_in(tmp_path)
    assert found.kind == "qt"
    assert "qFatal" in read_crash(tmp_path, found.name)
