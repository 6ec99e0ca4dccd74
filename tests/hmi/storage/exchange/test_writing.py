"""Exported files: read back by other readers, whole or not there at all."""

from __future__ import annotations

import csv
import itertools
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from drivers.api import Batch, Quality
from hmi.storage.errors import StorageError
from hmi.storage.exchange.sheet import ExportFormat, ExportTag, Rows, Sheet
from hmi.storage.exchange.writing import write_file
from hmi.storage.exchange.xlsx_writer import XlsxWriter
from hmi.storage.exchange.zones import Zone

LEVEL = ExportTag(7, 'Hill · "Level", tank', "m³")
FLOW = ExportTag(3, "Hill · Flow", "l/s")
STATE = ExportTag(9, "Hill · State", "")
AUTUMN_US = 1_792_886_400_000_000  # 2026-10-25 00:00 UTC, an hour before Madrid's clocks go back
EVER = itertools.repeat(None)


def rows(*tags: ExportTag) -> Rows:
    batch = Batch.of(
        [tag.index for tag in tags],
        [1.5 + row for row in range(len(tags))],
        [AUTUMN_US + row * 3_600_000_000 for row in range(len(tags))],
    )
    return Rows.of_readings(batch, tags)


def bad_row(tag: ExportTag) -> Rows:
    batch = Batch.of([tag.index], [np.nan], [AUTUMN_US + 250_000], quality=Quality.NOT_CONNECTED | 1 << 8)
    return Rows.of_readings(batch, [tag])


def test_csv_has_time_tag_value_and_quality(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    sheet = Sheet((LEVEL,))
    assert write_file(path, ExportFormat.CSV, sheet, [rows(LEVEL), bad_row(LEVEL)], EVER) == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.reader(file))
    assert found == [
        ["time", "tag", "value [m³]", "quality"],
        ["2026-10-25T00:00:00Z", LEVEL.name, "1.5", "good"],
        ["2026-10-25T00:00:00.250000Z", LEVEL.name, "", "not_connected"],
    ]


def test_csv_says_units_by_row_when_they_differ_and_the_offset_of_each_time(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    sheet = Sheet((FLOW, LEVEL), zone=Zone("Europe/Madrid"), separator=";", decimal=",")
    write_file(path, ExportFormat.CSV, sheet, [rows(FLOW, LEVEL)], EVER)
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.reader(file, delimiter=";"))
    assert found == [
        ["time", "tag", "value", "unit", "quality"],
        ["2026-10-25T02:00:00+02:00", FLOW.name, "1,5", "l/s", "good"],
        ["2026-10-25T02:00:00+01:00", LEVEL.name, "2,5", "m³", "good"],
    ]


def test_texts_go_out_as_they_are(tmp_path: Path) -> None:
    batch = Batch.of([9, 9], np.nan, [AUTUMN_US, AUTUMN_US + 1], texts={1: 'a "b", c'})
    chunk = Rows.of_readings(batch, [STATE])
    write_file(tmp_path / "out.csv", ExportFormat.CSV, Sheet((STATE,)), [chunk], EVER)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[2] for row in csv.reader(file)] == ["value", "", 'a "b", c']
    write_file(tmp_path / "out.jsonl", ExportFormat.JSON_LINES, Sheet((STATE,)), [chunk], EVER)
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["value"] for line in lines] == [None, 'a "b", c']
    write_file(tmp_path / "out.parquet", ExportFormat.PARQUET, Sheet((STATE,)), [chunk], EVER)
    assert duckdb.execute("SELECT text FROM read_parquet($1)", [f"{tmp_path}/out.parquet"]).fetchall() == [
        (None,),
        ('a "b", c',),
    ]


@pytest.mark.parametrize("form", [ExportFormat.JSON, ExportFormat.JSON_LINES])
def test_json_can_be_read(tmp_path: Path, form: ExportFormat) -> None:
    path = tmp_path / "out.json"
    write_file(path, form, Sheet((LEVEL, FLOW)), [rows(FLOW), rows(LEVEL), bad_row(LEVEL)][1:], EVER)
    text = path.read_text(encoding="utf-8")
    found = json.loads(text) if form is ExportFormat.JSON else [json.loads(line) for line in text.splitlines()]
    first = {"time": "2026-10-25T00:00:00Z", "tag": LEVEL.name, "value": 1.5, "unit": "m³", "quality": "good"}
    assert found[0] == first
    assert (found[1]["value"], found[1]["quality"]) == (None, "not_connected")


def test_parquet_keeps_times_numbers_and_order(tmp_path: Path) -> None:
    path = tmp_path / "o'ut.parquet"
    many = Rows.of_readings(Batch.of([7] * 200_000, np.arange(200_000), AUTUMN_US + np.arange(200_000)), [LEVEL])
    assert write_file(path, ExportFormat.PARQUET, Sheet((LEVEL,)), [many, bad_row(LEVEL)], EVER) == 200_001
    assert list(tmp_path.iterdir()) == [path]
    described = duckdb.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(path)]).fetchall()
    assert [row[:2] for row in described] == [
        ("time", "TIMESTAMP WITH TIME ZONE"),
        ("tag", "VARCHAR"),
        ("value [m³]", "DOUBLE"),
        ("quality", "VARCHAR"),
        ("text", "VARCHAR"),
    ]
    found = duckdb.execute('SELECT epoch_us("time"), "value [m³]", quality FROM read_parquet($1)', [str(path)])
    whole = found.fetchall()
    assert whole[:2] == [(AUTUMN_US, 0.0, "good"), (AUTUMN_US + 1, 1.0, "good")]
    assert whole[-1] == (AUTUMN_US + 250_000, None, "not_connected")
    assert [row[1] for row in whole[:-1]] == list(range(200_000))


