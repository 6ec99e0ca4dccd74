"""Words of this pane that several of its parts use; no Qt."""

from __future__ import annotations

from hmi.domain.language import tr
from hmi.domain.plant import StationKind


def stations_text(count: int) -> str:
    """Return a number of stations in words."""
    return tr("1 station") if count == 1 else tr("{count} stations").format(count=count)


def tags_text(count: int) -> str:
    """Return a number of tags in words."""
    return tr("1 tag") if count == 1 else tr("{count} tags").format(count=count)


def alarms_text(count: int) -> str:
    """Return a number of alarms in words."""
    return tr("1 alarm") if count == 1 else tr("{count} alarms").format(count=count)


def controls_text(count: int) -> str:
    """Return a number of controls in words."""
    return tr("1 control") if count == 1 else tr("{count} controls").format(count=count)


def station_kind_text(kind: StationKind) -> str:
    """Return a kind of station in words."""
    return {
        StationKind.BOREHOLE: tr("Borehole"),
        StationKind.SOLAR_BOREHOLE: tr("Solar borehole"),
        StationKind.TREATMENT: tr("Treatment"),
        StationKind.BOOSTER: tr("Booster"),
        StationKind.ELEVATED_RESERVOIR: tr("Elevated reservoir"),
        StationKind.GROUND_RESERVOIR: tr("Ground reservoir"),
        StationKind.CHLORINATION: tr("Chlorination"),
        StationKind.PRESS: tr("Press"),
        StationKind.PACKAGING: tr("Packaging"),
        StationKind.OTHER: tr("Other"),
    }[kind]
