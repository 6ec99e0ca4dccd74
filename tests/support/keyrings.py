"""Keyrings for tests: one in memory that can be locked, slow or away, and one that anybody could read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend

from hmi.config.secrets import backends


class MemoryRing(KeyringBackend):
    """What keyrings.alt would put there, as far as our check goes: it stores, and its module is not a known one."""

    priority = -1  # never chosen by keyring itself, nor put into its chain

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no types here
        self.stored: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None
        self.is_over = threading.Event()
        self.hangs = False

    def get_password(self, service: str, username: str) -> str | None:
        self._act()
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._act()
        self.stored[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._act()
        del self.stored[service, username]

    def _act(self) -> None:
        if self.hangs:
            self.is_over.wait(10)
        if self.error is not None:
            raise self.error

    @property
    def secrets(self) -> dict[str, str]:
        """What is kept, by name."""
        return {name: secret for (_service, name), secret in self.stored.items()}


@contextmanager
def as_keyring(ring: KeyringBackend, *, is_allowed: bool = True) -> Iterator[None]:
    """Have the program use a keyring; is_allowed: and take it for one that keeps secrets.

    Not allowed, the machine has no other either: the tests themselves may run beside a real one.
    """
    before, allowed = keyring.get_keyring(), backends.ALLOWED_MODULES
    keyring.set_keyring(ring)
    backends.ALLOWED_MODULES = frozenset({type(ring).__module__} if is_allowed else ())  # type: ignore[misc]  # given back below
    try:
        yield
    finally:
        keyring.set_keyring(before)
        backends.ALLOWED_MODULES = allowed  # type: ignore[misc]  # as it was
