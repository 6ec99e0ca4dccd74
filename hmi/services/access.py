"""Who acts now, and what is refused to them; asked anew for each request."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.port import RefusedError
from hmi.services.security.sessions import Sessions


class Access:
    """What the desks ask before they do anything. On the I/O thread."""

    def __init__(self, sessions: Callable[[], Sessions], catalogue: Callable[[], Catalogue]) -> None:
        """Take both as they are when they are asked for: desks are made before the sessions."""
        self._sessions = sessions
        self._catalogue = catalogue

    def user_name(self) -> str:
        """Return the name of who acts."""
        return self._sessions().user().name

    def window_user_name(self) -> str:
        """Return the name of who is signed in at the window."""
        return self._sessions().window_user().name

    def require(self, permission: Permission, *stations: UUID) -> None:
        """Refuse who lacks a permission, at one of the stations, or everywhere when none are given.

        Raises RefusedError.
        """
        user = self._sessions().user()
        self.require_somewhere(permission)
        if not stations and not user.may_everywhere(permission):
            words = tr("{name} may not do this: it is about all stations.")
            raise RefusedError(words.format(name=user.name))
        for station_id in stations:
            if not user.may(permission, station_id):
                station = self._catalogue().station_by_id.get(station_id)
                words = tr("{name} may not do this at {station}.")
                where = station.name if station else tr("other stations")
                raise RefusedError(words.format(name=user.name, station=where))

    def require_somewhere(self, permission: Permission) -> None:
        """Refuse who holds a permission at no station at all: for what changes nothing. Raises RefusedError."""
        user = self._sessions().user()
        if not user.may(permission):
            raise RefusedError(tr("{name} may not do this.").format(name=user.name))

    def require_person(self) -> None:
        """Refuse a visitor: what all users share is changed by those who work here. Raises RefusedError."""
        user = self._sessions().user()
        if not user.works_here:
            raise RefusedError(tr("{name} may not do this.").format(name=user.name))
