"""What alarms are called, worked out once a catalogue: for the lists, and for the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from hmi.domain.alarms import AlarmDefinition
from hmi.domain.alarms.wording import alarm_source, alarm_station, alarm_tag, alarm_text
from hmi.domain.catalogue import Catalogue
from hmi.domain.tags import TagKind
from hmi.storage.journal.alarm_events import AlarmRecordRow


@dataclass(frozen=True, slots=True)
class Place:
    """An alarm's words. tag: dense index, −1 for none."""

    tag: int
    station_id: UUID | None
    source: str
    text: str


def places_of(catalogue: Catalogue, were: Mapping[UUID, Place]) -> dict[UUID, Place]:
    """Return every alarm's words; those that are as they were are the same objects."""
    found = {}
    for alarm in catalogue.every_alarm:
        place = Place(
            alarm_tag(alarm, catalogue),
            alarm_station(alarm, catalogue),
            alarm_source(alarm, catalogue),
            alarm_text(alarm, catalogue),
        )
        known = were.get(alarm.id)
        found[alarm.id] = known if known == place else place
    return found


def fresh_rows(
    catalogue: Catalogue, places: Mapping[UUID, Place], before: Catalogue, were: Mapping[UUID, Place]
) -> list[AlarmRecordRow]:
    """Return what the journal is to keep of alarms that are new, or may be called otherwise than before."""
    known, tags, old_tags = before.every_alarm_by_id, catalogue.tag_by_index, before.tag_by_index
    return [
        record_row(alarm, place, catalogue)
        for alarm, place in ((alarm, places[alarm.id]) for alarm in catalogue.every_alarm)
        if known.get(alarm.id) != alarm
        or were.get(alarm.id) != place
        or tags.get(place.tag) is not old_tags.get(place.tag)
    ]


def record_row(alarm: AlarmDefinition, place: Place, catalogue: Catalogue) -> AlarmRecordRow:
    """Return what the journal keeps of an alarm's words."""
    tag = catalogue.tag_by_index.get(place.tag)
    return AlarmRecordRow(
        str(alarm.id),
        str(alarm.subject),
        str(place.station_id or ""),
        place.tag,
        alarm.type.value,
        int(alarm.priority),
        place.source,
        place.text,
        tag.unit if tag else "",
        tag.revision.decimals if tag else 0,
        alarm.limit,
        "\n".join(tag.revision.states) if tag and tag.kind is TagKind.DISCRETE else "",
        int(alarm.is_event),
    )
