from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest

from hmi.panes.map.base_data import MAP_FOLDER, MapDataError, read_base, read_names
from hmi.panes.map.projection import to_degrees, to_world


@pytest.mark.parametrize("detail", ["50m", "10m"])
def test_the_shipped_base_has_mallorca_where_it_is(detail: str) -> None:
    land = read_base(MAP_FOLDER, "50m" if detail == "50m" else "10m").land
    x, y = to_world(2.95, 39.6)
    around = (land.box[:, 0] < x) & (land.box[:, 2] > x) & (land.box[:, 1] < y) & (land.box[:, 3] > y)
    smallest = min(np.flatnonzero(around), key=lambda line: land.box[line, 2] - land.box[line, 0])
    west, north, east, south = land.box[smallest]
    assert to_degrees(west, north) == pytest.approx((2.35, 39.96), abs=0.06)
    assert to_degrees(east, south) == pytest.approx((3.47, 39.27), abs=0.06)


def test_names_are_largest_first() -> None:
    names = read_names(MAP_FOLDER)
    assert names.text[0] == "Russia"
    assert len(names.text) == len(names.at) == len(names.size)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapDataError, match="land_50m"):
        read_base(tmp_path, "50m")
    with pytest.raises(MapDataError, match="countries_50m"):
        read_names(tmp_path)


@pytest.mark.parametrize("cut", [0, 100, 5000])
def test_a_file_cut_short_is_named(tmp_path: Path, cut: int) -> None:
    copyfile(MAP_FOLDER / "land_50m.npz", tmp_path / "land_50m.npz")
    whole = (MAP_FOLDER / "borders_50m.npz").read_bytes()
    (tmp_path / "borders_50m.npz").write_bytes(whole[:cut])
    with pytest.raises(MapDataError, match="borders_50m"):
        read_base(tmp_path, "50m")


def test_a_file_with_flipped_bytes_is_named(tmp_path: Path) -> None:
    whole = bytearray((MAP_FOLDER / "land_50m.npz").read_bytes())
    whole[20_000:20_200] = bytes(200)
    (tmp_path / "land_50m.npz").write_bytes(whole)
    with pytest.raises(MapDataError, match="land_50m"):
        read_base(tmp_path, "50m")
