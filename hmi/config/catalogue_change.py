"""One change of the configuration: what it begins with, and what is written down of it at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection as Database

from hmi.config import objects, versions
from hmi.config.alarm_changes import follow_names, revised, untouched_here
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control
from hmi.storage.local import alarm_revisions, configuration, schema, touched


class CatalogueChange:
    """A change in a transaction of the caller's. before: what it begins with; after: what it has made of it."""

    def __init__(self, database: Database, known: Catalogue | None = None) -> None:
        """Begin. known: what was configured at some version, which need not be read again when it still is."""
        self.database = database
        touched.watch(database)
        is_now = known is not None and known.version == configuration.version_of(database)
        self.before = known if known is not None and is_now else configuration.load(database)
        self.after = self.before

    def end(self, user: str, reason: str, why: str | None = None) -> Catalogue:
        """Write down who made the change and why, with what it made of each object; return the catalogue after it.

        why: what the revisions of alarm records say, where it is not the reason.
        """
        database, before = self.database, self.before
        configuration.add_version(database, user, reason)
        after = configuration.load_again(database, before)
        if put_right := follow_names(before, after, partial(alarm_revisions.last_revisions, database)):
            configuration.put(database, schema.alarm, put_right)
            after = configuration.load_again(database, before)
        alarm_revisions.note_changes(database, before.alarms, after.alarms, user, reason if why is None else why)
        versions.note_objects(database, before, after)
        self.after = after
        return after

    def put_plant(
        self,
        plant: Catalogue,
        user: str,
        reason: str,
        *,
        keeps_edited_alarms: bool = False,
        is_all: bool = False,
    ) -> Catalogue:
        """Insert a whole plant or bring it up to date, by ids, and end.

        Tag indices in the given plant's controls and pipes are positions in its `tags`; the stored ones are dense
        indices, given here. keeps_edited_alarms: leave alarm records alone that somebody edited or deleted here.
        is_all: delete what the plant does not name, which otherwise stays as it is.
        """
        database, before = self.database, self.before
        last = alarm_revisions.last_revisions(database)
        alarms = untouched_here(plant.alarms, last) if keeps_edited_alarms else plant.alarms
        for table, entities in (
            (schema.area, plant.areas),
            (schema.station, plant.stations),
            (schema.asset, plant.assets),
            (schema.connection, plant.connections),
        ):
            configuration.put(database, table, entities)
        index = configuration.put_tags(database, plant.tags)
        dense = [index[tag.id] for tag in plant.tags]
        configuration.put(database, schema.alarm, revised(before.alarm_by_id, alarms, last))
        configuration.put(database, schema.control, [_densely(control, dense) for control in plant.controls])
        configuration.put(database, schema.sequence, plant.sequences)
        configuration.put(
            database,
            schema.pipe,
            [pipe if pipe.flow_tag < 0 else replace(pipe, flow_tag=dense[pipe.flow_tag]) for pipe in plant.pipes],
        )
        if is_all:
            both = configuration.load_again(database, before)
            versions.bring_to(database, both, objects.only(both, plant))
        return self.end(user, reason)


def _densely(control: Control, dense: Sequence[int]) -> Control:
    return replace(
        control,
        command=dense[control.command],
        readback=dense[control.readback],
        permissives=tuple(dense[position] for position in control.permissives),
        interlocks=tuple(dense[position] for position in control.interlocks),
    )
