"""The door of a running instance: a local socket through which the command line asks what it may not do itself.

A small fixed set of requests goes in, their answers come out. The socket's key lies in the profile folder, readable by
its owner alone; both sides prove that they have it before anything is unpickled, and then only classes on a list are.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import importlib
import io
import json
import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

import structlog

from hmi.services.port import RefusedError, Request

KEY_FILE: Final = "attach.json"
SOCKET_FILE: Final = "attach.sock"
LONGEST_ADDRESS: Final = 100
"""Of a socket's path, in bytes; the system takes 107."""
SILENCE_S: Final = 2.0
ANSWER_S: Final = 60.0
LARGEST: Final = 16 << 20
NONCE: Final = 32

MODULES: Final = (
    "hmi.services.port.archive",
    "hmi.services.port.jobs",
    "hmi.services.port.frames",
    "hmi.storage.exchange.mapping",
    "hmi.storage.exchange.sheet",
    "hmi.storage.exchange.zones",
    "hmi.storage.history.records",
    "hmi.config.history_settings",
)
"""Their classes may travel, nothing else of them."""
OTHERS: Final = {
    ("pathlib", "PosixPath"),
    ("pathlib", "WindowsPath"),
    ("pathlib._local", "PosixPath"),
    ("pathlib._local", "WindowsPath"),
    ("uuid", "UUID"),
    ("uuid", "SafeUUID"),
}

Handle = Callable[[Request[Any]], Awaitable[Any]]
Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)


class AttachError(Exception):
    """The running instance cannot be asked; the text says why."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What comes back: an answer, or why there is none."""

    answer: Any = None
    refused: str = ""


class Door:
    """The running instance's side, on a thread of its own: one caller after another, each with one request."""

    def __init__(self, folder: Path, handle: Handle) -> None:
        """folder: the profile's. handle: answers a request on the loop that `open` is called on."""
        self._key_path = folder / KEY_FILE
        self._folder = folder
        self._handle = handle
        self._key = os.urandom(NONCE)
        self._is_ending = False
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None

    async def open(self) -> None:
        """Begin to listen; a door that cannot be opened is logged, and the program goes on without."""
        try:
            self._listener = await asyncio.to_thread(self._listen)
        except OSError as error:
            _log.warning("no door for the command line", reason=str(error))
            return
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._serve, args=(self._listener, loop), name="attach", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Stop listening; returns when the thread has ended."""
        await asyncio.to_thread(self._close)

    def _listen(self) -> Listener:
        address = _address(self._folder)
        if sys.platform != "win32":
            Path(address).unlink(missing_ok=True)
        listener = Listener(address, "AF_PIPE" if sys.platform == "win32" else "AF_UNIX")
        if sys.platform != "win32":
            Path(address).chmod(0o600)
        self._key_path.unlink(missing_ok=True)
        with os.fdopen(os.open(self._key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"address": address, "key": self._key.hex(), "pid": os.getpid()}, file)
        return listener

    def _close(self) -> None:
        if self._listener is None or self._thread is None:
            return
        self._is_ending = True
        address = str(self._listener.address)
        try:
            Client(address).close()  # only so that accept returns
        except OSError:
            self._listener.close()
        self._thread.join()
        self._listener.close()
        self._key_path.unlink(missing_ok=True)

    # ── on the door's thread ──────────────────────────────────────────────────────────────────────────────────────

    def _serve(self, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        while not self._is_ending:
            try:
                with listener.accept() as caller:
                    if not self._is_ending:
                        self._answer(caller, loop)
            except (OSError, EOFError) as error:
                if self._is_ending:
                    return
                _log.info("a caller went away", reason=str(error))
            except Exception:  # noqa: BLE001  # failure wall: what one caller sends must not close the door for all
                _log.exception("a caller could not be answered")

    def _answer(self, caller: Connection, loop: asyncio.AbstractEventLoop) -> None:
        if not prove_to_caller(caller, self._key):
            _log.warning("a caller without the key was turned away")
            return
        try:
            request = loads(_received(caller, SILENCE_S))
        except pickle.UnpicklingError as error:
            caller.send_bytes(pickle.dumps(_Reply(refused=str(error))))
            return
        if not isinstance(request, Request):
            caller.send_bytes(pickle.dumps(_Reply(refused="Only requests are answered here.")))
            return
        future = asyncio.run_coroutine_threadsafe(_waited(self._handle(request)), loop)
        try:
            reply = _Reply(future.result(ANSWER_S))
        except RefusedError as error:
            reply = _Reply(refused=str(error))
        except Exception as error:  # noqa: BLE001  # failure wall: said to the caller, and logged once
            _log.exception("request failed", request=type(request).__name__)
            reply = _Reply(refused=f"The program failed: {error}. See the log.")
        caller.send_bytes(pickle.dumps(reply))


async def _waited(answer: Awaitable[Any]) -> Any:
    return await answer


class Caller:
    """The command line's side."""

    def __init__(self, folder: Path) -> None:
        """Find the running instance of a profile. Raises AttachError when there is none that can be asked."""
        try:
            found = json.loads((folder / KEY_FILE).read_text(encoding="utf-8"))
            self._address, self._key = str(found["address"]), bytes.fromhex(found["key"])
        except (OSError, ValueError, KeyError) as error:
            raise AttachError("The running program cannot be asked; end it first.") from error

    def ask(self, request: Request[Answer]) -> Answer:
        """Return the answer. Blocks. Raises RefusedError in the program's words, AttachError when it is gone."""
        try:
            with Client(self._address) as door:
                if not prove_to_door(door, self._key):
                    raise AttachError("The running program did not prove itself; end it first.")
                door.send_bytes(pickle.dumps(request))
                reply = loads(_received(door, ANSWER_S + SILENCE_S))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise AttachError(f"The running program does not answer ({error}).") from error
        if not isinstance(reply, _Reply):
            raise AttachError("The running program answered something else.")
        if reply.refused:
            raise RefusedError(reply.refused)
        answer: Answer = reply.answer
        return answer


