"""Handing one message over: what goes out, and how it can fail."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

SEND_S: Final = 20.0
"""No server holds a message up for longer."""
ANSWER_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way. key: the same at every try, so that whoever got it twice can tell. made_us: UTC µs."""

    key: str
    made_us: int
    recipient: str
    name: str
    subject: str
    body: str
    facts: dict[str, str] = field(default_factory=dict)
    """More about it for programs: what is told, of which alarm, how urgent."""


class DeliveryError(Exception):
    """A message was not taken; its text says why, for the operator.

    is_final: it never will be. is_of_channel: no other message would have been taken either.
    """

    def __init__(self, sentence: str, *, is_final: bool = False, is_of_channel: bool = True) -> None:
        super().__init__(sentence)
        self.is_final = is_final
        self.is_of_channel = is_of_channel


Deliver = Callable[[Outgoing], Awaitable[None]]


class Trust:
    """What servers' certificates are judged by: the operating system's own list. Read once, on a thread."""

    def __init__(self, make: Callable[[], ssl.SSLContext] | None = None) -> None:
        self._make = make or system_context
        self._context: ssl.SSLContext | None = None
        self._lock = asyncio.Lock()

    async def context(self) -> ssl.SSLContext:
        """Return it."""
        async with self._lock:
            if self._context is None:
                self._context = await asyncio.to_thread(self._make)
        return self._context


def system_context() -> ssl.SSLContext:
    """Return a context that trusts what the operating system trusts, a plant's own authority too. Blocks."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def answer_text(answer: str) -> str:
    """Return a server's words as one line that may be shown."""
    plain = "".join(each if each.isprintable() else " " for each in answer)
    return " ".join(plain.split())[:ANSWER_CHARACTERS]
