"""A port without services: frames put in by hand, requests answered from a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hmi.services.port import Frame, LiveDelta, RefusedError, Request


class FakePort:
    """Keeps what was asked; `answers` maps a request's type to its answer, or to the error to raise."""

    def __init__(self) -> None:
        self.asked: list[Request[Any]] = []
        self.answers: dict[type[Request[Any]], object] = {}

    def pull(self) -> Frame:
        return Frame()

    async def request(self, request: Request[Any]) -> Any:
        self.asked.append(request)
        answer = self.answers.get(type(request))
        if isinstance(answer, RefusedError):
            raise answer
        return answer

    def on_urgent(self, wake: Callable[[], None]) -> None:
        """Nothing here is urgent."""


def live(values: dict[int, float], quality: int = 0) -> Frame:
    """Return a frame of readings by tag index."""
    rows = len(values)
    delta = LiveDelta(
        np.array(list(values), np.uint32),
        np.array(list(values.values()), np.float64),
        np.full(rows, quality, np.uint16),
        np.full(rows, 1_800_000_000_000_000, np.int64),
    )
    return Frame(live=delta)
