"""Who has control of each station: one holder by name, under a lease that the holder's own presence renews.

    nobody ── take ──► held ── release, lease run out, signed out ──► nobody
    held ── request ──► asked for ── transfer by the holder ──► held by who asked
    held ── take with a reason ──► held by who took it; the former holder is told

The lease runs out 60 s after the holder was last seen, so that a computer that went away keeps no station. It is kept
here, on this computer, as long as no centre is configured; the window says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from hmi.domain.audit import AuditAction, AuditEntry, by
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission, User
from hmi.services.port import RefusedError

LEASE_S: Final = 60.0
OPERATING: Final = (Permission.COMMAND, Permission.COMMAND_TAGGED, Permission.COMMAND_CRITICAL)
REASON_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has control of a station. until_s: monotonic. wanted_by: who has asked for it, in turn."""

    user: str
    since_us: int
    until_s: float
    wanted_by: tuple[str, ...] = ()


class Authority:
    """The holders of all stations. On the I/O thread; times are handed in."""

    def __init__(self) -> None:
        self._held: dict[UUID, Holding] = {}
        self._listeners: list[Callable[[UUID], None]] = []

    def on_change(self, listener: Callable[[UUID], None]) -> None:
        """Call the listener with the station whose holder, or whose queue, is another."""
        self._listeners.append(listener)

    def holder(self, station_id: UUID) -> Holding | None:
        """Return who has control; None for nobody."""
        return self._held.get(station_id)

    def held(self) -> Mapping[UUID, Holding]:
        """Return all holdings by station."""
        return self._held

    def take(
        self, station_id: UUID, user: User, reason: str, now: tuple[float, int], catalogue: Catalogue
    ) -> AuditEntry:
        """Take control; from another only with a reason. now: monotonic s, UTC µs. Raises RefusedError."""
        self._require(station_id, user, catalogue)
        known = self._held.get(station_id)
        reason = reason.strip()[:REASON_MOST]
        if known is not None and known.user == user.name:
            raise RefusedError(tr("You have control here already."))
        if known is not None and not reason:
            words = tr("{holder} has control. Ask for it, or write why you take it.")
            raise RefusedError(words.format(holder=known.user))
        self._put(station_id, Holding(user.name, now[1], now[0] + LEASE_S))
        return _entry(user, station_id, catalogue, known.user if known else "", user.name, reason, "Taken")

    def request(self, station_id: UUID, user: User, catalogue: Catalogue) -> AuditEntry:
        """Ask the holder for control. Raises RefusedError."""
        self._require(station_id, user, catalogue)
        known = self._held.get(station_id)
        if known is None:
            raise RefusedError(tr("Nobody has control here; take it."))
        if user.name in (known.user, *known.wanted_by):
            raise RefusedError(tr("You have control here already, or have asked for it."))
        self._put(station_id, replace(known, wanted_by=(*known.wanted_by, user.name)))
        return _entry(user, station_id, catalogue, known.user, known.user, "", "Asked for")

    def transfer(
        self, station_id: UUID, user: User, to: str, now: tuple[float, int], catalogue: Catalogue
    ) -> AuditEntry:
        """Hand control to somebody who has asked for it; an empty name declines all. Raises RefusedError."""
        known = self._held.get(station_id)
        if known is None or known.user != user.name:
            raise RefusedError(tr("You do not have control here."))
        if not to:
            self._put(station_id, replace(known, wanted_by=()))
            return _entry(user, station_id, catalogue, user.name, user.name, "", "Request declined")
        if to not in known.wanted_by:
            raise RefusedError(tr("{name} has not asked for control.").format(name=to))
        others = tuple(name for name in known.wanted_by if name != to)
        self._put(station_id, Holding(to, now[1], now[0] + LEASE_S, others))
        return _entry(user, station_id, catalogue, user.name, to, "", "Handed over")

    def release(self, station_id: UUID, user: User, catalogue: Catalogue) -> AuditEntry:
        """Let go of control. Raises RefusedError."""
        known = self._held.get(station_id)
        if known is None or known.user != user.name:
            raise RefusedError(tr("You do not have control here."))
        self._drop(station_id)
        return _entry(user, station_id, catalogue, user.name, "", "", "Released")

    def renew(self, user: User, now_s: float) -> None:
        """Lengthen the leases of somebody who is there."""
        for station_id, known in self._held.items():
            if known.user == user.name:
                self._held[station_id] = replace(known, until_s=now_s + LEASE_S)

    def end(self, now_s: float, catalogue: Catalogue, *, leaving: Iterable[str] = ()) -> list[AuditEntry]:
        """Take control from those who left, and whose lease has run out; return what is to be recorded."""
        gone = set(leaving)
        entries = []
        for station_id, known in list(self._held.items()):
            is_gone = known.user in gone
            if is_gone or known.until_s <= now_s or station_id not in catalogue.station_by_id:
                self._drop(station_id)
                result = "Released: signed out" if is_gone else "Released: not seen any more"
                station = catalogue.station_by_id.get(station_id)
                name = station.name if station is not None else ""
                entries.append(
                    AuditEntry(
                        AuditAction.AUTHORITY,
                        known.user,
                        target=name,
                        station=name,
                        station_id=str(station_id),
                        old=known.user,
                        result=result,
                    )
                )
        return entries

    def _require(self, station_id: UUID, user: User, catalogue: Catalogue) -> None:
        if station_id not in catalogue.station_by_id:
            raise RefusedError(tr("This station is no longer there."))
        if not any(user.may(each, station_id) for each in OPERATING):
            raise RefusedError(tr("{name} may not operate here.").format(name=user.name))

    def _put(self, station_id: UUID, holding: Holding) -> None:
        self._held[station_id] = holding
        self._tell(station_id)

    def _drop(self, station_id: UUID) -> None:
        del self._held[station_id]
        self._tell(station_id)

    def _tell(self, station_id: UUID) -> None:
        for listener in self._listeners:
            listener(station_id)


def _entry(
    user: User, station_id: UUID, catalogue: Catalogue, old: str, new: str, reason: str, result: str
) -> AuditEntry:
    station = catalogue.station_by_id.get(station_id)
    name = station.name if station is not None else ""
    return by(
        user,
        AuditAction.AUTHORITY,
        target=name,
        station=name,
        station_id=str(station_id),
        old=old,
        new=new,
        reason=reason,
        result=result,
    )
