"""Pieces of SQL that several statements share. Only integers and names of ours are ever put into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from drivers.api import Quality
from hmi.storage.history.shelf import Place

SHOWN: Final = f"(quality & 255) IN ({Quality.GOOD:d}, {Quality.UNCERTAIN:d}, {Quality.SUBSTITUTED:d})"
"""A value of another quality is not drawn: there the line has a gap."""

VALUE: Final = f"CASE WHEN {SHOWN} THEN coalesce(value, 'nan') ELSE 'nan'::DOUBLE END"
"""What is drawn of a reading; NaN for nothing."""

AS_ROLLUP: Final = f"""ts AS moment, CASE WHEN {SHOWN} THEN value END AS vmin, CASE WHEN {SHOWN} THEN value END AS vmax,
    CASE WHEN {SHOWN} THEN value END AS vsum,
    {VALUE} AS vfirst, {VALUE} AS vlast,
    ts AS tfirst, ts AS tlast, 1 AS n, CASE WHEN {SHOWN} AND value IS NOT NULL THEN 0 ELSE 1 END AS n_bad"""
"""One reading as a bucket of its own, so that readings and buckets can be added up."""

MERGED: Final = """min(vmin) AS vmin, max(vmax) AS vmax, sum(vsum) AS vsum, arg_min(vfirst, tfirst) AS vfirst,
    arg_max(vlast, tlast) AS vlast, min(tfirst) AS tfirst, max(tlast) AS tlast, sum(n) AS n, sum(n_bad) AS n_bad"""
"""Buckets added up to one."""


FIRST_US: Final = -62_135_596_800_000_000
END_US: Final = 253_402_300_800_000_000
"""The years 1 to 9999; DuckDB knows more, Python's and other programs' dates do not."""

DAY: Final = "(CAST(ts AS DATE) - DATE '1970-01-01')"
"""The UTC day of a row, counted from 1970-01-01."""


def time(us: int) -> str:
    """Return a moment as a literal that DuckDB prunes by."""
    return f"make_timestamp({min(max(us, FIRST_US), END_US):d})"


def clipped(place: Place, start_us: int, end_us: int) -> str:
    """Return the condition for a place's rows in a range; without what the place itself already keeps to."""
    return f"ts >= {time(max(start_us, place.from_us))} AND ts < {time(min(end_us, place.to_us))}"


def samples(places: Sequence[Place], columns: str, start_us: int, end_us: int, and_where: str = "") -> list[str]:
    """Return one select a place over its samples in a range."""
    condition = f" AND {and_where}" if and_where else ""
    return [
        f"SELECT {columns} FROM {place.samples} WHERE {clipped(place, start_us, end_us)}{condition}"
        for place in places
        if place.samples and place.overlaps(start_us, end_us)
    ]


def texts(places: Sequence[Place], columns: str, start_us: int, end_us: int, and_where: str = "") -> list[str]:
    """Return one select a place over its texts in a range."""
    condition = f" AND {and_where}" if and_where else ""
    return [
        f"SELECT {columns} FROM {place.texts} WHERE {clipped(place, start_us, end_us)}{condition}"
        for place in places
        if place.texts and place.overlaps(start_us, end_us)
    ]
