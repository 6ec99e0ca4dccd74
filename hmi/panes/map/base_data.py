"""The offline base: coasts and borders of Natural Earth, read from resources/map; blocks, so not on the GUI thread.

The files' arrays are described in resources/map/README.md.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from hmi.panes.map.projection import Points, to_world

Detail: TypeAlias = Literal["50m", "10m"]

MAP_FOLDER: Final = Path(__file__).resolve().parents[3] / "resources" / "map"


class MapDataError(Exception):
    """A file of the map is missing or damaged; its text names the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """R lines in world coordinates: line i is points[offsets[i]:offsets[i + 1]]; box is west, north, east, south."""

    points: Points
    offsets: npt.NDArray[np.int32]
    box: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Country names, where they go in world coordinates, and the country's size as a length in world units."""

    text: tuple[str, ...]
    at: Points
    size: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BaseData:
    """Land and borders at one level of detail."""

    land: Lines
    borders: Lines


def read_base(folder: Path, detail: Detail) -> BaseData:
    """Read one level of detail. Raises MapDataError."""
    return BaseData(_read_lines(folder / f"land_{detail}.npz"), _read_lines(folder / f"borders_{detail}.npz"))


def read_names(folder: Path) -> Names:
    """Read the names of countries, largest first. Raises MapDataError."""
    path = folder / "countries_50m.npz"
    try:
        with path.open("rb") as file, np.load(file) as data:
            label, area_km2 = data["label"].astype(np.float64), data["area_km2"].astype(np.float64)
            name = data["name"]
    except _DAMAGE as error:
        raise MapDataError(path.name) from error
    order = np.argsort(-area_km2)
    # Mercator stretches a length by 1/cos(latitude), and a name has that much more room.
    size = np.sqrt(area_km2) / 40_075 / np.cos(np.radians(label[:, 1]))
    return Names(tuple(str(name[row]) for row in order), to_world(label[order, 0], label[order, 1]), size[order])


# What numpy and zipfile raise for files that are missing, cut short or overwritten.
_DAMAGE: Final = (OSError, EOFError, KeyError, ValueError, IndexError, BadZipFile, zlib.error)


def _read_lines(path: Path) -> Lines:
    try:
        # Opened here: np.load leaves the file open when its content is damaged.
        with path.open("rb") as file, np.load(file) as data:
            degrees = np.cumsum(data["steps"], axis=0) * data["grid"][1] + data["grid"][0]
            offsets, bbox = data["offsets"], data["bbox"].astype(np.float64)
        west_south, east_north = to_world(bbox[:, 0], bbox[:, 1]), to_world(bbox[:, 2], bbox[:, 3])
    except _DAMAGE as error:
        raise MapDataError(path.name) from error
    box = np.stack([west_south[:, 0], east_north[:, 1], east_north[:, 0], west_south[:, 1]], axis=1)
    return Lines(to_world(degrees[:, 0], degrees[:, 1]), offsets, box)
