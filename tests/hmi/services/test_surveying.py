"""What somebody should know of a file before it is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.config.history_settings import HistorySettings
from hmi.services.port.archive import ImportSurvey
from hmi.services.surveying import Bounds, survey
from hmi.storage.exchange.mapping import TimeFormat
from hmi.storage.exchange.sniffing import look_at
from hmi.storage.exchange.zones import Zone
from tests.hmi.storage.exchange.books import BOOK, FLOW, LEVEL, planned, write

NOW_US = 1_767_268_800_000_000  # 2026-01-01 12:00 UTC
KEPT = HistorySettings(raw_days=400, minute_days=365, hour_days=3650)


def surveyed(path: Path, settings: HistorySettings = KEPT, most: int = 0, **changes: object) -> ImportSurvey:
    plan = planned(path, **{"zone": Zone("UTC"), **changes})
    return survey(plan, look_at(path).header, BOOK, Bounds(NOW_US, settings), lambda _done, _total: None, most)


def test_it_counts_by_tag_and_takes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Flow,Level\n2026-01-01 10:00,1,2\n2026-01-01 11:00,x,3\n")
    found = surveyed(path)
    assert (found.readings, dict(found.by_tag), found.faults) == (3, {FLOW.index: 1, LEVEL.index: 2}, 1)
    assert (found.first_us, found.last_us) == (NOW_US - 7_200_000_000, NOW_US - 3_600_000_000)
    assert (found.warnings, found.is_whole) == ((), True)


def test_the_future_begins_a_day_ahead(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Flow\n2026-01-02 11:00,1\n2026-01-02 13:00,1\n2027-01-01 00:00,1\n")
    assert surveyed(path).warnings == ("2 readings lie in the future: look at the time format and the zone.",)


OLD = "2 readings are older than the 400 days that readings are kept; "


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("2024-11-01 00:00,1\n2024-11-02 00:00", "they will be kept as averages only."),
        ("2010-11-01 00:00,1\n2010-11-02 00:00", "they will not be kept at all."),
        (
            "2010-11-01 00:00,1\n2024-11-02 00:00",
            "1 of them will not be kept at all, the others as averages only.",
        ),
    ],
)
def test_what_is_too_old_to_stay_is_counted(tmp_path: Path, days: str, words: str) -> None:
    assert surveyed(write(tmp_path, f"time,Flow\n{days},1\n2025-12-01 00:00,1\n")).warnings == (OLD + words,)


def test_dates_that_nothing_decides_are_said_with_the_reading_chosen(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Flow\n03/04/2025 10:00,1\n05/04/2025 10:00,1\n")
    (warning,) = surveyed(path).warnings
    assert warning.startswith("Nothing tells whether day or month comes first in 2 dates. 03/04/2025 10:00 is read as ")
    assert "2025-04-03 (day first)" in warning
    assert "2025-03-04 (month first)" in surveyed(path, time_format=TimeFormat.MONTH_FIRST).warnings[0]


def test_a_date_that_decides_ends_the_doubt(tmp_path: Path) -> None:
    path = write(tmp_path, "time,Flow\n03/04/2025 10:00,1\n25/04/2025 10:00,1\n")
    assert surveyed(path).warnings == ()
    (contrary,) = surveyed(path, time_format=TimeFormat.MONTH_FIRST).warnings
    assert contrary == "1 dates make sense only with the day first: look at the time format."


def test_only_the_first_rows_are_read_when_that_is_asked_for(tmp_path: Path) -> None:
    rows = "".join(f"2026-01-01T00:00:00.{number:05d},1\n" for number in range(25_000))
    found = surveyed(write(tmp_path, "time,Flow\n" + rows), most=10_000)
    assert (found.readings, found.is_whole) == (10_000, False)
