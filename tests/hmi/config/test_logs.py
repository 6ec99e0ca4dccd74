"""The log as a run writes it: JSON lines, repeats counted, secrets blotted out, lines lost said."""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
from pathlib import Path
from typing import Any

from hmi.config.log_repeats import LINES
from hmi.config.logs import _DroppingQueueHandler
from tests.support.whole_program import ROOT

RUN = """
import logging, sys
from pathlib import Path
import structlog
from hmi.config.logs import start_logging, withheld
start_logging(Path(sys.argv[1]))
log = structlog.get_logger("plant")
for number in range(1000):
    log.warning("no answer", connection="North", attempt=number)
    logging.getLogger("library").error("timeout %d", number)
log.warning("no answer", connection="South", attempt=1, db_password="Kanarienvogel")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")
print(withheld())
"""


def run(folder: Path) -> tuple[list[dict[str, Any]], int]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert not done.stderr
    text = (folder / "roams.log").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()], int(done.stdout)


def test_what_repeats_is_written_a_few_times_and_its_count_at_the_end(tmp_path: Path) -> None:
    lines, withheld = run(tmp_path)
    north = [each for each in lines if each.get("connection") == "North"]
    assert [each["attempt"] for each in north] == list(range(LINES))
    assert sum(each["event"].startswith("timeout") for each in lines) == LINES
    assert withheld == 2 * (1000 - LINES)
    said = {each["logger"]: each for each in lines if "more lines like" in each["event"]}
    assert said["plant"]["event"] == f"{1000 - LINES} more lines like: no answer connection=North attempt=#"
    assert said["library"]["level"] == "error"
    (south,) = [each for each in lines if each.get("connection") == "South"]
    assert south["db_password"] == "•••"
    (failed,) = [each for each in lines if each["event"] == "failed"]
    assert "ZeroDivisionError" in failed["exception"]


def test_lines_that_nobody_could_take_are_counted_and_said() -> None:
    lines: queue.Queue[logging.LogRecord] = queue.Queue(2)
    handler = _DroppingQueueHandler(lines)
    for number in range(5):
        handler.enqueue(logging.LogRecord("x", logging.INFO, "", 0, f"line {number}", (), None))
    assert [lines.get_nowait().getMessage() for _ in range(2)] == ["line 0", "line 1"]
    handler.enqueue(logging.LogRecord("x", logging.INFO, "", 0, "line 5", (), None))
    said = [lines.get_nowait().getMessage() for _ in range(2)]
    assert said == ["3 lines were lost: more came than could be written", "line 5"]
