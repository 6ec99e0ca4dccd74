"""The log read from its end: order, filters, rubbish, rotation, bounds."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

from hmi.config.log_tail import BLOCK_BYTES, LINE_BYTES, lines_backwards, parse, stamp_of, tail


def line(number: int, level: str = "info", **facts: object) -> str:
    return json.dumps({"event": f"line {number}", "level": level, "timestamp": "2026-01-02T03:04:05Z", **facts}) + "\n"


def events(folder: Path, limit: int = 100, level: str = "", text: str = "", most: int = 10**9) -> list[str]:
    return [each.event for each in tail(folder, limit, level, text, most).lines]


def test_the_newest_lines_come_first_over_many_blocks_and_files(tmp_path: Path) -> None:
    for name, first in (("roams.log", 4000), ("roams.log.1", 2000), ("roams.log.2", 0)):
        (tmp_path / name).write_text("".join(line(number) for number in range(first, first + 2000)))
    assert (tmp_path / "roams.log").stat().st_size > 2 * BLOCK_BYTES
    assert events(tmp_path, 10_000) == [f"line {number}" for number in reversed(range(6000))]
    found = tail(tmp_path, 3)
    assert [each.event for each in found.lines] == ["line 5999", "line 5998", "line 5997"]
    assert not found.is_whole


def test_levels_and_words_are_looked_for(tmp_path: Path) -> None:
    rows = [line(1, "info", who="Ångström"), line(2, "warning"), line(3, "error"), line(4, "critical"), "rubbish\n"]
    (tmp_path / "roams.log").write_text("".join(rows), encoding="utf-8")
    assert events(tmp_path, level="warning") == ["line 4", "line 3", "line 2"]
    assert events(tmp_path, text="LINE 3") == ["line 3"]
    assert events(tmp_path)[0] == "rubbish"


def test_rubbish_is_shown_as_it_is_and_never_fails(tmp_path: Path) -> None:
    rubbish = [
        b"\xff\xfe\x00",
        b"{",
        b"[1, 2]",
        b'{"no": "event"}',
        b"[" * 100_000,
        b'{"event": {"a": 1}, "level": 7}',
        b"",
    ]
    (tmp_path / "roams.log").write_bytes(b"\n".join(rubbish) + b"\n" + line(1).encode() + b'{"event": "cut in ha')
    found = tail(tmp_path, 100)
    assert [each.event for each in found.lines][:3] == ['{"event": "cut in ha', "line 1", '{"a": 1}']
    assert all(len(each.raw) <= LINE_BYTES for each in found.lines)
    assert {each.level for each in found.lines} == {"", "info"}


def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    (tmp_path / "roams.log").write_bytes(b"a\n" + b"x" * (5 * BLOCK_BYTES) + b"\nb\n")
    assert [len(each) for each in lines_backwards(tmp_path / "roams.log")] == [1, LINE_BYTES, 1]


def test_only_so_much_is_looked_through(tmp_path: Path) -> None:
    (tmp_path / "roams.log").write_text("".join(line(number) for number in range(5000)))
    found = tail(tmp_path, 100, text='line 1"', most_bytes=100_000)
    assert found.lines == ()
    assert not found.is_whole
    assert tail(tmp_path, 100, text='line 1"').lines[0].event == "line 1"


def test_a_file_that_rotates_away_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "roams.log"
    path.write_text("".join(line(number) for number in range(5000)))
    reading = lines_backwards(path)
    assert json.loads(next(reading))["event"] == "line 4999"
    before = stamp_of(tmp_path)
    path.rename(tmp_path / "roams.log.1")
    path.write_text(line(5000))
    assert json.loads(list(reading)[-1])["event"] == "line 0"
    assert stamp_of(tmp_path) != before
    assert events(tmp_path, 2) == ["line 5000", "line 4999"]
    assert events(tmp_path / "no folder") == []


def test_a_line_tells_its_facts_and_its_trace_last() -> None:
    found = parse(line(1, "error", logger="a.b", exception="Traceback", connection="North").encode())
    assert (found.level, found.logger, found.at_us) == ("error", "a.b", 1767323045000000)
    assert found.facts == (("connection", "North"), ("exception", "Traceback"))


def test_a_file_without_any_line_is_read_in_bounded_memory(tmp_path: Path) -> None:
    (tmp_path / "roams.log").write_bytes(b"x" * 8_000_000)
    tracemalloc.start()
    found = list(lines_backwards(tmp_path / "roams.log"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [len(each) for each in found] == [LINE_BYTES]
    assert most < 10 * BLOCK_BYTES
