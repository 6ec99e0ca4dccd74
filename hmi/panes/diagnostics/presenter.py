"""Facts of the diagnostics page."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from drivers.api import Certificate, LinkState, Quality, Trust
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.lateness import LatenessFigures
from hmi.services.mirror import Change, Mirror
from hmi.services.port import EnterCredentials, Frame, LinkStatus, PipelineFigures, Port, TrustCertificate
from hmi.ui.pane_facts import Listen
from hmi.ui.words import duration_text, link_text, moment_text, rate_text


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link in words. certificate: the server's, while it waits for a person's word."""

    id: UUID
    state: LinkState
    cells: tuple[str, ...]
    needs_credentials: bool
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class RefusedAddress:
    """One address that its server does not serve."""

    connection: str
    tag: str
    address: str
    reason: str


LINK_COLUMNS = (
    tr("Link"),
    tr("State"),
    tr("Since"),
    tr("Rate"),
    tr("Tags"),
    tr("Good / bad"),
    tr("Last data"),
    tr("Losses"),
    tr("Detail"),
)


class DiagnosticsPresenter:
    """Puts the links and the pipeline in words."""

    def __init__(self, mirror: Mirror, port: Port, lateness: Callable[[], LatenessFigures]) -> None:
        self._mirror = mirror
        self._port = port
        self._lateness = lateness

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when a figure or a link may differ; return what removes it."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.LINKS | Change.FIGURES | Change.NOTICES | Change.CATALOGUE):
                changed()

        return listen(on_change)

    def links(self) -> Sequence[LinkRow]:
        """Return every link as it stands."""
        return tuple(self._link(status) for status in self._mirror.links.values())

    def refused(self) -> Sequence[RefusedAddress]:
        """Return every address that a server refused."""
        tags = self._mirror.catalogue.tag_by_index
        return tuple(
            RefusedAddress(
                status.name,
                tags[item.tag].name if item.tag in tags else "",
                item.address,
                item.reason,
            )
            for status in self._mirror.links.values()
            for item in status.rejected
        )

    @property
    def figures(self) -> PipelineFigures:
        return self._mirror.figures

    @property
    def lateness(self) -> LatenessFigures:
        return self._lateness()

    @property
    def notices(self) -> Sequence[str]:
        notes = list(self._mirror.notices)
        if self._mirror.figures.history_note:
            notes.append(self._mirror.figures.history_note)
        return notes

    @property
    def can_enter_credentials(self) -> bool:
        return self._mirror.user.may(Permission.ENTER_CREDENTIALS)

    @property
    def can_trust(self) -> bool:
        return self._mirror.user.may(Permission.EDIT_STATIONS)

    async def trust(self, connection_id: UUID, thumbprint: str, decision: Trust) -> None:
        """Give a person's word on a link's certificate. Raises RefusedError."""
        await self._port.request(TrustCertificate(connection_id, thumbprint, decision))

    def login_of(self, connection_id: UUID) -> tuple[str, str]:
        """Return a connection's name and user."""
        connection = self._mirror.catalogue.connection_by_id[connection_id]
        return connection.name, connection.user

    async def enter_credentials(self, connection_id: UUID, user: str, password: str) -> str:
        """Hand over a password; return where it is kept. Raises RefusedError."""
        return await self._port.request(EnterCredentials(connection_id, user, password))

    def _link(self, status: LinkStatus) -> LinkRow:
        tags = self._mirror.catalogue.tags_of_connection.get(status.connection_id, ())
        good = sum(self._mirror.reading(tag.index).quality in (Quality.GOOD, Quality.SUBSTITUTED) for tag in tags)
        since = duration_text(time.time() - status.since_us / 1e6)
        detail = status.reason or ", ".join(f"{name} {text}" for name, text in status.details.items())
        if status.is_polled:
            detail = tr("Polled: the server has no subscriptions. ") + detail
        return LinkRow(
            status.connection_id,
            status.state,
            (
                status.name,
                link_text(status.state),
                since,
                rate_text(status.rate),
                str(status.tags),
                f"{good} / {len(tags) - good}",
                moment_text(status.last_data_us),
                str(status.reconnects),
                detail,
            ),
            status.needs_credentials,
            status.certificate,
        )
