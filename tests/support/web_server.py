"""A real web server on the loopback that answers as it is told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """One call as it came."""

    method: str
    path: str
    headers: dict[str, str]
    json: dict[str, Any]


@dataclass
class WebServer:
    """What stands behind the port. answers: the next statuses; 200 when there are none left."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    location: str = ""
    is_endless: bool = False
    hang: threading.Event | None = None

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/hook"


@contextmanager
def web_server(context: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Run a server, encrypted with a context."""
    behind = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server looks for this name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            behind.calls.append(Call(self.command, self.path, headers, json.loads(body)))
            if behind.hang is not None:
                behind.hang.wait(20)
                return
            status = behind.answers.pop(0) if behind.answers else 200
            with suppress(OSError):  # whoever called may not want to hear it all
                self.send_response(status)
                if behind.location:
                    self.send_header("Location", behind.location)
                self.end_headers()
                self.wfile.write(b"words of the server\r\nand more")
                while behind.is_endless:
                    self.wfile.write(b"x" * 65_536)

        do_PUT = do_POST  # noqa: N815  # as above

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's parameter
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A caller that hangs up in a handshake is what some tests want."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    behind.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="web server")
    thread.start()
    try:
        yield behind
    finally:
        behind.is_endless = False
        if behind.hang is not None:
            behind.hang.set()
        server.shutdown()
        thread.join()
        server.server_close()
