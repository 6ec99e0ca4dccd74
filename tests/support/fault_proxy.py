"""A TCP proxy that misbehaves on command, in a process of its own so that no fault of it slows what is tested.

    python -m tests.support.fault_proxy --to HOST:PORT [--port N]

Modes, set one at a time; each holds for present and new links unless it says otherwise:

    pass        carry everything; the port listens again where it was closed
    half_open   lose all bytes both ways, and the ends of streams; sockets stay open; new links get no answer
    one_way     lose the bytes of one `direction`: to_client or to_server
    delay       carry everything `seconds` later, each way, in order
    throttle    carry at most `bytes_per_s`, each way
    corrupt     change one byte in `every` so many segments to the client, chosen by `seed`
    black_hole  accept new links and never answer; present ones go on
    refuse      close the listening port; present links go on

`rst` and `fin` end the present links and leave the mode as it is; `target` changes where new links go. A link that lost
something is reset as soon as a mode would carry its bytes on: a stream never has a hole in it. While the target does
not listen, new links are accepted and reset.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

from tests.support.child import Child, Option
from tests.support.commands import obey
from tests.support.fault_link import Direction, Fault, Link, Mode, Stats

HOST = "127.0.0.1"


class FaultProxy(Child):
    """The proxy, from the test's side: `with FaultProxy(server_port) as proxy:`, then connect to `proxy.port`."""

    def __init__(self, to_port: int, *, to_host: str = HOST, port: int = 0) -> None:
        options: dict[str, Option] = {"to": f"{to_host}:{to_port}", "port": port}
        super().__init__([sys.executable, "-m", "tests.support.fault_proxy"], options)

    def set(self, mode: Mode, **options: Any) -> None:
        """Set a mode with its options, as `delay` with `seconds=1.0`."""
        self.command("set", mode=mode, **options)

    def heal(self) -> None:
        """Carry everything again."""
        self.set("pass")

    def reset_links(self) -> None:
        """Reset all present links, at both ends."""
        self.command("rst")

    def finish_links(self, direction: Direction | None = None) -> None:
        """Send the end of the stream into all present links, to one end or to both."""
        self.command("fin", direction=direction)

    def aim_at(self, port: int, host: str = HOST) -> None:
        """Carry new links to another server."""
        self.command("target", to=f"{host}:{port}")

    def stats(self) -> dict[str, int]:
        """Return the counts of `Stats`, and how many links are `open` now."""
        return self.command("stats")


class Proxy:
    """The proxy itself: a port, the links made through it and the fault that they share."""

    def __init__(self, target: tuple[str, int], port: int) -> None:
        self.port = port
        self._target = target
        self._fault = Fault()
        self._stats = Stats()
        self._links: dict[asyncio.Task[None], Link] = {}
        self._accepting: asyncio.Task[None] | None = None
        self._commands: dict[str, Callable[..., Coroutine[Any, Any, dict[str, Any]]]] = {
            "set": self._set,
            "rst": self._rst,
            "fin": self._fin,
            "target": self._aim,
            "stats": self._count,
        }

    def listen(self) -> None:
        """Begin to accept; keeps the port of the first time."""
        listener = socket.create_server((HOST, self.port), backlog=100)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._accepting = asyncio.create_task(self._accept(listener))

    async def answer(self, name: str, options: dict[str, Any]) -> dict[str, Any]:
        """Carry out one command."""
        return await self._commands[name](**options)

    async def close(self) -> None:
        """Stop listening and end all links."""
        await self._refuse()
        await self._end(list(self._links))

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with listener:
            while True:
                client, _ = await loop.sock_accept(listener)
                self._stats.accepted += 1
                link = Link(client, self._target_of_new(), lambda: self._fault, self._stats)
                task = asyncio.create_task(link.run())
                self._links[task] = link
                task.add_done_callback(self._drop)

    def _target_of_new(self) -> tuple[str, int] | None:
        return None if self._fault.is_silent_to_new else self._target

    def _drop(self, task: asyncio.Task[None]) -> None:
        self._links.pop(task).close()

    async def _refuse(self) -> None:
        accepting, self._accepting = self._accepting, None
        if accepting is not None:
            accepting.cancel()
            await asyncio.gather(accepting, return_exceptions=True)

    async def _set(self, **options: Any) -> dict[str, Any]:
        self._fault = Fault.parse(options)
        if self._fault.mode == "refuse":
            await self._refuse()
        elif self._accepting is None:
            self.listen()
        await self._reset([task for task, link in self._links.items() if link.cannot_go_on(self._fault)])
        return {}

    async def _rst(self) -> dict[str, Any]:
        await self._reset(list(self._links))
        return {}

    async def _fin(self, direction: Direction | None = None) -> dict[str, Any]:
        for link in self._links.values():
            link.finish(direction)
        return {}

    async def _aim(self, to: str) -> dict[str, Any]:
        self._target = parse_target(to)
        return {}

    async def _count(self) -> dict[str, Any]:
        return {**asdict(self._stats), "open": len(self._links)}

    async def _reset(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            self._links[task].reset_on_close()
        await self._end(tasks)

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def parse_target(text: str) -> tuple[str, int]:
    """Return host and port of HOST:PORT."""
    host, _, port = text.rpartition(":")
    return host, int(port)


async def main() -> None:
    """Serve until the test goes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=parse_target, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    proxy = Proxy(options.to, options.port)
    proxy.listen()
    await obey(proxy.port, proxy.answer)
    await proxy.close()


if __name__ == "__main__":
    asyncio.run(main())
