"""How passwords are kept, as people see and choose it; what waits for a vault or a keyring goes on when it opens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hmi.config.secrets import Secrets, Standing, VaultError, VaultState, WrongPassphraseError
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.port import RefusedError, Request
from hmi.services.port import secrets as port
from hmi.services.security.throttle import delay_s

ALARM: Final = "vault"
STOP_S: Final = 6.0


@dataclass(frozen=True, slots=True)
class SecretSurroundings:
    """What is needed around it. require: raises RefusedError. report: raises a system alarm, or clears it.

    names: of every secret that the program keeps. opened: called when secrets can be read that could not be.
    """

    require: Callable[[Permission], None]
    report: Callable[[str, str], None]
    show: Callable[[port.SecretsStatus], None]
    names: Callable[[], Iterable[str]]
    opened: Callable[[], Coroutine[None, None, None]]


class SecretDesk:
    """Answers on the I/O thread."""

    def __init__(
        self, secrets: Secrets, around: SecretSurroundings, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._secrets = secrets
        self._around = around
        self._clock_s = clock_s
        self._failures = 0
        self._not_before_s = 0.0
        self._could_read = False
        self._is_started = False
        self._connections: frozenset[str] = frozenset()
        self._works: set[asyncio.Task[None]] = set()
        secrets.on_change(self._changed)

    def start(self, catalogue: Catalogue) -> None:
        """Show how things stand, from now on. catalogue: what there is; what leaves it later is forgotten."""
        self._connections = _ids(catalogue)
        self._is_started = True
        self._changed()

    async def stop(self) -> None:
        """Finish what was begun, unless the keyring hangs."""
        if self._works:
            await asyncio.wait(set(self._works), timeout=STOP_S)
        for work in self._works:
            work.cancel()

    def handlers(self) -> Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.OpenVault: self._open,
            port.MakeVault: self._make,
            port.ChangeVaultPassphrase: self._change,
            port.LeaveVault: self._leave,
            port.SetVaultAside: self._set_aside,
        }

    def apply(self, catalogue: Catalogue) -> None:
        """Forget the passwords of connections that are gone; returns at once. One that was renamed keeps its own."""
        before, self._connections = self._connections, _ids(catalogue)
        for gone in sorted(before - self._connections):
            self._start(self._secrets.delete(gone))

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _open(self, request: port.OpenVault) -> None:
        """No permission: the passphrase is one, and at the start nobody need be signed in."""
        self._require_patience()
        try:
            await self._secrets.open_vault(request.passphrase)
        except WrongPassphraseError as error:
            self._fail()
            raise RefusedError(str(error)) from error
        except VaultError as error:
            raise RefusedError(str(error)) from error
        self._failures = 0

    async def _make(self, request: port.MakeVault) -> str:
        self._around.require(Permission.EDIT_DATA)
        moved = await self._asked(self._secrets.make_vault(request.passphrase, self._around.names()))
        said = tr("The vault is made; {count} passwords are in it.").format(count=moved.count)
        return f"{said} {moved.left} " + tr("Some may be in the keyring still.") if moved.left else said

    async def _change(self, request: port.ChangeVaultPassphrase) -> None:
        self._around.require(Permission.EDIT_DATA)
        self._require_patience()
        try:
            await self._asked(self._secrets.change_passphrase(request.old, request.new))
        except RefusedError as error:
            if isinstance(error.__cause__, WrongPassphraseError):
                self._fail()
            raise
        self._failures = 0

    async def _leave(self, _request: port.LeaveVault) -> str:
        self._around.require(Permission.EDIT_DATA)
        moved = await self._asked(self._secrets.leave_vault())
        if moved.left:
            words = tr("{reason} {count} passwords are kept until the program ends.")
            return words.format(reason=moved.left, count=moved.count)
        return tr("{count} passwords are in the keyring again.").format(count=moved.count)

    async def _set_aside(self, _request: port.SetVaultAside) -> str:
        self._around.require(Permission.EDIT_DATA)
        name = await self._asked(self._secrets.set_vault_aside())
        return tr("The vault's file is called {name} now. Type the passwords of the links again.").format(name=name)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _asked(self, work: Awaitable[Any]) -> Any:
        try:
            return await work
        except VaultError as error:
            raise RefusedError(str(error)) from error

    def _require_patience(self) -> None:
        left_s = self._not_before_s - self._clock_s()
        if left_s > 0:
            raise RefusedError(tr("Wait {seconds:.0f} s, then try again.").format(seconds=max(1.0, left_s)))

    def _fail(self) -> None:
        self._failures += 1
        self._not_before_s = self._clock_s() + delay_s(self._failures)

    def _changed(self) -> None:
        if not self._is_started:
            return  # those who would be told are not made yet
        standing = self._secrets.standing
        self._around.show(status_of(standing))
        self._around.report(ALARM, _alarm_text(standing))
        can_read = standing.kept is not None and standing.kept.outlives
        if can_read and not self._could_read:
            self._start(self._around.opened())
        self._could_read = can_read

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, name="secrets")
        self._works.add(task)
        task.add_done_callback(self._works.discard)


def status_of(standing: Standing) -> port.SecretsStatus:
    """Return how secrets are kept, as the window is told."""
    kept = standing.kept
    place, reason = (kept.place, kept.reason) if kept is not None else (None, "")
    return port.SecretsStatus(place, reason, standing.vault, standing.vault_fault, standing.session_only)


def _alarm_text(standing: Standing) -> str:
    if standing.vault is VaultState.LOCKED:
        return tr("Its passphrase was not given yet.")
    return standing.vault_fault if standing.vault is VaultState.BROKEN else ""


def _ids(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(str(each.id) for each in catalogue.connections)
