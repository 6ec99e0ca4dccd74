"""The history's settings: described once, checked field by field, kept in roams.db."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from hmi.config.history_settings import GB, KEY, HistorySettings, check, describe
from hmi.config.kept_settings import load_kept, save_kept
from hmi.storage.errors import StorageError
from hmi.storage.local.database import open_database


def test_every_field_has_words_a_unit_and_a_range() -> None:
    for field in describe():
        assert field.label
        assert field.help
        assert field.unit in ("days", "GB")
        assert field.low < field.high
    assert [field.name for field in describe()] == list(HistorySettings.model_fields)


def test_faults_are_told_by_field() -> None:
    settings, faults = check({"raw_days": 0, "minute_days": 1.5, "hour_days": 10, "most_gb": "much"})
    assert settings is None
    assert faults == {
        "raw_days": "A whole number from 1 to 36,500.",
        "minute_days": "A whole number from 1 to 36,500.",
        "most_gb": "A number from 0 to 1,000,000.",
    }
    assert check({"unknown": 1})[1] == {"unknown": "This setting is not known."}


@pytest.mark.parametrize(
    ("most_gb", "free_gb", "used", "free", "wanted"),
    [
        (0, 2, 10 * GB, 100 * GB, 0),
        (5, 2, 10 * GB, 100 * GB, 5 * GB),
        (0, 2, 10 * GB, 1 * GB, 9 * GB),
        (5, 2, 10 * GB, 1 * GB, 5 * GB),
        (0, 20, 1 * GB, 0, GB // 2),
    ],
)
def test_the_policy_bounds_the_files_by_both_wishes(
    most_gb: float, free_gb: float, used: int, free: int, wanted: int
) -> None:
    policy = HistorySettings(most_gb=most_gb, free_gb=free_gb).policy(used, free)
    assert (policy.raw_days, policy.most_bytes) == (400, wanted)


def test_they_are_kept(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "roams.db")
    assert load_kept(engine, KEY, HistorySettings) == HistorySettings()
    for days in (30, 60):
        save_kept(engine, KEY, HistorySettings(raw_days=days), "Ann")
        assert load_kept(engine, KEY, HistorySettings).raw_days == days
    with engine.begin() as database:
        database.execute(text("""UPDATE setting SET value = '{"raw_days": -1}'"""))
    with pytest.raises(StorageError, match="raw_days"):
        load_kept(engine, KEY, HistorySettings)
    engine.dispose()
