from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.child import ChildError
from tests.support.fault_link import Mode
from tests.support.fault_proxy import HOST, FaultProxy
from tests.support.waiting import until_now

WITHIN_S = 5.0
SILENCE_S = 0.2


class Echo:
    """A server that sends back what it gets, a thread a connection; `greeting` is its first word."""

    def __init__(self, greeting: bytes = b"") -> None:
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._greeting = greeting
        self.connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self.endings: list[str] = []
        self.got = bytearray()
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(WITHIN_S)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections.append(connection)
                self._threads.append(threading.Thread(target=self._echo, args=[connection]))
                self._threads[-1].start()

    def _echo(self, connection: socket.socket) -> None:
        try:
            connection.sendall(self._greeting)
            while some := connection.recv(1 << 16):
                self.got += some
                connection.sendall(some)
            self.endings.append("fin")
        except ConnectionResetError:
            self.endings.append("rst")
        finally:
            connection.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[FaultProxy]:
    with FaultProxy(echo.port) as found:
        yield found


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[socket.socket]:
    """A connection that has carried something already."""
    with connect(proxy) as made:
        assert exchange(made, b"hello") == b"hello"
        yield made


def connect(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), WITHIN_S)


def exchange(client: socket.socket, sent: bytes) -> bytes:
    client.sendall(sent)
    return read(client, len(sent))