def aggregated(tag: ExportTag) -> Rows:
    numbers = tuple(np.array([float(number), np.nan]) for number in range(5))
    counts = (np.array([60, 0]), np.array([1, 0]))
    return Rows(np.array([AUTUMN_US, AUTUMN_US + 60_000_000]), np.zeros(2, np.int32), numbers, counts=counts)


@pytest.mark.parametrize("form", list(ExportFormat))
def test_aggregates_have_all_their_columns(tmp_path: Path, form: ExportFormat) -> None:
    path, sheet = tmp_path / "out", Sheet((FLOW,), is_raw=False)
    assert write_file(path, form, sheet, [aggregated(FLOW)], EVER) == 2
    header = ["time", "tag", "low [l/s]", "high [l/s]", "mean [l/s]", "first [l/s]", "last [l/s]", "count", "bad"]
    assert list(sheet.header) == header
    if form is ExportFormat.CSV:
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert list(csv.reader(file)) == [
                header,
                ["2026-10-25T00:00:00Z", FLOW.name, "0.0", "1.0", "2.0", "3.0", "4.0", "60", "1"],
                ["2026-10-25T00:01:00Z", FLOW.name, "", "", "", "", "", "0", "0"],
            ]
    elif form is ExportFormat.JSON:
        assert json.loads(path.read_text(encoding="utf-8"))[0]["bad"] == 1
    elif form is ExportFormat.PARQUET:
        assert duckdb.execute("SELECT * EXCLUDE time FROM read_parquet($1)", [str(path)]).fetchall()[0] == (
            FLOW.name,
            *(0.0, 1.0, 2.0, 3.0, 4.0),
            *(60, 1),
        )


def test_xlsx_goes_on_in_further_sheets(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    writer = XlsxWriter(path, Sheet((LEVEL, FLOW), zone=Zone("Europe/Madrid")), sheet_rows=3)
    for _ in range(5):
        writer.write(rows(LEVEL))
    writer.finish(EVER)
    writer.close()
    assert list(tmp_path.iterdir()) == [path]
    with zipfile.ZipFile(path) as book:
        pages = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        assert [book.read(page).count(b"<row ") for page in pages] == [3, 3, 2]
        first = book.read(pages[0]).decode()
        assert "Europe/Madrid" in first
        assert "+02:00" in first


def test_a_cancelled_export_leaves_nothing(tmp_path: Path) -> None:
    def chunks() -> Iterator[Rows]:
        yield rows(LEVEL)
        raise KeyboardInterrupt

    for form in ExportFormat:
        with pytest.raises(KeyboardInterrupt):
            write_file(tmp_path / "out", form, Sheet((LEVEL,)), chunks(), EVER)
        assert list(tmp_path.iterdir()) == []


def test_a_cancel_at_the_very_end_is_heard(tmp_path: Path) -> None:
    def alive() -> Iterator[None]:
        raise KeyboardInterrupt
        yield

    for form in ExportFormat:
        with pytest.raises(KeyboardInterrupt):
            write_file(tmp_path / "out", form, Sheet((LEVEL,)), [rows(LEVEL)], alive())
        assert list(tmp_path.iterdir()) == []


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def chunks() -> Iterator[Rows]:
        assert path.read_text() == "old"
        yield rows(LEVEL)

    write_file(path, ExportFormat.CSV, Sheet((LEVEL,)), chunks(), EVER)
    assert "Level" in path.read_text()


@pytest.mark.parametrize("form", list(ExportFormat))
def test_a_folder_that_is_not_there_is_said(tmp_path: Path, form: ExportFormat) -> None:
    with pytest.raises(StorageError, match="no folder"):
        write_file(tmp_path / "no" / "out", form, Sheet((LEVEL,)), [rows(LEVEL)], EVER)


@pytest.mark.skipif(not Path("/dev/full").exists() or os.name != "posix", reason="needs /dev/full")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    (tmp_path / "out.csv.part").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="disk is full"):
        write_file(path, ExportFormat.CSV, Sheet((LEVEL,)), [rows(LEVEL)] * 5_000, EVER)
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a bound on the size of files is the system's")
@pytest.mark.parametrize("form", list(ExportFormat))
def test_a_disk_that_fills_on_the_way_is_said_and_nothing_stays(tmp_path: Path, form: ExportFormat) -> None:
    import resource

    times = AUTUMN_US + np.arange(100_000) * 1_000_003
    values = np.random.default_rng(1).random(100_000)
    chunk = Rows.of_readings(Batch.of(np.full(100_000, LEVEL.index), values, times), [LEVEL])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(StorageError, match="disk is full"):
            write_file(tmp_path / "out", form, Sheet((LEVEL,)), [chunk], EVER)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_said() -> None:
    folder = Path("/proc" if os.geteuid() == 0 else "/")
    with pytest.raises(StorageError, match="cannot be written"):
        write_file(folder / "out.csv", ExportFormat.CSV, Sheet((LEVEL,)), [rows(LEVEL)], EVER)
