from __future__ import annotations

from pathlib import Path

import pytest

from hmi.services.port import RefusedError
from hmi.ui.files import write_whole


def test_a_file_is_there_whole_and_replaces_the_one_before(tmp_path: Path) -> None:
    for data in (b"one", b"two"):
        write_whole(tmp_path / "a.txt", data)
        assert (tmp_path / "a.txt").read_bytes() == data
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_one_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(RefusedError, match=r"a\.txt was not written"):
        write_whole(tmp_path / "a.txt", b"one")
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]