def read(client: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        some = client.recv(size - len(got))
        assert some, f"ended after {got!r}"
        got += some
    return got


def is_silent(client: socket.socket) -> bool:
    client.settimeout(SILENCE_S)
    try:
        client.recv(1)
    except TimeoutError:
        client.settimeout(WITHIN_S)
        return True
    return False


def test_bytes_pass_both_ways_and_are_counted(proxy: FaultProxy) -> None:
    sent = random.Random(1).randbytes(3_000_000)
    got = bytearray()
    with connect(proxy) as client:
        reader = threading.Thread(target=lambda: got.extend(read(client, len(sent))))
        reader.start()
        client.sendall(sent)
        reader.join(WITHIN_S)
        assert bytes(got) == sent
        stats = proxy.stats()
    assert (stats["accepted"], stats["open"]) == (1, 1)
    assert stats["bytes_to_server"] == stats["bytes_to_client"] == len(sent)
    until_now(lambda: proxy.stats()["open"] == 0)


def test_the_end_of_a_stream_is_carried_and_the_other_half_goes_on(proxy: FaultProxy, echo: Echo) -> None:
    with connect(proxy) as client:
        client.sendall(b"last")
        client.shutdown(socket.SHUT_WR)
        assert read(client, 4) == b"last"
        assert client.recv(1) == b""
    assert echo.endings == ["fin"]


def test_a_reset_of_the_client_reaches_the_server(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    until_now(lambda: echo.endings == ["rst"])


def test_rst_resets_both_ends_and_new_links_pass(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    proxy.reset_links()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    until_now(lambda: echo.endings == ["rst"])
    with connect(proxy) as again:
        assert exchange(again, b"again") == b"again"


def test_fin_ends_both_streams_cleanly(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    proxy.finish_links()
    assert client.recv(1) == b""
    until_now(lambda: echo.endings == ["fin"])


def test_fin_to_one_end_leaves_the_other_half(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    proxy.finish_links("to_client")
    assert client.recv(1) == b""
    client.sendall(b"still")
    until_now(lambda: bytes(echo.got) == b"hellostill")
    assert echo.endings == []


def test_half_open_loses_all_silently_for_present_and_new_links(
    proxy: FaultProxy, client: socket.socket, echo: Echo
) -> None:
    proxy.set("half_open")
    client.sendall(b"lost")
    until_now(lambda: proxy.stats()["bytes_lost"] == 4)
    with connect(proxy) as new:
        new.sendall(b"too")
        assert is_silent(new)
        assert is_silent(client)
        proxy.heal()
        with pytest.raises(ConnectionResetError):
            new.recv(1)
    with pytest.raises(ConnectionResetError):  # no hole in the stream
        client.recv(1)
    until_now(lambda: echo.endings == ["rst"])
    assert bytes(echo.got) == b"hello"


def test_a_half_open_link_that_lost_nothing_goes_on(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.set("half_open")
    proxy.heal()
    assert exchange(client, b"on") == b"on"


def test_half_open_hides_that_the_client_has_gone(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    proxy.set("half_open")
    client.close()
    with connect(proxy) as new:
        assert is_silent(new)
    assert echo.endings == []
    proxy.heal()
    until_now(lambda: echo.endings == ["rst"])


def test_half_open_hides_the_ends_of_both_streams(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    proxy.set("half_open")
    client.shutdown(socket.SHUT_WR)
    echo.connections[0].shutdown(socket.SHUT_WR)
    assert is_silent(client)
    assert (echo.endings, proxy.stats()["open"]) == ([], 1)
    proxy.heal()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_one_way_loses_what_the_server_sends(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    proxy.set("one_way", direction="to_client")
    client.sendall(b"heard")
    until_now(lambda: bytes(echo.got) == b"helloheard")
    assert is_silent(client)
    proxy.heal()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_one_way_loses_what_the_client_sends(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    proxy.set("one_way", direction="to_server")
    client.sendall(b"unheard")
    until_now(lambda: proxy.stats()["bytes_lost"] == 7)
    assert bytes(echo.got) == b"hello"
    proxy.set("half_open")  # still lost that way: no reason to reset
    assert is_silent(client)


def test_delay_comes_later_in_order_and_takes_no_throughput(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.set("delay", seconds=0.2)
    began = time.monotonic()
    sent = b"".join(b"%06d" % number for number in range(20_000))
    for start in range(0, len(sent), 6_000):
        client.sendall(sent[start : start + 6_000])
    assert read(client, len(sent)) == sent
    assert 0.4 <= time.monotonic() - began < 2.0


def test_throttle_holds_the_rate(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.set("throttle", bytes_per_s=100_000)
    began = time.monotonic()
    assert exchange(client, b"x" * 30_000) == b"x" * 30_000
    assert 0.25 <= time.monotonic() - began < 2.0


def test_a_throttle_that_is_lifted_lets_the_rest_through_at_once(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.set("throttle", bytes_per_s=1_000)
    client.sendall(b"x" * 200_000)
    proxy.heal()
    assert read(client, 200_000) == b"x" * 200_000


def test_corrupt_changes_one_byte_of_every_second_segment_to_the_client(
    proxy: FaultProxy, client: socket.socket, echo: Echo
) -> None:
    proxy.set("corrupt", every=2, seed=7)
    answers = [exchange(client, b"abcdefgh") for _ in range(6)]
    changed = [sum(a != b for a, b in zip(answer, b"abcdefgh", strict=True)) for answer in answers]
    assert changed == [0, 1, 0, 1, 0, 1]
    assert proxy.stats()["segments_corrupted"] == 3
    assert bytes(echo.got) == b"hello" + b"abcdefgh" * 6


def test_a_black_hole_never_answers_new_links_only(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.set("black_hole")
    with connect(proxy) as new:
        new.sendall(b"anyone?")
        assert is_silent(new)
        assert exchange(client, b"here") == b"here"
        proxy.heal()
        with pytest.raises(ConnectionResetError):
            new.recv(1)


def test_a_refused_port_is_open_again_after_healing(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.set("refuse")
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    assert exchange(client, b"here") == b"here"
    proxy.heal()
    with connect(proxy) as new:
        assert exchange(new, b"back") == b"back"


def test_new_links_go_to_the_new_target(proxy: FaultProxy, client: socket.socket) -> None:
    with contextlib.closing(Echo(greeting=b"other")) as other:
        proxy.aim_at(other.port)
        with connect(proxy) as new:
            assert read(new, 5) == b"other"
        assert exchange(client, b"old") == b"old"


def test_a_target_that_does_not_listen_is_a_reset(echo: Echo, proxy: FaultProxy) -> None:
    with socket.create_server((HOST, 0)) as gone:
        port = gone.getsockname()[1]
    proxy.aim_at(port)
    with pytest.raises(ConnectionResetError), connect(proxy) as client:  # it may come before connect has returned
        client.recv(1)


def test_an_unknown_fault_is_refused(proxy: FaultProxy) -> None:
    with pytest.raises(ChildError, match="no such fault"):
        proxy.set("delay", second=1.0)
    assert proxy.stats()["accepted"] == 0


MODES: list[tuple[Mode, dict[str, object]]] = [("half_open", {}), ("delay", {"seconds": 5.0}), ("refuse", {})]


@pytest.mark.parametrize(("mode", "options"), MODES)
def test_the_proxy_ends_with_links_open_in_any_mode(
    proxy: FaultProxy, client: socket.socket, mode: Mode, options: dict[str, object]
) -> None:
    proxy.set(mode, **options)
    client.sendall(b"in flight")
    proxy.stop()
    assert not proxy.is_running
