"""Make the map's arrays from the npm package world-atlas, which is Natural Earth as TopoJSON.

    npm pack world-atlas && tar xzf world-atlas-*.tgz
    python resources/map/build.py package

The arrays are described in README.md beside this file. TopoJSON keeps each stretch of line once, as an arc; a ring is a
list of arc numbers, where ~n means arc n backwards (https://github.com/topojson/topojson-specification, 2.1.4).
"""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
EARTH_RADIUS_KM = 6371.0
CUT_TOLERANCE = 0.01  # degrees of latitude: the two sides of a cut were rounded apart
ALMOST_POLE = 89.99  # rounding to the source's grid must not go past the pole

Line: TypeAlias = NDArray[np.float64]  # (n, 2) longitude and latitude in degrees
Ring: TypeAlias = Line  # the last point is the first
Arrays: TypeAlias = dict[str, NDArray[Any]]


# --- from TopoJSON to lines


def decode_arcs(topology: dict[str, Any]) -> list[Line]:
    """Return the arcs in degrees; a file holds whole steps on a grid, each relative to the one before."""
    scale = np.array(topology["transform"]["scale"])
    translate = np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc, dtype=np.int64), axis=0) * scale + translate for arc in topology["arcs"]]


def join(arcs: Sequence[Line], numbers: Iterable[int]) -> Line:
    """Return the line through these arcs; neighbours share their end point, which is kept once."""
    parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def ring_numbers(geometry: dict[str, Any]) -> list[list[int]]:
    """Return the arc numbers of each ring of a polygon or multipolygon, outer rings and holes alike."""
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    return [ring for polygon in polygons for ring in polygon]


def rings_of(geometry: dict[str, Any], arcs: Sequence[Line]) -> list[Ring]:
    """Return the rings of a geometry, whole across 180 degrees, largest first."""
    rings = [without_repeats(join(arcs, numbers)) for numbers in ring_numbers(geometry)]
    # On the source's grid the smallest islets have become points and strokes.
    rings = [close_around_pole(unwrap(ring)) for ring in sew(rings) if len(ring) > 3 and not is_pole(ring)]
    return sorted(rings, key=box_area, reverse=True)


def borders_of(countries: Sequence[dict[str, Any]], arcs: Sequence[Line]) -> list[Line]:
    """Return the lines between two countries: the arcs that more than one of them uses."""
    users: dict[int, set[int]] = {}
    for index, country in enumerate(countries):
        for ring in ring_numbers(country):
            for number in ring:
                users.setdefault(max(number, ~number), set()).add(index)
    lines = [without_repeats(arcs[number]) for number, using in sorted(users.items()) if len(using) > 1]
    return sorted((unwrap(line) for line in lines if len(line) > 1), key=box_area, reverse=True)


# --- the antimeridian and the poles


def without_repeats(line: Line) -> Line:
    """Return the line without points that repeat the one before, where -180 and 180 are the same longitude."""
    place = np.column_stack([line[:, 0] % 360.0, line[:, 1]])
    keep = np.ones(len(line), dtype=bool)
    keep[1:] = np.abs(np.diff(place, axis=0)).max(axis=1) > 1e-9
    return line[keep]


def sew(rings: Sequence[Ring]) -> list[Ring]:
    """Join the rings that were cut at 180 degrees: without the cut's edges, each open end meets another's start."""
    whole: list[Ring] = []
    chains: list[Line] = []
    for ring in rings:
        pieces = [] if is_pole(ring) else without_cut(ring)
        chains += pieces
        if not pieces:
            whole.append(ring)
    while chains:
        joined = [chains.pop()]
        while chains:
            gaps = [abs(chain[0, 1] - joined[-1][-1, 1]) for chain in chains]
            nearest = int(np.argmin(gaps))
            if gaps[nearest] > CUT_TOLERANCE:
                break
            joined.append(chains.pop(nearest))
        whole.append(without_repeats(np.concatenate([*joined, joined[0][:1]])))
    return whole


def without_cut(ring: Ring) -> list[Line]:
    """Return what is left of a ring without its edges along 180 degrees; nothing when it has none."""
    on_cut = np.isclose(np.abs(ring[:, 0]), 180.0)
    is_cut = on_cut[:-1] & on_cut[1:]
    if not is_cut.any():
        return []
    first = int(np.flatnonzero(is_cut)[0]) + 1
    points = np.roll(ring[:-1], -first, axis=0)
    pieces = np.split(points, np.flatnonzero(np.roll(is_cut, -first)) + 1)
    return [piece for piece in pieces if len(piece) > 1]


def is_pole(ring: Ring) -> bool:
    """Say whether a ring is only the trace of a pole, which is no coast."""
    return bool(np.ptp(ring[:, 1]) == 0.0 and abs(ring[0, 1]) > 89.0)


def unwrap(line: Line) -> Line:
    """Return the line without the jump at 180 degrees: it goes on past it, with its middle within ±180."""
    longitude = np.unwrap(line[:, 0], period=360.0)
    middle = (longitude.min() + longitude.max()) / 2
    return np.column_stack([longitude - 360.0 * math.floor((middle + 180.0) / 360.0), line[:, 1]])


def close_around_pole(ring: Ring) -> Ring:
    """Close a ring that runs around the world (Antarctica) along its pole."""
    if abs(ring[-1, 0] - ring[0, 0]) < 180.0:
        return ring
    pole = math.copysign(ALMOST_POLE, ring[0, 1])
    return np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole]], ring[:1]])


