"""Argon2id on a thread of its own: a hash takes tens of ms and 19 MiB, and so many as may wait are counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from hmi.config.passwords import MOST, normal
from hmi.domain.language import tr
from hmi.services.port import RefusedError

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
LANES: Final = 1
"""OWASP's password storage cheat sheet, Argon2id."""
WAITING_MOST: Final = 8

T = TypeVar("T")


class Hashing:
    """Makes and checks hashes. Its methods raise RefusedError while too many wait."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="hashing")
        self._waiting = 0
        self._dummy = ""

    async def make(self, password: str) -> str:
        """Return the hash of a password."""
        return await self._run(lambda: self._hasher.hash(normal(password)))

    async def check(self, password_hash: str, password: str) -> bool:
        """Return whether a hash is of a password; an empty one takes as long and is of none."""
        return await self._run(lambda: self._check(password_hash, password))

    def is_old(self, password_hash: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def stop(self) -> None:
        """Finish what was begun and end. Blocks."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MOST:
            raise RefusedError(tr("Too many passwords are being checked. Try again in a moment."))
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._waiting -= 1

    # ── on the thread ─────────────────────────────────────────────────────────────────────────────────────────────

    def _check(self, password_hash: str, password: str) -> bool:
        given = normal(password)[: MOST + 1]  # one too long is never right, and must not take longer
        if not self._dummy:
            self._dummy = self._hasher.hash("nobody's")
        try:
            return self._hasher.verify(password_hash or self._dummy, given) and bool(password_hash)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
