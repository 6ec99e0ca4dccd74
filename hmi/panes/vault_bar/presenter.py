"""Facts of the bar: whether a passphrase is asked for, and how typing it went."""

from __future__ import annotations

from collections.abc import Callable

from drivers.api import LinkState
from hmi.config.secrets import VaultState
from hmi.domain.language import tr
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port, RefusedError
from hmi.services.port.secrets import OpenVault
from hmi.ui.pane_facts import Listen


class VaultBarPresenter:
    """Asks as long as the vault is locked and nobody put it off."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self._tell: Callable[[], None] = lambda: None
        self._is_put_off = False
        self.is_busy = False
        self.fault = ""

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ; return what removes it."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.SECRETS | Change.LINKS):
                if not self._is_locked:
                    self._is_put_off, self.fault = False, ""
                changed()

        return listen(on_change)

    @property
    def is_shown(self) -> bool:
        return self._is_locked and not self._is_put_off

    @property
    def explanation(self) -> str:
        """What waits for the passphrase."""
        waiting = sum(link.needs_credentials and link.state is LinkState.DOWN for link in self._mirror.links.values())
        if not waiting:
            return tr("Passwords of links and messages are in it.")
        return tr("Links that wait for their passwords: {count}.").format(count=waiting)

    def put_off(self) -> None:
        """Ask no more in this run; an alarm stands all the same."""
        self._is_put_off = True
        self._tell()

    async def open(self, passphrase: str) -> None:
        """Open the vault; why it does not open is in `fault`."""
        self.is_busy, self.fault = True, ""
        self._tell()
        try:
            await self._port.request(OpenVault(passphrase))
        except RefusedError as error:
            self.fault = str(error)
        finally:
            self.is_busy = False
            self._tell()

    @property
    def _is_locked(self) -> bool:
        return self._mirror.secrets.vault is VaultState.LOCKED
