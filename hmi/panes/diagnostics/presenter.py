"""Facts of the diagnostics page."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from drivers.api import Certificate, LinkState, Quality, Trust
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.domain.tags import Tag
from hmi.services.lateness import LatenessFigures
from hmi.services.mirror import Change, Mirror
from hmi.services.port import EnterCredentials, Frame, LinkStatus, PipelineFigures, Port, TrustCertificate
from hmi.ui.pane_facts import Listen
from hmi.ui.secret_words import kept_text
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
    tr("Good/bad/stale"),
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
        self._selected: UUID | None = None

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
                self._full_name(tags[item.tag]) if item.tag in tags else "",
                item.address,
                item.reason,
            )
            for status in self._mirror.links.values()
            for item in status.rejected
        )

    def _full_name(self, tag: Tag) -> str:
        station = self._mirror.catalogue.station_by_id.get(tag.station_id)
        return f"{station.name} · {tag.name}" if station is not None else tag.name

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

    @property
    def selected(self) -> UUID | None:
        """The link whose details are shown: the chosen one, else the first in trouble, else the first."""
        links = self._mirror.links
        if self._selected in links:
            return self._selected
        troubled = (key for key, status in links.items() if status.state not in (LinkState.UP, LinkState.DISABLED))
        return next(troubled, next(iter(links), None))

    def select(self, connection_id: UUID) -> None:
        """Choose the link whose details are shown."""
        self._selected = connection_id

    def details(self) -> tuple[str, Sequence[tuple[str, str]]]:
        """Return the selected link's name and what is known of it, label and text."""
        status = self._mirror.links.get(self.selected) if self.selected is not None else None
        if status is None:
            return "", ()
        found = [*status.details.items()]
        standing = sum(row.connection_id == status.connection_id for row in self._mirror.conditions)
        if standing:
            found.append((tr("Alarms of its own"), str(standing)))
        if status.dropped:
            found.append((tr("Values lost"), f"{status.dropped:,}"))
        if status.rejected:
            found.append((tr("Addresses refused"), str(len(status.rejected))))
        return status.name, found

    def login_of(self, connection_id: UUID) -> tuple[str, str]:
        """Return a connection's name and user."""
        connection = self._mirror.catalogue.connection_by_id[connection_id]
        return connection.name, connection.user

    @property
    def where_kept(self) -> str:
        """Where a password that is typed now will be."""
        return kept_text(self._mirror.secrets)

    async def enter_credentials(self, connection_id: UUID, user: str, password: str) -> str:
        """Hand over a password; return where it is kept. Raises RefusedError."""
        return await self._port.request(EnterCredentials(connection_id, user, password))

    def _link(self, status: LinkStatus) -> LinkRow:
        tags = self._mirror.catalogue.tags_of_connection.get(status.connection_id, ())
        qualities = [self._mirror.reading(tag.index).quality for tag in tags]
        good = sum(quality in (Quality.GOOD, Quality.SUBSTITUTED) for quality in qualities)
        stale = sum(quality in (Quality.STALE, Quality.NOT_CONNECTED) for quality in qualities)
        since = duration_text(time.time() - status.since_us / 1e6)
        detail = status.reason or status.endpoint
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
                f"{good} / {len(tags) - good - stale} / {stale}",
                moment_text(status.last_data_us),
                str(status.reconnects),
                detail,
            ),
            status.needs_credentials,
            status.certificate,
        )