# --- sizes and labels


def box_area(line: Line) -> float:
    """Return the area of a line's bounding box, in square degrees."""
    return float(np.prod(np.ptp(line, axis=0)))


def area_km2(ring: Ring) -> float:
    """Return the area inside a ring on the sphere, in km²; positive when it runs clockwise, as outer rings do here."""
    longitude, height = np.radians(ring[:, 0]), np.sin(np.radians(ring[:, 1]))
    return float(np.sum(np.diff(longitude) * (height[:-1] + height[1:])) / 2 * EARTH_RADIUS_KM**2)


def clearance(points: Line, ring: Ring) -> NDArray[np.float64]:
    """Return how far each point is inside the ring, in degrees of latitude; below zero outside."""
    squeeze = np.array([math.cos(math.radians(float(ring[:, 1].mean()))), 1.0])
    places = (points * squeeze)[:, np.newaxis]
    start, end = (ring * squeeze)[:-1], (ring * squeeze)[1:]
    along = end - start
    share = np.clip(((places - start) * along).sum(axis=2) / (along**2).sum(axis=1), 0.0, 1.0)
    distance = np.linalg.norm(places - start - share[..., np.newaxis] * along, axis=2).min(axis=1)
    spans = (start[:, 1] > places[..., 1]) != (end[:, 1] > places[..., 1])
    rise = np.where(along[:, 1] == 0.0, 1.0, along[:, 1])
    crosses = spans & (places[..., 0] < start[:, 0] + (places[..., 1] - start[:, 1]) / rise * along[:, 0])
    inside = crosses.sum(axis=1) % 2 == 1
    result: NDArray[np.float64] = np.where(inside, distance, -distance)
    return result


def label_point(ring: Ring) -> Line:
    """Return the point farthest from the ring's edge, longitude and latitude: the best place for a name."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    best: Line = (low + high) / 2
    for _ in range(4):
        axes = [np.linspace(low[i], high[i], 25) for i in (0, 1)]
        points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
        best = points[np.argmax(clearance(points, ring))]
        low, high = best - (high - low) / 12, best + (high - low) / 12
    best[0] = (best[0] + 180.0) % 360.0 - 180.0
    return best


# --- arrays


def pack(lines: Sequence[Line], topology: dict[str, Any]) -> Arrays:
    """Return lines as steps on the source's grid: a quarter of the size of floats, and nothing is lost."""
    scale = np.array(topology["transform"]["scale"])
    translate = np.array(topology["transform"]["translate"])
    steps = np.rint((np.concatenate(lines) - translate) / scale).astype(np.int32)
    steps[1:] = np.diff(steps, axis=0)
    return {
        "steps": steps,
        "grid": np.array([translate, scale]),
        "offsets": np.cumsum([0, *map(len, lines)], dtype=np.int32),
        "bbox": np.array([[*line.min(axis=0), *line.max(axis=0)] for line in lines], dtype=np.float32),
    }


def pack_countries(countries: Sequence[dict[str, Any]], arcs: Sequence[Line], topology: dict[str, Any]) -> Arrays:
    """Return the rings of all countries, whose each ring is, and what a label needs."""
    rings = [rings_of(country, arcs) for country in countries]
    return {
        **pack([ring for own in rings for ring in own], topology),
        "country": np.repeat(np.arange(len(countries), dtype=np.int16), [len(own) for own in rings]),
        "name": np.array([country["properties"]["name"] for country in countries]),
        "iso": np.array([int(country.get("id", -1)) for country in countries], dtype=np.int16),
        "label": np.array([label_point(max(own, key=area_km2)) for own in rings], dtype=np.float32),
        "area_km2": np.array([sum(map(area_km2, own)) for own in rings], dtype=np.float32),
    }


def check(name: str, arrays: Arrays) -> None:
    """Stop when a line has lost its shape on the way: a jump, a leap out of the world."""
    points = np.cumsum(arrays["steps"], axis=0) * arrays["grid"][1] + arrays["grid"][0]
    for start, end in pairwise(arrays["offsets"]):
        east, north = np.abs(np.diff(points[start:end], axis=0)).max(axis=0)
        if (east > 30.0 and points[start:end, 1].min() > -85.5) or north > 30.0:
            raise ValueError(f"{name}: a line jumps by {east:.1f}, {north:.1f} degrees near {points[start]}")
    if np.abs(points).max(axis=0)[1] > 90.0:
        raise ValueError(f"{name}: a point is beyond a pole")


def build(package: Path) -> None:
    """Write every file from an unpacked world-atlas."""
    for scale in ("50m", "10m"):
        topology = json.loads((package / f"countries-{scale}.json").read_text("utf-8"))
        arcs = decode_arcs(topology)
        countries = topology["objects"]["countries"]["geometries"]
        files = {
            f"land_{scale}": pack(rings_of(topology["objects"]["land"]["geometries"][0], arcs), topology),
            f"borders_{scale}": pack(borders_of(countries, arcs), topology),
        }
        if scale == "50m":
            files[f"countries_{scale}"] = pack_countries(countries, arcs, topology)
        for name, arrays in files.items():
            check(name, arrays)
            np.savez_compressed(HERE / f"{name}.npz", allow_pickle=False, **arrays)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: build.py PACKAGE, the directory of an unpacked world-atlas")
    build(Path(sys.argv[1]))
