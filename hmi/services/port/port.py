"""The port itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from hmi.services.port.frames import Frame
from hmi.services.port.requests import Request

Result_co = TypeVar("Result_co", covariant=True)


class Port(Protocol):
    """What a window holds of the services. Its methods may be called on any one thread."""

    def pull(self) -> Frame:
        """Return what changed since the last pull; never waits for more than a copy."""

    async def request(self, request: Request[Result_co]) -> Result_co:
        """Return the answer. Raises RefusedError."""

    def on_urgent(self, wake: Callable[[], None]) -> None:
        """Call `wake`, from any thread, when an alarm, a link or a command changed."""
