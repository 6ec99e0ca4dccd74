"""A port without services: frames put in by hand, requests answered from a table."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from hmi.services.port import Frame, LiveDelta, RefusedError, Request

RequestT = TypeVar("RequestT", bound=Request[Any])


class FakePort:
    """Keeps what was asked; `answers` maps a request's type to its answer, or to the error to raise.

    An answer that can be called is called with the request, and waited for where it is a coroutine.
    """

    def __init__(self) -> None:
        self.asked: list[Request[Any]] = []
        self.answers: dict[type[Request[Any]], object] = {}

    def pull(self) -> Frame:
        return Frame()

    async def request(self, request: Request[Any]) -> Any:
        self.asked.append(request)
        answer = self.answers.get(type(request))
        if callable(answer):
            answer = answer(request)
            if inspect.isawaitable(answer):
                answer = await answer
        if isinstance(answer, RefusedError):
            raise answer
        return answer

    def count(self, kind: type[Request[Any]]) -> int:
        """Return how often something was asked."""
        return sum(isinstance(request, kind) for request in self.asked)

    def last(self, kind: type[RequestT]) -> RequestT:
        """Return the newest request of a kind."""
        return next(request for request in reversed(self.asked) if isinstance(request, kind))

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
