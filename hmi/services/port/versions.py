"""Versions of the configuration: reading what they changed, and taking an earlier one up again."""

from __future__ import annotations

from dataclasses import dataclass

from hmi.services.port.requests import Request

NOW = -1
MOST_VERSIONS = 500
MOST_DIFFERENCES = 2_000


@dataclass(frozen=True, slots=True)
class ConfigurationVersion:
    """One version: who made it when (UTC µs) and why. objects: how many it changed."""

    version: int
    at_us: int
    user: str
    reason: str
    objects: int


@dataclass(frozen=True, slots=True)
class ObjectDifference:
    """One object that differs between two versions, in words. key: what tells it apart from others of its kind."""

    kind: str
    key: str
    label: str
    name: str
    change: str


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """What one version made of an object."""

    made: ConfigurationVersion
    name: str
    change: str


@dataclass(frozen=True, slots=True)
class ReadVersions(Request[tuple[ConfigurationVersion, ...]]):
    """Ask for versions older than one (0: all), newest first; name: only those that changed what is so called."""

    before: int = 0
    name: str = ""
    limit: int = 200


@dataclass(frozen=True, slots=True)
class CompareVersions(Request[tuple[ObjectDifference, ...]]):
    """Ask what differs from one version to another, either of which may be NOW; at most MOST_DIFFERENCES."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RollBack(Request[int]):
    """Take a version up again, as a new one, whose number is answered. seen: the version it was compared with."""

    version: int
    seen: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadObjectHistory(Request[tuple[ObjectVersion, ...]]):
    """Ask what an object has been, newest first."""

    kind: str
    key: str
    limit: int = 100
