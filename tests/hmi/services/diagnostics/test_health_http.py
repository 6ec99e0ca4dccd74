"""The health server, asked by a real HTTP client and by peers that mean no good."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx2 as httpx
import psutil
import pytest

from hmi.services.diagnostics.http import AT_ONCE, HEAD_BYTES, LOOPBACK, HttpServer, Page
from tests.conftest import Warnings

pytestmark = pytest.mark.asyncio

ALIVE: Final = b"alive\n"
GET: Final = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def alive() -> Page:
    return Page(ALIVE)


async def broken() -> Page:
    raise RuntimeError("a figure failed")


@asynccontextmanager
async def server(head_s: float = 5.0) -> AsyncIterator[tuple[int, HttpServer]]:
    found = HttpServer({"/health": alive, "/broken": broken}, head_s)
    port = await found.open(0)
    try:
        yield port, found
    finally:
        await found.close()


async def raw(port: int, sent: bytes) -> bytes:
    """Return all that comes back for some bytes."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(sent)
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_real_client_is_answered_and_nothing_says_what_program_it_is() -> None:
    async with server() as (port, _), httpx.AsyncClient(trust_env=False) as client:
        for host in ("127.0.0.1", "localhost"):
            found = await client.get(f"http://{host}:{port}/health?x=1")
            assert (found.status_code, found.content) == (200, ALIVE)
        assert {"server", "x-powered-by"} & set(found.headers) == set()
        assert found.headers["cache-control"] == "no-store"
        assert (await client.get(f"http://127.0.0.1:{port}/nothing")).status_code == 404
        assert (await client.get(f"http://127.0.0.1:{port}/../etc/passwd")).status_code == 404


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"])
async def test_other_methods_are_not_allowed(method: str) -> None:
    async with server() as (port, _):
        found = await raw(port, f"{method} /health HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert found.startswith(b"HTTP/1.1 405 ")
        assert b"Allow: GET\r\n" in found


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"rubbish\r\n\r\n", 400),
        (b"\r\n\r\n", 400),
        (b"GET /health HTTP/2.0\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /health\r\nHost: localhost\r\n\r\n", 400),
        (b"GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\nHost: localhost\n\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: evil.example.org\r\n\r\n", 421),
        (b"GET /health HTTP/1.1\r\nHost: localhost.evil.example.org\r\n\r\n", 421),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 2 * HEAD_BYTES + b"\r\n\r\n", 431),
        (b"GET /" + b"x" * 600 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /h\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ],
)
async def test_rubbish_is_refused(sent: bytes, status: int) -> None:
    async with server() as (port, _):
        found = await raw(port, sent)
        assert found.startswith(f"HTTP/1.1 {status} ".encode()), found
        assert (await raw(port, GET)).endswith(ALIVE)


async def test_who_leaves_or_sends_slowly_is_not_waited_for() -> None:
    async with server(head_s=0.2) as (port, found):
        _, leaving = await asyncio.open_connection(LOOPBACK, port)
        leaving.write(b"GET /hea")
        leaving.close()
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        started = asyncio.get_running_loop().time()

        async def drip() -> None:
            for byte in b"GET /health HTTP/1.1\r\n" * 50:
                writer.write(bytes([byte]))
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        answer = await asyncio.wait_for(reader.read(), 5)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert asyncio.get_running_loop().time() - started < 2
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)
        writer.close()
        assert (await raw(port, GET)).endswith(ALIVE)
        await asyncio.wait_for(asyncio.gather(*found._open, return_exceptions=True), 5)
        assert not found._open


async def test_a_thousand_connections_that_say_nothing_keep_nobody_out() -> None:
    async with server() as (port, found):
        held = []
        for _ in range(1000):
            held.append(await asyncio.open_connection(LOOPBACK, port))
            assert len(found._open) <= AT_ONCE
        assert (await raw(port, GET)).endswith(ALIVE)
        assert len(found._open) <= AT_ONCE
        for _, writer in held:
            writer.close()


async def test_a_thousand_requests_at_once_are_answered_or_cut_and_then_all_is_well() -> None:
    async with server() as (port, _):
        answers = await asyncio.gather(*(raw(port, GET) for _ in range(1000)))
        assert all(each == b"" or each.endswith(ALIVE) for each in answers)
        assert any(each for each in answers)
        assert (await raw(port, GET)).endswith(ALIVE)


async def test_a_figure_that_fails_ends_its_answer_and_nothing_else(log_warnings: Warnings) -> None:
    async with server() as (port, _):
        found = await raw(port, GET.replace(b"/health", b"/broken"))
        assert found.startswith(b"HTTP/1.1 500 ")
        assert b"figure" not in found
        assert (await raw(port, GET)).endswith(ALIVE)
    assert log_warnings.take("health answer failed")


async def test_it_is_reached_over_loopback_only() -> None:
    others = [
        each.address
        for addresses in psutil.net_if_addrs().values()
        for each in addresses
        if each.family is socket.AF_INET and not each.address.startswith("127.")
    ]
    async with server() as (port, found):
        assert found._server is not None
        assert {each.getsockname()[0] for each in found._server.sockets} == {LOOPBACK}
        for address in [*others, "127.0.0.2"]:
            with pytest.raises(OSError, match=r"Connect call failed|refused"):
                await asyncio.wait_for(asyncio.open_connection(address, port), 5)


async def test_a_port_that_is_taken_is_an_error() -> None:
    async with server() as (port, _):
        with pytest.raises(OSError, match="in use"):
            await HttpServer({}).open(port)
