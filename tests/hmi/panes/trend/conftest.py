"""A small plant, a clock that is set by hand, and a port that answers history from what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

import numpy as np
import pytest

from drivers.api import Quality
from hmi.domain.catalogue import Catalogue
from hmi.domain.plant import Area, Asset, AssetKind, Connection, Station, StationKind
from hmi.domain.tags import Tag, TagKind, TagRevision
from hmi.services.mirror import Mirror
from hmi.services.port import (
    Frame,
    ListTrendGroups,
    LiveDelta,
    PenData,
    PlantEvents,
    ReadEvents,
    ReadHistory,
    RefusedError,
)
from hmi.ui.navigator import Navigator

SPACE = UUID("3f0c3c1e-8a4b-4d43-9a55-0f6d3fb8a111")
SECOND = 1_000_000
NOON = 1_760_000_000 * SECOND
UNITS = ("m", "bar", "bar", "m³/h", "°C", "A", "kW", "V", "Hz", "mg/l")
PUMP = len(UNITS)
"""Index of a discrete tag; those before it are analog."""


def tag_of(index: int, kind: TagKind, unit: str = "", name: str = "") -> Tag:
    revision = TagRevision(0, name or f"Value {index}", f"a{index}", unit, 0.0, 100.0, states=("Stopped", "Running"))
    owner = uuid5(SPACE, "owner")
    return Tag(uuid5(SPACE, str(index)), index, owner, owner, owner, f"k{index}", kind, "level", revision)


def plant() -> Catalogue:
    owner = uuid5(SPACE, "owner")
    tags = [tag_of(index, TagKind.ANALOG, unit) for index, unit in enumerate(UNITS)]
    tags.append(tag_of(PUMP, TagKind.DISCRETE, name="Pump running"))
    return Catalogue(
        version=1,
        areas=(Area(owner, "North"),),
        stations=(Station(owner, owner, "Sóller boreholes", StationKind.BOREHOLE, 39.7, 2.7),),
        assets=(Asset(owner, owner, "Site", AssetKind.SITE),),
        connections=(Connection(owner, "Server", "opcua", "opc.tcp://127.0.0.1:1/"),),
        tags=tuple(tags),
    )


_NOTHING: dict[type[Any], object] = {ReadEvents: PlantEvents(), ListTrendGroups: ()}


@dataclass
class FakePort:
    """Answers ReadHistory from `recorded`; holds answers back while `is_held`, refuses with `refusal`.

    Other requests are answered from `answers`, by their type; an answer that can be called is called.
    """

    recorded: dict[int, tuple[list[int], list[float]]] = field(default_factory=dict)
    before: float = float("nan")
    refusal: str = ""
    requests: list[ReadHistory] = field(default_factory=list)
    held: asyncio.Event | None = None
    asked: list[Any] = field(default_factory=list)
    answers: dict[type[Any], object] = field(default_factory=dict)

    def pull(self) -> Frame:
        return Frame()

    def on_urgent(self, wake: Callable[[], None]) -> None:
        pass

    async def request(self, request: Any) -> Any:
        if not isinstance(request, ReadHistory):
            self.asked.append(request)
            answer = self.answers.get(type(request), _NOTHING.get(type(request)))
            answer = answer(request) if callable(answer) else answer
            if isinstance(answer, RefusedError):
                raise answer
            return answer
        self.requests.append(request)
        if self.held is not None:
            await self.held.wait()
        if self.refusal:
            raise RefusedError(self.refusal)
        return tuple(self._answer(tag, request) for tag in request.tags)

    def _answer(self, tag: int, request: ReadHistory) -> PenData:
        times, values = self.recorded.get(tag, ([], []))
        time_us, value = np.array(times, np.int64), np.array(values, np.float64)
        inside = (time_us >= request.start_us) & (time_us < request.end_us)
        before = self.before if (time_us < request.start_us).any() or self.before == self.before else None
        return PenData.of_readings(tag, time_us[inside], value[inside], before)


@dataclass
class Clock:
    """Stands still until it is moved on."""

    now_us: int = NOON

    def __call__(self) -> int:
        return self.now_us

    def pass_s(self, seconds: float) -> None:
        self.now_us += round(seconds * SECOND)


def live(mirror: Mirror, tag: int, value: float, time_us: int, quality: Quality = Quality.GOOD) -> None:
    """Let a frame with one reading arrive."""
    delta = LiveDelta(
        np.array([tag], np.uint32), np.array([value]), np.array([quality], np.uint16), np.array([time_us], np.int64)
    )
    mirror.take(Frame(live=delta))


@pytest.fixture
def mirror() -> Mirror:
    mirror = Mirror()
    mirror.take(Frame(catalogue=plant()))
    return mirror


@pytest.fixture
def port() -> FakePort:
    return FakePort()


@pytest.fixture
def navigator() -> Navigator:
    return Navigator()


@pytest.fixture
def clock() -> Clock:
    return Clock()
