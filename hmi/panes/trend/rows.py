"""A pen as the tables show it: as it stands and at the cursors, and its figures over a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from drivers.api import Quality
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tags import Tag, TagKind
from hmi.panes.trend.cursors import Cursors
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.statistics import Statistics
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.services.mirror import Mirror
from hmi.ui.words import duration_text, quality_text

MINUS = "\u2212"
WAITING = "…"
"""Stands where a figure is not known before history has answered."""


@dataclass(frozen=True, slots=True)
class PenRow:
    """Texts of one pen; low and high are of the visible stretch. is_past: of an earlier period."""

    number: int
    station: str
    name: str
    value: str
    quality: str
    is_good: bool
    unit: str
    at_a: str
    at_b: str
    difference: str
    low: str
    high: str
    is_hidden: bool
    is_emphasised: bool
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """Texts of one pen's figures; empty where a figure makes no sense for its kind of tag."""

    number: int
    name: str
    unit: str
    low: str
    high: str
    mean: str
    deviation: str
    first: str
    last: str
    change: str
    good: str
    on: str
    starts: str
    total: str
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class LegendRow:
    """A pen by its number: station and tag, and its last value of the visible stretch with its unit."""

    number: int
    name: str
    value: str
    is_past: bool = False


def pen_row(
    mirror: Mirror,
    pen: Pen,
    extremes: tuple[float, float],
    cursors: Cursors,
    window: TimeWindow,
    *,
    is_emphasised: bool,
    is_waiting: bool = False,
    label: str = "",
) -> PenRow:
    """Return a pen as it stands now; label: what to call an earlier period. is_waiting: for history."""
    tag = pen.tag
    station = mirror.catalogue.station_by_id.get(tag.station_id)
    now = mirror.reading(tag.index)
    at_a, at_b = (None if each is None else pen.at(each, window) for each in (cursors.a_us, cursors.b_us))
    return PenRow(
        number=pen.number,
        station=station.name if station else "",
        name=f"{tag.name}, {label}" if label else tag.name,
        value="" if pen.shift else mirror.text_of(tag),
        quality="" if pen.shift else quality_text(now.quality),
        is_good=now.quality in (Quality.GOOD, Quality.SUBSTITUTED),
        unit=tag.unit,
        at_a="" if at_a is None else tag.text(at_a),
        at_b="" if at_b is None else tag.text(at_b),
        difference="" if at_a is None or at_b is None else difference_text(tag, at_b - at_a),
        low=WAITING if is_waiting else tag.text(extremes[0]),
        high=WAITING if is_waiting else tag.text(extremes[1]),
        is_hidden=pen.is_hidden,
        is_emphasised=is_emphasised,
        is_past=pen.shift is not None,
    )


def legend_row(mirror: Mirror, pen: Pen, at_us: int, window: TimeWindow, label: str = "") -> LegendRow:
    """Return a pen with what it was at a moment of the window; label: what to call an earlier period."""
    station = mirror.catalogue.station_by_id.get(pen.tag.station_id)
    names = [station.name if station else "", f"{pen.tag.name}, {label}" if label else pen.tag.name]
    value = " ".join(each for each in (pen.tag.text(pen.at(at_us, window)), pen.tag.unit) if each)
    return LegendRow(pen.number, " · ".join(each for each in names if each), value, pen.shift is not None)


def statistics_row(pen: Pen, found: Statistics | None, label: str = "") -> StatisticsRow:
    """Return a pen's figures; those from buckets begin with ≈. found: None while they have still to come."""
    tag, kind = pen.tag, pen.tag.kind
    if found is None:
        return _waiting_row(statistics_row(pen, Statistics(on_s=0.0), label))
    about = "" if found.is_exact else "≈ "
    is_number = kind in (TagKind.ANALOG, TagKind.COUNTER)

    def figure(value: float, decimals: int = 0) -> str:
        if value != value:  # only NaN is unlike itself
            return "–"
        return about + number_text(tag, value, decimals)

    def about_number(text: str) -> str:
        return about + text if text not in ("", "–") else text

    def of_end(value: float) -> str:
        return about_number(tag.text(value))

    is_state = kind is TagKind.DISCRETE
    return StatisticsRow(
        number=pen.number,
        name=f"{tag.name}, {label}" if label else tag.name,
        unit=tag.unit,
        low=tag.text(found.low),
        high=tag.text(found.high),
        mean=figure(found.mean, 1) if is_number else "",
        deviation=figure(found.deviation, 1) if is_number else "",
        first=of_end(found.first),
        last=of_end(found.last),
        change=about_number(difference_text(tag, found.change)),
        good="–" if found.good_share != found.good_share else f"{_share_text(found.good_share)} %",
        on=about + duration_text(found.on_s) if is_state and found.on_s == found.on_s else "",
        starts=(tr("≥ {count}") if about else "{count}").format(count=found.starts) if is_state else "",
        total=figure(found.total) if kind is TagKind.COUNTER else "",
        is_past=pen.shift is not None,
    )


def _waiting_row(row: StatisticsRow) -> StatisticsRow:
    """Return a row with dots for all figures that make sense for its kind of tag."""
    return replace(
        row,
        low=WAITING,
        high=WAITING,
        mean=row.mean and WAITING,
        deviation=row.deviation and WAITING,
        first=WAITING,
        last=WAITING,
        change=row.change and WAITING,
        good=WAITING,
        on=row.on and WAITING,
        starts=row.starts and WAITING,
        total=row.total and WAITING,
    )


def pen_choices(catalogue: Catalogue) -> dict[str, int]:
    """Return every tag that can be a pen: what to search for, to its index."""
    found: dict[str, int] = {}
    for tag in catalogue.tags:
        label = f"{catalogue.station_by_id[tag.station_id].name} · {tag.name}"
        if label in found:
            label = f"{label} ({tag.key})"
        found[label] = tag.index
    return found


def difference_text(tag: Tag, value: float) -> str:
    """Return a difference of two values with its sign; nothing for states and texts."""
    if tag.kind not in (TagKind.ANALOG, TagKind.COUNTER):
        return ""
    if value != value:
        return "–"
    text = number_text(tag, value)
    if not float(f"{value:.{tag.revision.decimals}f}"):
        return text.removeprefix(MINUS)
    return text if value < 0 else f"+{text}"


def number_text(tag: Tag, value: float, decimals: int = 0) -> str:
    """Return a figure the way the tag's values are written, a counter's in groups, with so many more decimals."""
    grouping = "," if tag.kind is TagKind.COUNTER else ""
    text = f"{value:{grouping}.{tag.revision.decimals + decimals}f}"
    return text.replace(",", "\u202f").replace("-", MINUS)


def _share_text(share: float) -> str:
    """Return a share in percent: 100 only for all of it, 0 only for nothing."""
    percent = 100 * share
    if 99.95 <= percent < 100:
        return "99.9"
    return f"{percent:.0f}" if percent in (0, 100) else f"{max(0.1, percent):.1f}"
