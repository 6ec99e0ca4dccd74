"""A small HTTP server for the machine it runs on: GET, one answer a connection, everything bounded.

Only loopback is listened on, and only requests that name it are answered: a web page that has its own name resolve to
this machine learns nothing. What was not understood is refused without a word about the program.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog

LOOPBACK: Final = "127.0.0.1"
HEAD_BYTES: Final = 8_192
HEAD_S: Final = 5.0
"""From the connection to the end of its request: who sends a byte now and then is not waited for."""
ANSWER_S: Final = 10.0
AT_ONCE: Final = 64
"""Connections at once; one more ends the one that has waited longest."""
TEXT: Final = "text/plain; charset=utf-8"

_REQUEST: Final = re.compile(rb"([A-Z]{1,20}) (/[!-~]{0,500}) HTTP/1\.[01]")
_HEADER: Final = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t -~\x80-\xff]*)")
_HOST: Final = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?", re.IGNORECASE)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. kind: of its content."""

    body: bytes
    kind: str = TEXT
    status: HTTPStatus = HTTPStatus.OK
    allow: str = ""


Answer = Callable[[], Awaitable[Page]]


class HttpServer:
    """Answers on loopback until closed. On one loop."""

    def __init__(self, pages: Mapping[str, Answer], head_s: float = HEAD_S) -> None:
        self._pages = pages
        self._head_s = head_s
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def open(self, port: int) -> int:
        """Listen, and return the port: of 0 the system chooses one. Raises OSError for one that is taken."""
        self._server = await asyncio.start_server(self._begin, LOOPBACK, port, limit=HEAD_BYTES, backlog=128)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """End every connection and listen no more."""
        if self._server is not None:
            self._server.close()
        waiting = list(self._open)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection at once, in the place of the one that has waited longest where there are too many."""
        while len(self._open) >= AT_ONCE:
            oldest = next(iter(self._open))
            self._open.pop(oldest).transport.abort()
            oldest.cancel()
        task = asyncio.create_task(self._serve(reader, writer), name="health request")
        self._open[task] = writer
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        writer = self._open.pop(task, None)
        if writer is not None:
            writer.transport.abort()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("health request failed", exc_info=error)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            page = await self._page(reader)
            async with asyncio.timeout(ANSWER_S):
                writer.write(rendered(page))
                await writer.drain()
                writer.close()  # what is left is sent, where its reader takes it in time
                await writer.wait_closed()

    async def _page(self, reader: asyncio.StreamReader) -> Page:
        try:
            async with asyncio.timeout(self._head_s):
                head = await reader.readuntil(b"\r\n\r\n")
        except TimeoutError:
            return refusal(HTTPStatus.REQUEST_TIMEOUT)
        except asyncio.LimitOverrunError:
            return refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        path, refused = asked(head)
        if refused is not None:
            return refused
        answer = self._pages.get(path)
        if answer is None:
            return refusal(HTTPStatus.NOT_FOUND)
        try:
            async with asyncio.timeout(ANSWER_S):
                return await answer()
        except Exception:  # noqa: BLE001  # failure wall: a figure that fails ends its answer and nothing else
            _log.exception("health answer failed", path=path)
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR)


def asked(head: bytes) -> tuple[str, Page | None]:
    """Return the path that a request asks for, or why it is not answered."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    request = _REQUEST.fullmatch(first)
    found = [_HEADER.fullmatch(line) for line in lines]
    if request is None or None in found:
        return "", refusal(HTTPStatus.BAD_REQUEST)
    headers = [(each[1].decode("ascii").lower(), each[2].decode("latin-1").strip()) for each in found if each]
    hosts = [value for name, value in headers if name == "host"]
    has_body = any(
        name == "transfer-encoding" or (name == "content-length" and value != "0") for name, value in headers
    )
    if len(hosts) != 1:
        return "", refusal(HTTPStatus.BAD_REQUEST)
    if not _HOST.fullmatch(hosts[0]):
        return "", refusal(HTTPStatus.MISDIRECTED_REQUEST)
    if request[1] != b"GET":
        return "", Page(b"", status=HTTPStatus.METHOD_NOT_ALLOWED, allow="GET")
    if has_body:
        return "", refusal(HTTPStatus.BAD_REQUEST)
    return request[2].decode("ascii").partition("?")[0], None


def refusal(status: HTTPStatus) -> Page:
    """Return an answer that says no more than its status."""
    return Page(f"{status.phrase}\n".encode(), status=status)


def rendered(page: Page) -> bytes:
    """Return the bytes of an answer."""
    lines = [
        f"HTTP/1.1 {page.status.value} {page.status.phrase}",
        f"Content-Type: {page.kind}",
        f"Content-Length: {len(page.body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if page.allow:
        lines.append(f"Allow: {page.allow}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + page.body
