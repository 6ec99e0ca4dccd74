"""What a link's heartbeat tells: round trip, the server's clock, its state and its service level.

One small read every few seconds. A heartbeat that is not answered is no loss by itself: a slow server may be busy,
and its publish answers (see publishing.py) say whether it lives.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Final

from asyncua import ua

from drivers.opcua.codec import NO_TIME
from drivers.opcua.session import Session
from drivers.opcua.values import microseconds

BEAT_S: Final = 5.0
SLOW_S: Final = 1.0
OFFSETS_KEPT: Final = 12
HEALTHY_LEVEL: Final = 200
"""From this service level on a server is healthy (OPC 10000-4, 6.6.2.4.2)."""

_WORSE_SHARE: Final = 0.3
_RUNNING: Final = 0
_STATES: Final = {
    1: "has failed",
    2: "has no configuration",
    3: "is suspended",
    4: "is shutting down",
    5: "is in test",
    6: "has a communication fault",
    7: "is in an unknown state",
}
_NODES: Final = (
    ua.ObjectIds.Server_ServerStatus_State,
    ua.ObjectIds.Server_ServerStatus_CurrentTime,
    ua.ObjectIds.Server_ServiceLevel,
)


class Health:
    """The newest heartbeat. round_trip_s: smoothed. clock_offset_us: the server's clock minus ours, None if unknown."""

    def __init__(self) -> None:
        self.round_trip_s = 0.0
        self._offsets_us: deque[int] = deque(maxlen=OFFSETS_KEPT)
        self.server_state = _RUNNING
        self.service_level = 255

    async def beat(self, session: Session) -> None:
        """Read the server's status once. Raises TimeoutError, OSError and asyncua's errors."""
        started, started_us = time.monotonic(), time.time_ns() // 1000
        nodes = [ua.NodeId(ua.Int32(node)) for node in _NODES]
        async with asyncio.timeout(session.config.request_timeout_s):
            state, clock, level = await session.services.read_attributes(nodes, ua.AttributeIds.Value)
        took_s = time.monotonic() - started
        self.round_trip_s = took_s if not self.round_trip_s else self._smoothed(took_s)
        if isinstance(found := _value(state), int):
            self.server_state = int(found)
        if isinstance(found := _value(level), int):
            self.service_level = int(found)
        server_us = microseconds(_value(clock))
        if server_us is not None:
            self._offsets_us.append(server_us - started_us - round(took_s * 5e5))

    @property
    def clock_offset_us(self) -> int | None:
        # The largest of the last few: many servers set their clock's node forward only once a second.
        return max(self._offsets_us) if self._offsets_us else None

    def lag_s(self, publish_us: int, received_us: int) -> float:
        """Return how much later than the link's own delay a message came; 0 while the server's clock is unknown."""
        offset_us = self.clock_offset_us
        if offset_us is None or publish_us == NO_TIME:
            return 0.0
        return max(0.0, (received_us - (publish_us - offset_us)) / 1e6 - self.round_trip_s / 2)

    def trouble(self) -> str:
        """Return what the heartbeat speaks against, in words; empty when nothing."""
        if self.server_state != _RUNNING:
            return f"The server says that it {_STATES.get(self.server_state, 'is not running')}."
        if self.service_level < HEALTHY_LEVEL:
            return f"The server rates its own service {self.service_level} of 255."
        if self.round_trip_s > SLOW_S:
            return f"The link is slow: an answer takes {self.round_trip_s:.1f} s."
        return ""

    def _smoothed(self, took_s: float) -> float:
        return took_s * _WORSE_SHARE + self.round_trip_s * (1 - _WORSE_SHARE)


def _value(answer: ua.DataValue) -> object:
    return answer.Value.Value if answer.Value is not None and answer.StatusCode is not None else None
