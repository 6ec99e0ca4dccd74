"""What an alarm is called: where it is, and what is wrong there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from hmi.domain.alarms.implied import SYSTEM_ALARMS, SYSTEM_KEYS
from hmi.domain.alarms.records import AlarmDefinition, AlarmType

if TYPE_CHECKING:
    from hmi.domain.catalogue import Catalogue
    from hmi.domain.tags import Tag

OWN_SOURCE: Final = "This computer"

_WORDS: Final = {
    AlarmType.HIGH_HIGH: "very high",
    AlarmType.HIGH: "high",
    AlarmType.LOW: "low",
    AlarmType.LOW_LOW: "very low",
    AlarmType.DEVIATION: "off its setpoint",
    AlarmType.RATE_OF_CHANGE: "changes too fast",
    AlarmType.QUALITY: "not trusted",
    AlarmType.STALE: "no update",
}


def alarm_text(alarm: AlarmDefinition, catalogue: Catalogue) -> str:
    """Return what is wrong, without the place."""
    if alarm.type is AlarmType.COMMUNICATION:
        return "Link lost"
    if alarm.type is AlarmType.SYSTEM:
        return SYSTEM_ALARMS[SYSTEM_KEYS[alarm.subject]].text if alarm.subject in SYSTEM_KEYS else "System alarm"
    if alarm.type is AlarmType.DISCREPANCY:
        control = catalogue.control_by_id.get(alarm.subject)
        return f"{control.name}: does not follow its command" if control else "Does not follow its command"
    tag = catalogue.tag_by_id.get(alarm.subject)
    if tag is None:
        return "Tag was deleted"
    return _state_text(alarm, tag) if alarm.type is AlarmType.DISCRETE else f"{tag.name} {_WORDS[alarm.type]}"


def alarm_station(alarm: AlarmDefinition, catalogue: Catalogue) -> UUID | None:
    """Return the station that an alarm belongs to; None for a link's and the program's own."""
    if alarm.type is AlarmType.DISCREPANCY:
        control = catalogue.control_by_id.get(alarm.subject)
        return control.station_id if control else None
    tag = catalogue.tag_by_id.get(alarm.subject)
    return tag.station_id if tag else None


def alarm_tag(alarm: AlarmDefinition, catalogue: Catalogue) -> int:
    """Return the dense index of the tag whose value tells of an alarm, −1 for none."""
    if alarm.type is AlarmType.DISCREPANCY:
        control = catalogue.control_by_id.get(alarm.subject)
        return control.readback if control else -1
    tag = catalogue.tag_by_id.get(alarm.subject)
    return tag.index if tag else -1


def alarm_source(alarm: AlarmDefinition, catalogue: Catalogue) -> str:
    """Return where an alarm is: a station, a connection, or the program itself."""
    station = catalogue.station_by_id.get(alarm_station(alarm, catalogue) or alarm.id)
    if station is not None:
        return station.name
    connection = catalogue.connection_by_id.get(alarm.subject)
    return connection.name if connection else OWN_SOURCE


def _state_text(alarm: AlarmDefinition, tag: Tag) -> str:
    state = tag.text(alarm.limit)
    return tag.name if state.casefold() in tag.name.casefold() else f"{tag.name}: {state}"
