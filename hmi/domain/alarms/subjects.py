"""What an alarm record is about: the tag, the connection, the control or the part of the program, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from hmi.domain.alarms.implied import SYSTEM_ALARMS, SYSTEM_KEYS
from hmi.domain.language import tr

if TYPE_CHECKING:
    from hmi.domain.catalogue import Catalogue


class Named(Protocol):
    """A record or a draft of one."""

    @property
    def id(self) -> UUID: ...

    @property
    def subject(self) -> UUID | None: ...


def subject_name(catalogue: Catalogue, alarm: Named) -> str:
    """Return the name of what an alarm is about, without its station; empty where that is gone."""
    if alarm.subject is not None:
        for known in (catalogue.tag_by_id, catalogue.connection_by_id, catalogue.control_by_id):
            found = known.get(alarm.subject)
            if found is not None:
                return found.name
    key = SYSTEM_KEYS.get(alarm.id)
    return tr(SYSTEM_ALARMS[key].text) if key is not None else ""


def subject_station(catalogue: Catalogue, alarm: Named) -> UUID | None:
    """Return the station of what an alarm is about; None for a link's and the program's own."""
    if alarm.subject is None:
        return None
    found = catalogue.tag_by_id.get(alarm.subject) or catalogue.control_by_id.get(alarm.subject)
    return found.station_id if found is not None else None
