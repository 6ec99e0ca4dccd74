"""What an alarm record is about: the tag, the connection, the control or the part of the program, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hmi.domain.alarms.implied import SYSTEM_ALARMS, SYSTEM_KEYS
from hmi.domain.alarms.records import AlarmDefinition
from hmi.domain.language import tr

if TYPE_CHECKING:
    from hmi.domain.catalogue import Catalogue


def subject_name(catalogue: Catalogue, alarm: AlarmDefinition) -> str:
    """Return the name of what an alarm is about, without its station; empty where that is gone."""
    for known in (catalogue.tag_by_id, catalogue.connection_by_id, catalogue.control_by_id):
        found = known.get(alarm.subject)
        if found is not None:
            return found.name
    key = SYSTEM_KEYS.get(alarm.id)
    return tr(SYSTEM_ALARMS[key].text) if key is not None else ""