def prove_to_caller(caller: Connection, key: bytes) -> bool:
    """Ask a caller to prove that it has the key, then prove it in turn."""
    challenge = os.urandom(NONCE)
    caller.send_bytes(challenge)
    said = _received(caller, SILENCE_S)
    proof, back = said[:NONCE], said[NONCE:]
    if len(back) != NONCE or not hmac.compare_digest(proof, _proof(key, b"caller", challenge)):
        return False
    caller.send_bytes(_proof(key, b"door", back))
    return True


def prove_to_door(door: Connection, key: bytes) -> bool:
    """Do the other half of `prove_to_caller`."""
    challenge, back = _received(door, ANSWER_S), os.urandom(NONCE)
    door.send_bytes(_proof(key, b"caller", challenge) + back)
    return hmac.compare_digest(_received(door, SILENCE_S), _proof(key, b"door", back))


def _proof(key: bytes, side: bytes, challenge: bytes) -> bytes:
    return hmac.digest(key, side + challenge, hashlib.sha256)


def _received(connection: Connection, within_s: float) -> bytes:
    if not connection.poll(within_s):
        raise EOFError("no answer in time")
    return connection.recv_bytes(LARGEST)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in OTHERS:
            return getattr(importlib.import_module(module), name)
        if module == __name__ and name == _Reply.__name__:
            return _Reply
        if module in MODULES:
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} may not come in here.")


def loads(data: bytes) -> Any:
    """Return what was pickled, made of the classes on the list. Raises pickle.UnpicklingError for any other."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:
        raise pickle.UnpicklingError(f"This is not a request ({error}).") from error


def _address(folder: Path) -> str:
    if sys.platform == "win32":
        return rf"\\.\pipe\roams-{uuid4()}"
    inside = str(folder / SOCKET_FILE)
    if len(inside.encode()) <= LONGEST_ADDRESS:
        return inside
    return str(Path(tempfile.mkdtemp(prefix="roams-")) / SOCKET_FILE)
