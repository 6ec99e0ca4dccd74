"""Files that people really have: each good row is taken, each other told with its line and the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from drivers.api import Quality
from hmi.storage.errors import StorageError
from hmi.storage.exchange.mapping import NONE, ColumnUse, Form, QualityCode, TimeFormat, Twice
from hmi.storage.exchange.reading import check_plan, read_batches
from hmi.storage.exchange.row_errors import KEPT, RowErrors
from hmi.storage.exchange.sniffing import look_at
from hmi.storage.exchange.zones import Zone
from tests.hmi.storage.exchange.books import BOOK, planned, taken, write

NOON_US = 1_767_268_800_000_000  # 2026-01-01 12:00 UTC
GOOD, BAD = int(Quality.GOOD), int(Quality.BAD)
MADRID = Zone("Europe/Madrid")


def test_a_long_file_in_iso_times(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "time,tag,value,quality\n2026-01-01T12:00:00Z,Flow,1.5,good\n2026-01-01T13:00:00+01:00,hill · LEVEL,2,\n"
        "2026-01-01 12:00:01.25Z,Pump,Running,uncertain\n",
    )
    rows, errors = taken(planned(path))
    assert errors.kept == []
    assert sorted(rows) == [(1, NOON_US, 1.5, 0), (2, NOON_US, 2.0, 0), (3, NOON_US + 1_250_000, 1.0, 1)]


def test_a_wide_file_with_decimal_comma_and_units(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Fecha;Flow [l/s];Level (cm);Other\n01.01.2026 12:00;1,5;250;x\n01.01.2026 12:01;;251;x\n"
        "01.01.2026 12:02;1,7;;x\n",
    )
    plan = planned(path, zone=Zone("UTC"))
    assert (plan.form, plan.time_format, plan.decimal, plan.separator) == (Form.WIDE, TimeFormat.DAY_FIRST, ",", ";")
    rows, errors = taken(plan)
    assert errors.kept == []
    assert [(tag, (at - NOON_US) // 60_000_000, round(value, 6)) for tag, at, value, _ in sorted(rows)] == [
        (1, 0, 5.4),
        (1, 2, 6.12),
        (2, 0, 2.5),
        (2, 1, 2.51),
    ]


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("1767268800", TimeFormat.EPOCH_S),
        ("1767268800000", TimeFormat.EPOCH_MS),
        ("1767268800000000", TimeFormat.EPOCH_US),
        ("2026-01-01 12:00", TimeFormat.ISO),
        ("2026-1-1 12:00", TimeFormat.ISO),
        ("2026/01/01 12:00:00", TimeFormat.ISO),
        ("31/12/2025 12:00:00", TimeFormat.DAY_FIRST),
        ("12/31/2025 12:00 PM", TimeFormat.MONTH_FIRST),
    ],
)
def test_time_formats_are_found_out(tmp_path: Path, cell: str, form: TimeFormat) -> None:
    path = write(tmp_path, f"time,Flow\n{cell},1\n")
    plan = planned(path, zone=Zone("UTC"))
    assert plan.time_format is form
    ((_, at, _, _),), errors = taken(plan)
    assert errors.kept == []
    assert at in (NOON_US, NOON_US - 86_400_000_000)


def test_clock_times_that_exist_twice_or_never_are_told(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "time,Flow\n2026-10-25 01:59:00,1\n2026-10-25 02:30:00,2\n2026-10-25 03:00:00,3\n2026-03-29 02:30:00,4\n",
    )
    rows, errors = taken(planned(path, zone=MADRID))
    assert [value for _, _, value, _ in rows] == [1.0, 3.0]
    assert [(error.line, error.column) for error in errors.kept] == [(3, "time"), (5, "time")]
    assert "twice" in errors.kept[0].reason
    assert "never" in errors.kept[1].reason
    first = {value: at for _, at, value, _ in taken(planned(path, zone=MADRID, twice=Twice.FIRST))[0]}
    second = {value: at for _, at, value, _ in taken(planned(path, zone=MADRID, twice=Twice.SECOND))[0]}
    assert second[2.0] - first[2.0] == 3_600_000_000
    assert first[3.0] == second[3.0] == 1_792_893_600_000_000


def test_the_hour_that_exists_twice_needs_no_word_when_the_offset_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Flow\n2026-10-25T02:30:00+02:00,1\n2026-10-25T02:30:00+01:00,2\n")
    rows, errors = taken(planned(path, zone=MADRID))
    assert errors.kept == []
    assert rows[1][1] - rows[0][1] == 3_600_000_000


def test_each_fault_has_line_column_and_reason_and_good_rows_stay(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "time,tag,value\n"
        "2026-01-01T12:00:00Z,Flow,abc\n"
        "yesterday,Flow,1\n"
        "2026-01-01T12:00:00Z,Nobody,1\n"
        "2026-01-01T12:00:00Z,Flow\n"
        "\n"
        '2026-01-01T12:00:00Z,Flow,"1\n2"\n'
        "2026-01-01T12:00:00Z,Flow,7\n"
        ",Flow,7\n"
        "1066-01-01T12:00:00Z,Flow,7\n",
    )
    rows, errors = taken(planned(path))
    assert rows == [(1, NOON_US, 7.0, GOOD)]
    told = [(error.line, error.column, error.reason.split(" ")[0], error.text) for error in errors.kept]
    assert sorted(told) == [
        (2, "value", "This", "abc"),
        (3, "time", "This", "yesterday"),
        (4, "tag", "There", "Nobody"),
        (5, "", "The", "2026-01-01T12:00:00Z,Flow"),
        (7, "value", "This", "1\n2"),
        (10, "time", "The", ""),
        (11, "time", "This", "1066-01-01T12:00:00Z"),
    ]


def test_an_unclosed_quotation_mark_swallows_no_file(tmp_path: Path) -> None:
    body = "".join(f"2026-01-01T12:00:00.{number:04d}Z,Flow,{number}\n" for number in range(10_000))
    path = write(tmp_path, 'time,tag,value\n2026-01-01T12:00:00Z,"Flow,1\n' + body)
    rows, errors = taken(planned(path), block_rows=500)
    assert len(rows) > 4_000
    assert errors.total >= 1
    assert any("quotation" in error.reason for error in errors.kept)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_found_out(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "Zeit;Hill · Flow [m³/h];Ärger\n2026-01-01T12:00:00Z;1,5;\n".encode(encoding))
    look = look_at(path)
    assert look.header[1:] == ("Hill · Flow [m³/h]", "Ärger")
    rows, errors = taken(planned(path))
    assert (rows, errors.kept) == ([(1, NOON_US, 1.5, GOOD)], [])


def test_a_line_in_another_encoding_is_listed(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "time;tag;value\n2026-01-01T12:00:00Z;Hill · Flow;1\n".encode()
        + "2026-01-01T12:00:01Z;Hill · Flow;2\n".encode("cp1252")
        + "2026-01-01T12:00:02Z;Hill · Flow;3\n".encode(),
    )
    rows, errors = taken(planned(path))
    assert [value for _, _, value, _ in rows] == [1.0, 3.0]
    ((line, reason),) = [(error.line, error.reason) for error in errors.kept]
    assert line == 3
    assert "utf-8" in reason


def test_numbers_as_people_write_them(tmp_path: Path) -> None:
    cells = ["1.234,5", "1 234,5", "-0,5", "1e3", "NaN", "-", "1.5", "1_000", "inf"]
    body = "".join(f"2026-01-01T12:00:0{number}Z;{cell}\n" for number, cell in enumerate(cells))
    path = write(tmp_path, "time;Flow\n" + body)
    rows, errors = taken(planned(path, decimal=","))
    values = [value for _, _, value, _ in rows]
    assert values == [1234.5, 1234.5, -0.5, 1000.0, None, None]
    assert [quality for *_, quality in rows] == [GOOD] * 4 + [BAD] * 2
    assert [error.text for error in errors.kept] == ["1.5", "1_000", "inf"]
    assert "point" in errors.kept[0].reason


def test_texts_and_words_for_states(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Mode,Pump\n2026-01-01T12:00:00Z,Auto,stopped\n2026-01-01T12:00:01Z,Hand,true\n")
    rows, errors = taken(planned(path))
    assert errors.kept == []
    assert [(tag, value) for tag, _, value, _ in sorted(rows, key=lambda row: row[:2])] == [
        (3, 0.0),
        (3, 1.0),
        (4, None),
        (4, None),
    ]


@pytest.mark.parametrize(
    ("code", "cell", "quality"),
    [
        (QualityCode.OPC_DA, "192", Quality.GOOD),
        (QualityCode.OPC_DA, "64", Quality.UNCERTAIN),
        (QualityCode.OPC_DA, "24", Quality.BAD),
        (QualityCode.OPC_UA, "0", Quality.GOOD),
        (QualityCode.OPC_UA, "0x80000000", Quality.BAD),
        (QualityCode.WORDS, "Bad", Quality.BAD),
    ],
)
def test_qualities(tmp_path: Path, code: QualityCode, cell: str, quality: Quality) -> None:
    path = write(tmp_path, f"time,tag,value,quality\n2026-01-01T12:00:00Z,Flow,1,{cell}\n")
    ((_, _, _, found),), errors = taken(planned(path, quality_code=code))
    assert (found, errors.kept) == (quality, [])


def test_a_quality_that_is_none_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "time,tag,value,quality\n2026-01-01T12:00:00Z,Flow,1,splendid\n")
    rows, errors = taken(planned(path))
    assert (rows, errors.kept[0].column) == ([], "quality")


def test_units_by_row_and_a_unit_that_fits_no_tag(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "time,tag,value,unit\n2026-01-01T12:00:00Z,Flow,1,l/s\n2026-01-01T12:00:01Z,Flow,1,m3/h\n"
        "2026-01-01T12:00:02Z,Flow,1,bar\n",
    )
    rows, errors = taken(planned(path))
    assert [round(value, 6) for _, _, value, _ in sorted(rows, key=lambda row: row[1])] == [3.6, 1.0]
    assert (errors.kept[0].line, errors.kept[0].column) == (4, "unit")
    wide = write(tmp_path, "time,Flow [bar]\n2026-01-01T12:00:00Z,1\n", "wide.csv")
    with pytest.raises(StorageError, match="bar cannot become m³/h"):
        taken(planned(wide))


def test_scale_and_offset_come_after_the_unit(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Flow\n2026-01-01T12:00:00Z,2\n")
    use = ColumnUse(1, 1, "l/s", 10, 1)
    ((_, _, value, _),), _ = taken(planned(path, columns=(use,)))
    assert value == pytest.approx(73.0)


def test_parquet_of_any_time_type(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    duckdb.execute(
        f"""COPY (SELECT TIMESTAMPTZ '2026-01-01 12:00:00+00' + to_seconds(range) AS time, 'Flow' AS tag,
            CASE WHEN range = 1 THEN NULL ELSE range / 2 END AS value FROM range(5)) TO '{path}' (FORMAT parquet)"""
    )
    rows, errors = taken(planned(path))
    assert errors.kept == []
    assert rows == [
        (1, NOON_US + second * 1_000_000, None if second == 1 else second / 2, BAD if second == 1 else GOOD)
        for second in range(5)
    ]


def test_what_is_no_file_of_readings_is_said(tmp_path: Path) -> None:
    for name, content, words in (
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n", "no lines"),
        ("not.parquet", b"time,tag\n", "not a Parquet file"),
        ("cut.parquet", b"PAR1" + bytes(100), "not a Parquet file"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\0\0\0\0\0", "no lines"),
    ):
        with pytest.raises(StorageError, match=words):
            look_at(write(tmp_path, content, name))
    with pytest.raises(StorageError, match="cannot be read"):
        look_at(tmp_path / "gone.csv")


def test_a_wrong_separator_is_said_by_the_plan(tmp_path: Path) -> None:
    path = write(tmp_path, "time;tag;value\n2026-01-01T12:00:00Z;Flow;1\n")
    look = look_at(path, separator=",")
    assert look.header == ("time;tag;value",)
    plan = planned(path)
    with pytest.raises(StorageError, match="Choose"):
        check_plan(replace(plan, separator=","), look.header, BOOK)


def test_a_plan_without_a_tag_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "time,value\n2026-01-01T12:00:00Z,1\n")
    plan = planned(path)
    assert plan.tag_column == NONE
    with pytest.raises(StorageError, match="the tag that all rows are of"):
        taken(plan)
    assert taken(replace(plan, tag=2))[0] == [(2, NOON_US, 1.0, GOOD)]


def test_faults_are_all_counted_and_the_first_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Flow\n" + "never,1\n" * (KEPT + 500))
    _, errors = taken(planned(path, time_column=0, columns=(ColumnUse(1, 1),), form=Form.WIDE), block_rows=400)
    assert (errors.total, len(errors.kept), errors.kept[-1].line) == (KEPT + 500, KEPT, KEPT + 1)


def test_a_file_without_a_header(tmp_path: Path) -> None:
    path = write(tmp_path, "2026-01-01T12:00:00Z;1.5\n2026-01-01T12:00:01Z;2.5\n")
    look = look_at(path)
    assert (look.has_header, look.header) == (False, ("Column 1", "Column 2"))
    rows, _ = taken(planned(path, form=Form.WIDE, columns=(ColumnUse(1, 1),)))
    assert [value for _, _, value, _ in rows] == [1.5, 2.5]


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Flow\n" + "2026-01-01T12:00:00Z,1\n" * 5_000)
    told: list[tuple[int, int]] = []
    plan = planned(path)
    batches = read_batches(plan, ("time", "Flow"), BOOK, RowErrors(), lambda *done: told.append(done), 500)
    assert sum(len(batch) for batch in batches) == 5_000
    size = path.stat().st_size
    assert told == sorted(told)
    assert (len(told), told[-1]) == (11, (size, size))
    assert np.all(np.array(told)[:, 1] == size)
