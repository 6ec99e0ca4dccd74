"""Facts about who has control of the selected station, and what the user may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.mirror import Mirror
from hmi.services.port import (
    Port,
    ReleaseAuthority,
    RequestAuthority,
    TakeAuthority,
    TransferAuthority,
)
from hmi.ui.words import clock_text

OPERATING = (Permission.COMMAND, Permission.COMMAND_TAGGED, Permission.COMMAND_CRITICAL)


@dataclass(frozen=True, slots=True)
class AuthorityFacts:
    """Who has control, in words, and what may be done. wanted_by: who has asked the user for it."""

    words: str = ""
    is_mine: bool = False
    can_take: bool = False
    can_ask: bool = False
    needs_reason: bool = False
    wanted_by: tuple[str, ...] = ()
    scope: str = ""


class AuthorityDesk:
    """Reads who has control of a station and takes wishes to the gate."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port

    def facts(self, station_id: UUID) -> AuthorityFacts:
        """Return how it stands."""
        user = self._mirror.user
        may = any(user.may(each, station_id) for each in OPERATING)
        standing = self._mirror.standing
        scope = tr("Known on this computer only.") if standing.is_local else ""
        status = standing.authority_of.get(station_id)
        if status is None:
            return AuthorityFacts(tr("Nobody has control"), can_take=may, scope=scope)
        since = clock_text(status.since_us)
        if status.user == user.name and may:
            words = tr("You have control since {since}").format(since=since)
            return AuthorityFacts(words, is_mine=True, wanted_by=status.wanted_by, scope=scope)
        words = tr("{name} has control since {since}").format(name=status.user, since=since)
        has_asked = user.name in status.wanted_by
        if has_asked:
            words += tr(" · you have asked for it")
        is_another = status.user != user.name
        return AuthorityFacts(
            words,
            can_take=may and is_another,
            can_ask=may and is_another and not has_asked,
            needs_reason=is_another,
            scope=scope,
        )

    async def take(self, station_id: UUID, reason: str = "") -> None:
        """Take control. Raises RefusedError."""
        await self._port.request(TakeAuthority(station_id, reason))

    async def ask(self, station_id: UUID) -> None:
        """Ask the holder for it. Raises RefusedError."""
        await self._port.request(RequestAuthority(station_id))

    async def hand_over(self, station_id: UUID, to: str) -> None:
        """Hand it over; decline for an empty name. Raises RefusedError."""
        await self._port.request(TransferAuthority(station_id, to))

    async def release(self, station_id: UUID) -> None:
        """Let go of it. Raises RefusedError."""
        await self._port.request(ReleaseAuthority(station_id))
