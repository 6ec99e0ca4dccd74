"""What the server asks of a plant: to advance in time, to tell its values, to take commands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Protocol

PointValue = bool | int | float | str


class Trust(IntEnum):
    """How far a sensor can be believed; what OPC UA status it becomes is the server's affair."""

    GOOD = 0
    LAST_USABLE = 1
    SENSOR_FAILURE = 2


class PlantModel(Protocol):
    """A plant that the server serves. Identifiers are those of the description."""

    def advance(self, elapsed_s: float) -> None:
        """Let that many seconds of plant time pass."""

    def values(self) -> Mapping[str, PointValue]:
        """Return the value of every point, writable ones included, as its instrument shows it now."""

    def distrusted(self) -> Mapping[str, Trust]:
        """Return the points whose instruments are not to be believed."""

    def command(self, identifier: str, value: PointValue) -> None:
        """Take what was written to a writable point; type and range have been checked."""
