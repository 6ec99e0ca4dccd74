"""Step 1: from an address that was typed to the ways into a server; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlparse

from drivers.api import Endpoint
from hmi.domain.drafts import ConnectionDraft
from hmi.domain.language import tr
from hmi.panes.station_editor.work import Work
from hmi.services.port import Discover, DriverChoice, ListDrivers, Port, RefusedError
from hmi.ui.certificates import days_text


@dataclass(frozen=True, slots=True)
class WayIn:
    """One way into a server, in words."""

    label: str
    application: str
    logins: str
    certificate: str
    warning: str


class Finder:
    """Asks a server for its ways in and keeps what it said."""

    def __init__(self, port: Port, changed: Callable[[], None]) -> None:
        self._port = port
        self._changed = changed
        self.work = Work(changed)
        self.drivers: Sequence[DriverChoice] = ()
        self.endpoints: Sequence[Endpoint] = ()
        self.chosen = -1
        self.reason = ""

    async def load_drivers(self) -> None:
        """Ask which kinds of connection there are."""
        try:
            self.drivers = await self._port.request(ListDrivers())
        except RefusedError as error:
            self.reason = str(error)
        self._changed()

    async def find(self, driver: str, address: str) -> Endpoint | None:
        """Ask for the ways in and return the strongest; None, and a reason, when there is none."""
        self.forget()
        with self.work.doing(tr("Asking {address}…").format(address=address.strip() or tr("the server"))):
            try:
                self.endpoints = await self._port.request(Discover(driver, address))
            except RefusedError as error:
                self.reason = str(error)
                return None
        if not self.endpoints:
            self.reason = tr("The server offers no way in.")
            return None
        strengths = [each.strength for each in self.endpoints]
        return self.choose(strengths.index(max(strengths)))

    def choose(self, row: int) -> Endpoint | None:
        """Choose a way in; None when there is no such row."""
        if not 0 <= row < len(self.endpoints):
            return None
        self.chosen = row
        self._changed()
        return self.endpoints[row]

    def forget(self) -> None:
        """Forget what was found."""
        self.endpoints, self.chosen, self.reason = (), -1, ""
        self._changed()

    @property
    def endpoint(self) -> Endpoint | None:
        return self.endpoints[self.chosen] if 0 <= self.chosen < len(self.endpoints) else None

    def ways(self) -> tuple[WayIn, ...]:
        """Return the ways in, in words."""
        return tuple(
            WayIn(
                each.label,
                each.application,
                ", ".join(login_text(login) for login in each.logins) or "–",
                days_text(each.certificate),
                each.warning,
            )
            for each in self.endpoints
        )


def taken_way(connection: ConnectionDraft, endpoint: Endpoint, taken: Sequence[str]) -> ConnectionDraft:
    """Return a connection that goes a way in; one without a name gets the server's, made unlike the names taken."""
    name = connection.name
    if not name.strip():
        wanted = endpoint.application.strip() or urlparse(endpoint.address).hostname or tr("Server")
        name = unlike(wanted[:60], taken)
    return replace(connection, endpoint=endpoint.address, options=dict(endpoint.options), name=name)


def unlike(wanted: str, taken: Sequence[str]) -> str:
    """Return a name that nothing else has, by a number where it must be."""
    folded = {name.casefold() for name in taken}
    name, number = wanted, 2
    while name.casefold() in folded:
        name, number = f"{wanted} {number}", number + 1
    return name


def login_text(login: str) -> str:
    """Return a way of logging in, in words."""
    words = {"anonymous": tr("Anonymous"), "user": tr("User"), "certificate": tr("Certificate")}
    return words.get(login, login)
