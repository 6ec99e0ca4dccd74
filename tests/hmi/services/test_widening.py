"""One column a tag, and digits that are worth something."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.api import Batch, Quality
from hmi.services import port, widening
from hmi.services.port.frames import JobState
from hmi.services.services import Services
from hmi.services.widening import joined, rounded
from hmi.storage.exchange.sheet import ExportFormat, Rows
from tests.support.archives import BEGIN_US, SECOND_US, level_index, running_services
from tests.support.waiting import until

HOUR_US = 3_600 * SECOND_US
NAN = float("nan")


def at(*seconds: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([BEGIN_US + second * SECOND_US for second in seconds], np.int64)


def test_times_are_joined_and_cells_stay_empty_where_there_is_nothing() -> None:
    found = joined([(at(0, 2, 3), np.array([1.0, 2.0, NAN])), (at(1, 2), np.array([5.0, 6.0]))])
    assert found.time_us.tolist() == at(0, 1, 2).tolist(), "a time without any number is no row"
    assert [[None if np.isnan(cell) else cell for cell in column.tolist()] for column in found.numbers] == [
        [1.0, None, 2.0],
        [None, 5.0, 6.0],
    ]


def test_numbers_have_the_tags_digits_and_three_more() -> None:
    values = np.array([0.1 + 0.2, 1 / 3, NAN, 1e15 + 0.3, -2 / 3])
    rows = Rows(at(*range(5)), np.array([0, 1, 0, 0, 1], np.int32), (values,), np.zeros(5, np.uint16))
    found = rounded(rows, [1, 0], is_wide=False).numbers[0]
    assert [None if np.isnan(value) else value for value in found.tolist()] == [0.3, 0.333, None, 1e15 + 0.3, -0.667]
    wide = rounded(Rows(at(0), np.zeros(1, np.int32), (np.array([1 / 3]), np.array([2 / 3]))), [0, 2], is_wide=True)
    assert [column.tolist() for column in wide.numbers] == [[0.333], [0.66667]]


async def fill(services: Services) -> tuple[int, int]:
    """Record the level every 2 s and the pump's state every 3 s, one of them not to be trusted; return both tags."""
    level = level_index(services)
    pump = next(tag.index for tag in services._catalogue.tags if tag.name == "Pump 1 running")
    history = services.history
    history.append_all(Batch.of([level] * 3, [1 / 3, 1.0, 2.0], at(0, 2, 4)))
    quality = [Quality.GOOD, Quality.BAD, Quality.GOOD]
    history.append_all(Batch.of([pump] * 3, [1, 0, 1], at(0, 3, 6), quality=quality))
    await until(lambda: history.figures().stored >= 6, 20)
    return level, pump


async def exported(services: Services, path: Path, **changes: object) -> list[list[str]]:
    tags = await fill(services) if services.history.figures().stored < 6 else changes.pop("tags")
    order = port.StartExport(tags, BEGIN_US, BEGIN_US + HOUR_US, path, ExportFormat.CSV, is_wide=True)  # type: ignore[arg-type]
    ended = await services.jobs.wait(await services.handle(replace(order, **changes)))  # type: ignore[arg-type]
    assert ended is not None
    assert ended.state is JobState.DONE, ended.detail
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.asyncio
@pytest.mark.parametrize("most", [1, 400_000])
async def test_a_csv_with_a_column_a_tag_comes_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(widening, "MOST", most)
    path = tmp_path / "out.csv"
    async with running_services(tmp_path / "profile") as services:
        found = await exported(services, path)
        assert found[0] == ["time", "Hill borehole · Tank level [m]", "Hill borehole · Pump 1 running"]
        assert [(row[0][17:19], *row[1:]) for row in found[1:]] == [
            ("00", "0.3333", "1.0"),
            ("02", "1.0", ""),
            ("04", "2.0", ""),
            ("06", "", "1.0"),
        ]
        preview = await services.handle(port.PreviewImport(path))
        assert (preview.problem, preview.errors, len(preview.plan.columns)) == ("", (), 2)


@pytest.mark.asyncio
async def test_all_digits_and_averages(tmp_path: Path) -> None:
    async with running_services(tmp_path / "profile") as services:
        full = await exported(services, tmp_path / "full.csv", is_full=True)
        assert full[1][1] == repr(1 / 3)
        tags = tuple(tag.index for tag in services._catalogue.tags if tag.name in ("Tank level", "Pump 1 running"))
        averages = await exported(services, tmp_path / "mean.csv", tags=tags, width_us=60 * SECOND_US)
        assert len(averages) == 2
        by_name = dict(zip(averages[0], averages[1], strict=True))
        assert by_name["Hill borehole · Tank level [m]"] == "1.1111"
        assert by_name["Hill borehole · Pump 1 running"] == "1.0"


@pytest.mark.asyncio
async def test_a_spreadsheet_has_the_same_columns(tmp_path: Path) -> None:
    async with running_services(tmp_path / "profile") as services:
        tags = await fill(services)
        path = tmp_path / "out.xlsx"
        order = port.StartExport(tags, BEGIN_US, BEGIN_US + HOUR_US, path, ExportFormat.XLSX, is_wide=True)
        ended = await services.jobs.wait(await services.handle(order))
        assert ended is not None
        assert ended.detail.startswith("4 rows")
        with pytest.raises(port.RefusedError, match="CSV and XLSX only"):
            await services.handle(replace(order, format=ExportFormat.JSON))
    page = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    second = page[page.index('<row r="2"') : page.index('<row r="3"')]
    assert re.findall(r'<c r="([A-Z]+)2".*?<v>(.*?)</v>', second)[1:] == [("B", "0.3333"), ("C", "1")]
