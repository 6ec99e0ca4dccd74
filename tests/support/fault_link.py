"""One connection through the fault proxy, and what a fault does to its bytes."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

Direction = Literal["to_client", "to_server"]
Mode = Literal["pass", "half_open", "one_way", "delay", "black_hole", "refuse", "corrupt", "throttle"]

CHUNK_BYTES = 1 << 16
MOST_QUEUED_BYTES = 1 << 26
PIECES_PER_S = 20
CONNECT_S = 5.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass
class Fault:
    """What happens to bytes from now on; options that a mode does not name are ignored by it."""

    mode: Mode = "pass"
    direction: Direction = "to_client"  # one_way: these bytes are lost
    seconds: float = 0.0  # delay, each way
    bytes_per_s: int = 0  # throttle, each way
    every: int = 1  # corrupt: one byte in every so many segments to the client
    seed: int = 0
    _segments: int = field(default=0, init=False)
    _random: random.Random = field(default_factory=random.Random, init=False)

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Fault:
        """Make a fault from a command. Raises ValueError on a mode or an option that is not known."""
        unknown = set(options) - {known.name for known in fields(cls) if known.init}
        if unknown or options.get("mode") not in get_args(Mode):
            raise ValueError(f"no such fault: {options}")
        fault = cls(**options)
        fault._random.seed(fault.seed)
        return fault

    @property
    def is_silent_to_new(self) -> bool:
        """True when a new connection is accepted and gets no answer."""
        return self.mode in ("half_open", "black_hole")

    @property
    def delay_s(self) -> float:
        return self.seconds if self.mode == "delay" else 0.0

    @property
    def rate(self) -> int:
        """The most bytes a second, 0 without limit."""
        return self.bytes_per_s if self.mode == "throttle" else 0

    def loses(self, direction: Direction) -> bool:
        """Say whether bytes in this direction are lost."""
        return self.mode == "half_open" or (self.mode == "one_way" and self.direction == direction)

    def pass_on(self, direction: Direction, segment: bytes) -> bytes:
        """Return the segment, with one byte changed where that is its turn."""
        if self.mode != "corrupt" or direction != "to_client":
            return segment
        self._segments += 1
        if self._segments % self.every:
            return segment
        changed = bytearray(segment)
        changed[self._random.randrange(len(changed))] ^= self._random.randrange(1, 256)
        return bytes(changed)


@dataclass
class Stats:
    """Counts since the proxy began; bytes are those passed on, each way, and those lost."""

    accepted: int = 0
    bytes_to_client: int = 0
    bytes_to_server: int = 0
    bytes_lost: int = 0
    segments_corrupted: int = 0

    def count(self, direction: Direction, size: int) -> None:
        if direction == "to_client":
            self.bytes_to_client += size
        else:
            self.bytes_to_server += size


class Lane:
    """One direction of a link. A reader queues segments with the time they are due; a writer passes them on.

    Two tasks, so that a delay is one of time and not of throughput. `has_hole` tells that something was lost: bytes,
    or the end of the stream.
    """

    def __init__(
        self,
        direction: Direction,
        source: socket.socket,
        sink: socket.socket | None,
        fault: Callable[[], Fault],
        stats: Stats,
    ) -> None:
        self.direction: Direction = direction
        self.has_hole = sink is None
        self.is_finished = sink is None
        self._source = source
        self._sink = sink
        self._fault = fault
        self._stats = stats
        self._queue: asyncio.Queue[tuple[float, bytes | None]] = asyncio.Queue()
        self._queued_bytes = 0
        self._has_room = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def read(self) -> None:
        """Queue segments, b"" for the end of the stream and None for a reset, which end the lane."""
        segment: bytes | None = b" "
        while segment:
            try:
                segment = await self._loop.sock_recv(self._source, CHUNK_BYTES)
            except OSError:
                segment = None
            self._queue.put_nowait((self._loop.time() + self._fault().delay_s, segment))
            self._queued_bytes += len(segment or b"")
            await self._room()

    async def _room(self) -> None:
        while self._queued_bytes > (CHUNK_BYTES if self._fault().rate else MOST_QUEUED_BYTES):
            self._has_room.clear()
            await self._has_room.wait()

    async def write(self) -> None:
        """Pass on what is due. Raises ConnectionResetError when the other end was reset."""
        segment: bytes | None = b" "
        while segment:
            due, segment = await self._queue.get()
            await asyncio.sleep(due - self._loop.time())
            if segment:
                await self._pass_on(segment)
                self._queued_bytes -= len(segment)
                self._has_room.set()
            else:
                self._pass_end(is_reset=segment is None)

    def _pass_end(self, *, is_reset: bool) -> None:
        if self._fault().loses(self.direction):
            self.has_hole = True
        elif is_reset:
            raise ConnectionResetError
        else:
            self.finish()

    async def _pass_on(self, segment: bytes) -> None:
        """Send a segment piece by piece, so that a new fault takes effect within it."""
        left = segment
        while left:
            fault = self._fault()
            if self._sink is None or self.is_finished or fault.loses(self.direction):
                self.has_hole = True
                self._stats.bytes_lost += len(left)
                return
            size = max(1, fault.rate // PIECES_PER_S) if fault.rate else CHUNK_BYTES
            piece, left = left[:size], left[size:]
            passed = fault.pass_on(self.direction, piece)
            self._stats.segments_corrupted += passed != piece
            await self._send(self._sink, passed)
            if fault.rate:
                await asyncio.sleep(len(piece) / fault.rate)

    async def _send(self, sink: socket.socket, piece: bytes) -> None:
        try:
            await self._loop.sock_sendall(sink, piece)
        except OSError:
            self.is_finished = True  # that end is gone: the other lane reads how, and passes it on
        else:
            self._stats.count(self.direction, len(piece))

    def finish(self) -> None:
        """Tell the sink that no more will come; what still comes is lost."""
        if self._sink is not None and not self.is_finished:
            self.is_finished = True
            try:
                self._sink.shutdown(socket.SHUT_WR)
            except OSError:
                return  # it was gone already


class Link:
    """A client's connection and its counterpart to the server; without a target nothing is ever answered."""

    def __init__(
        self, client: socket.socket, target: tuple[str, int] | None, fault: Callable[[], Fault], stats: Stats
    ) -> None:
        self._client = client
        self._server = None if target is None else socket.socket()
        self._target = target
        self._fault = fault
        self._stats = stats
        self._lanes: list[Lane] = []
        self._is_abrupt = False

    def cannot_go_on(self, fault: Fault) -> bool:
        """Say whether this fault would pass bytes on that come after lost ones."""
        if self._server is None:
            return not fault.is_silent_to_new
        return any(lane.has_hole and not lane.is_finished and not fault.loses(lane.direction) for lane in self._lanes)

    def reset_on_close(self) -> None:
        """Have both ends see a reset and not the end of the stream, whenever this link is closed."""
        self._is_abrupt = True

    def finish(self, direction: Direction | None) -> None:
        """Send the end of the stream: to one end, or to both."""
        for lane in self._lanes:
            if direction in (None, lane.direction):
                lane.finish()

    async def run(self) -> None:
        """Carry bytes until both directions have ended; one that lost something stays open until it is cancelled."""
        try:
            if self._server is not None and self._target is not None:
                await self._connect(self._server, self._target)
            self._lanes = self._make_lanes()
            async with asyncio.TaskGroup() as group:
                for lane in self._lanes:
                    group.create_task(lane.read())
                    group.create_task(lane.write())
            if any(lane.has_hole and not lane.is_finished for lane in self._lanes):
                await asyncio.Event().wait()
        except* OSError:
            self.reset_on_close()

    def close(self) -> None:
        """Close both sockets."""
        for end in (self._client, self._server):
            if end is not None:
                if self._is_abrupt:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                end.close()

    async def _connect(self, server: socket.socket, target: tuple[str, int]) -> None:
        server.setblocking(False)
        async with asyncio.timeout(CONNECT_S):
            await asyncio.get_running_loop().sock_connect(server, target)
        for end in (self._client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _make_lanes(self) -> list[Lane]:
        lanes = [Lane("to_server", self._client, self._server, self._fault, self._stats)]
        if self._server is not None:
            lanes.append(Lane("to_client", self._server, self._client, self._fault, self._stats))
        return lanes
