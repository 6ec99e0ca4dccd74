"""A real mail server on the loopback, in the test's own loop, and others that behave badly."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography.hazmat.primitives import serialization

from hmi.services.notifying.delivery import Trust
from tests.support.pki import Made, make

USER, PASSWORD = "roams", "correct horse"


@dataclass
class Letter:
    """A message that the server was given."""

    sender: str
    recipients: list[str]
    text: str


@dataclass
class MailServer:
    """What stands behind the port. answers: to the next messages, instead of taking them."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    tries: int = 0
    was_encrypted: bool = False
    logins: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        self.tries += 1
        self.was_encrypted = session.ssl is not None
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "drop":
                _abort(server)
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(Letter(str(envelope.mail_from), list(envelope.rcpt_tos), content.decode("ascii")))
        return "250 OK"

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append(data.login.decode())
        is_right = data.login.decode() == USER and data.password.decode() == PASSWORD
        return AuthResult(success=is_right, handled=is_right)


@asynccontextmanager
async def mail_server(
    context: ssl.SSLContext | None = None, *, is_tls: bool = False, needs_login: bool = False, port: int = 0
) -> AsyncIterator[MailServer]:
    """Run a server. context: with a certificate, for STARTTLS, or for TLS from the first byte on."""
    behind = MailServer()
    made: list[SMTP] = []

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it does not see that the whole connection is encrypted
            server = SMTP(
                behind,
                hostname="mail.test",
                tls_context=None if is_tls else context,
                require_starttls=context is not None and not is_tls,
                auth_required=needs_login,
                auth_require_tls=not is_tls,
                authenticator=behind.login,
                loop=asyncio.get_running_loop(),
            )
        made.append(server)
        return server

    loop = asyncio.get_running_loop()
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it complains of what it does itself
    server = await loop.create_server(protocol, "127.0.0.1", port, ssl=context if is_tls else None)
    behind.port = server.sockets[0].getsockname()[1]
    try:
        yield behind
    finally:
        server.close()
        await server.wait_closed()
        for each in made:
            _abort(each)
            if each._handler_coroutine is not None:
                each._handler_coroutine.cancel()
                await asyncio.gather(each._handler_coroutine, return_exceptions=True)


def _abort(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


@asynccontextmanager
async def rude_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object] | None = None,
) -> AsyncIterator[int]:
    """Run a server that accepts and says what `talk` says, or nothing at all; give its port."""
    tasks: set[asyncio.Task[None]] = set()
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        if talk is not None:
            talk(reader, writer)
        await done.wait()
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        done.set()
        server.close()
        await server.wait_closed()
        await asyncio.gather(*tasks, return_exceptions=True)


class Certificates:
    """An authority and a server's certificate for the loopback."""

    def __init__(self, folder: Path, *, hosts: tuple[str, ...] = ("localhost", "127.0.0.1")) -> None:
        self.authority = make("Test authority", is_authority=True, uri=None)
        self.server = make("Mail", by=self.authority, uri=None, hosts=hosts)
        self._folder = folder

    def context(self) -> ssl.SSLContext:
        """Return a server's context."""
        chain = self._folder / "chain.pem"
        chain.write_bytes(_pem(self.server) + _key(self.server))
        found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        found.load_cert_chain(chain)
        return found

    def trust(self) -> Trust:
        """Return a trust in this authority alone."""
        found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        found.load_verify_locations(cadata=_pem(self.authority).decode())
        return Trust(lambda: found)


def _pem(made: Made) -> bytes:
    return made.certificate.public_bytes(serialization.Encoding.PEM)


def _key(made: Made) -> bytes:
    plain = serialization.NoEncryption()
    return made.private_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


@contextmanager
def mail_server_beside() -> Iterator[MailServer]:
    """Run a server without encryption on a loop and a thread of its own, for tests that have no loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="mail server")
    thread.start()
    try:
        running = mail_server()
        server = asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result(10)
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(running.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
