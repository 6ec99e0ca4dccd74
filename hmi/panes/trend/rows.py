"""A pen as the table shows it."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.api import Quality
from hmi.panes.trend.pens import Pen
from hmi.services.mirror import Mirror
from hmi.ui.words import quality_text


@dataclass(frozen=True, slots=True)
class PenRow:
    """Texts of one pen; low and high are of the visible stretch."""

    number: int
    station: str
    name: str
    value: str
    quality: str
    is_good: bool
    unit: str
    at_cursor: str
    low: str
    high: str
    is_hidden: bool
    is_emphasised: bool


def pen_row(
    mirror: Mirror, pen: Pen, extremes: tuple[float, float], cursor_us: int | None, *, is_emphasised: bool
) -> PenRow:
    """Return a pen as it stands now."""
    tag = pen.tag
    station = mirror.catalogue.station_by_id.get(tag.station_id)
    now = mirror.reading(tag.index)
    return PenRow(
        number=pen.number,
        station=station.name if station else "",
        name=tag.name,
        value=mirror.text_of(tag),
        quality=quality_text(now.quality),
        is_good=now.quality in (Quality.GOOD, Quality.SUBSTITUTED),
        unit=tag.unit,
        at_cursor="" if cursor_us is None else tag.text(pen.series.points().at(cursor_us)),
        low=tag.text(extremes[0]),
        high=tag.text(extremes[1]),
        is_hidden=pen.is_hidden,
        is_emphasised=is_emphasised,
    )
