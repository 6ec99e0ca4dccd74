"""The station catalogue: reading it, and changing it in checked, versioned steps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import Engine

from drivers.api import DriverType
from hmi.config import versions
from hmi.config.alarm_changes import revised
from hmi.config.alarm_checks import alarm_faults, definition_of
from hmi.config.catalogue_change import CatalogueChange
from hmi.config.checks import faults_of
from hmi.config.control_checks import asset_of, control_faults, control_of, moved_tags
from hmi.config.save_plan import SavePlan
from hmi.config.sequence_checks import sequence_faults
from hmi.config.tag_checks import tag_faults
from hmi.config.tag_plan import TagPlan
from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.alarm_revision import AlarmRevision, same_content
from hmi.domain.alarms import TYPE_LABELS
from hmi.domain.alarms.implied import communication_alarm, implied_alarms
from hmi.domain.catalogue import Catalogue
from hmi.domain.control_drafts import ControlDraft
from hmi.domain.drafts import FieldFault, PlacedTagDraft, StationDraft
from hmi.domain.language import tr
from hmi.domain.sequences import CommandSequence
from hmi.storage.local import alarm_revisions, configuration, object_revisions, schema
from hmi.storage.local.object_revisions import ObjectRow, VersionRow

FAULTS_SAID: Final = 10


class InvalidError(Exception):
    """A change that was refused before it was made; the text names the field and what is wrong with it."""


class ConflictError(InvalidError):
    """A draft of something that was changed meanwhile; the text says what and by whom.

    version: of the configuration as it is now; a draft that names it has seen the changes.
    """

    def __init__(self, sentence: str, version: int) -> None:
        super().__init__(sentence)
        self.version = version


class CatalogueStore:
    """The configuration file's one reader and writer; every call blocks and runs on the configuration thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: Catalogue | None = None
        """What the last change left: the next one need not read all of it again."""

    def load(self) -> Catalogue:
        """Return the catalogue as it stands."""
        with self._engine.connect() as database:
            return configuration.load(database)

    @contextmanager
    def _changing(self) -> Iterator[CatalogueChange]:
        """Begin a change; it is kept when the block ends well, and nothing of it otherwise."""
        with self._engine.begin() as database:
            change = CatalogueChange(database, self._known)
            yield change
        self._known = change.after  # not before it is on the disk: the number of a version that is not, is given again

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    def put_plant(self, plant: Catalogue, user: str, reason: str, *, keeps_edited_alarms: bool = False) -> Catalogue:
        """Insert a whole plant or bring it up to date, by ids; what it does not name stays as it is.

        Its controls and pipes, and keeps_edited_alarms, as CatalogueChange.put_plant has them.
        """
        with self._changing() as change:
            return change.put_plant(plant, user, reason, keeps_edited_alarms=keeps_edited_alarms)

    def save_station(self, driver_types: Sequence[DriverType], draft: StationDraft, user: str) -> Catalogue:
        """Add a station, or bring it to its draft. Raises InvalidError that names every fault, ConflictError.

        A tag keeps its id, its index and so its history when it is renamed or re-addressed; whatever of its meaning
        changed begins a dated revision. Tags that the draft no longer has are deleted; their history stays.
        """
        with self._changing() as change:
            database, before = change.database, change.before
            if faults := faults_of(draft, before, driver_types):
                raise InvalidError(" ".join(_said(fault, draft) for fault in faults[:FAULTS_SAID]))
            if changes := versions.meanwhile(database, draft, before):
                words = tr("Meanwhile changed: {changes}. Save again to put yours over it, or cancel and edit anew.")
                raise ConflictError(words.format(changes="; ".join(changes[:FAULTS_SAID])), before.version)
            kinds = {driver_type.kind: driver_type for driver_type in driver_types}
            plan = SavePlan(draft, before, kinds[draft.connection.driver].endpoint_of)
            configuration.put(database, schema.area, [plan.area])
            configuration.put(database, schema.station, [plan.station])
            configuration.put(database, schema.asset, [plan.asset])
            configuration.put(database, schema.connection, [plan.connection])
            if plan.connection.id not in before.connection_by_id:
                configuration.put(database, schema.alarm, [communication_alarm(plan.connection.id)])
            configuration.delete_tags(database, plan.removed)
            configuration.put_tags(database, plan.tags)
            configuration.delete_unused_connections(database, plan.left)
            verb = "Changed" if draft.id in before.station_by_id else "Added"
            return change.end(user, f"{verb} station {plan.station.name}")

    def change_tags(
        self,
        driver_types: Sequence[DriverType],
        drafts: Sequence[PlacedTagDraft],
        removed: Collection[UUID],
        seen: int,
        user: str,
        reason: str,
    ) -> Catalogue:
        """Bring tags of any stations to their drafts and delete others, all in one step. Raises InvalidError.

        seen: the version that the drafts were made from. What holds for tags of `save_station` holds for these; a
        connection that loses its last tag goes.
        """
        with self._changing() as change:
            database, before = change.database, change.before
            if before.version != seen:
                raise InvalidError(tr("The configuration was changed meanwhile. Look at the differences again."))
            if faults := tag_faults(drafts, before, driver_types, removed):
                names = {draft.tag.id: draft.tag.name for draft in drafts} | {tag.id: tag.name for tag in before.tags}
                said = [f"{names[each.tag_id]}, {each.field or tr('tag')}: {each.sentence}" for each in faults]
                raise InvalidError(" ".join(said[:FAULTS_SAID]))
            plan = TagPlan(drafts, removed, before)
            if not plan.tags and not plan.removed:
                return before
            configuration.put(database, schema.asset, plan.assets.values())
            configuration.delete_tags(database, plan.removed)
            configuration.put_tags(database, plan.tags)
            configuration.delete_unused_connections(database, plan.left)
            return change.end(user, reason)

    def delete_station(self, station_id: UUID, user: str) -> Catalogue:
        """Delete a station; its history stays."""
        with self._changing() as change:
            database, before = change.database, change.before
            configuration.delete_station(database, station_id)
            return change.end(user, f"Deleted station {before.station_by_id[station_id].name}")

    def set_enabled(self, connection_id: UUID, enabled: bool, user: str) -> Catalogue:
        """Switch a connection on or off."""
        with self._changing() as change:
            configuration.set_enabled(change.database, connection_id, enabled)
            return change.end(user, "Switched a connection " + ("on" if enabled else "off"))

    def set_user(self, connection_id: UUID, login: str, user: str) -> Catalogue:
        """Set the user that a connection logs in as."""
        with self._changing() as change:
            configuration.set_user(change.database, connection_id, login)
            return change.end(user, "Changed a connection's user")

    def change_alarms(
        self, drafts: Sequence[AlarmDraft], deleted: Collection[UUID], user: str, reason: str, why: str = ""
    ) -> Catalogue:
        """Bring alarm records to their drafts and delete others, all in one step. Raises InvalidError, naming faults.

        reason: of the configuration's version; why: of each record's revision.
        A record that changes gets the next revision and is approved by nobody; one that says the same stays as it is.
        """
        with self._changing() as change:
            database, before = change.database, change.before
            if faults := alarm_faults(drafts, before, deleted):
                names = {draft.id: _record_name(draft, before) for draft in drafts}
                said = [f"{names[each.alarm_id]}, {each.field or tr('record')}: {each.sentence}" for each in faults]
                raise InvalidError(" ".join(said[:FAULTS_SAID]))
            made = [definition_of(draft, before.every_alarm_by_id.get(draft.id)) for draft in drafts]
            # A built-in alarm that a draft leaves as it is stays built in.
            implied = {each.id: each for each in implied_alarms(before)}
            made = [each for each in made if each.id not in implied or not same_content(implied[each.id], each)]
            changed = revised(
                before.alarm_by_id, made, alarm_revisions.last_revisions(database, [each.id for each in made])
            )
            gone = [each for each in deleted if each in before.alarm_by_id]
            if not changed and not gone:
                return before
            configuration.put(database, schema.alarm, changed)
            configuration.delete_alarms(database, gone)
            return change.end(user, reason, why)

    def approve_alarms(self, seen: Mapping[UUID, int], user: str, at_us: int) -> Catalogue:
        """Approve records at the revisions that were seen. Raises InvalidError for one that is another by now."""
        with self._changing() as change:
            database, before = change.database, change.before
            approved = []
            for alarm_id, revision in seen.items():
                known = before.alarm_by_id.get(alarm_id)
                if known is None or known.revision != revision:
                    raise InvalidError(tr("A record was changed or deleted meanwhile. Look at it again, then approve."))
                if not known.approved_by:
                    approved.append(replace(known, approved_by=user, approved_us=at_us))
            if not approved:
                return before
            configuration.put(database, schema.alarm, approved)
            return change.end(user, tr("Approved alarm records"))

    def save_control(self, draft: ControlDraft, user: str) -> Catalogue:
        """Add a control, or bring it to its draft. Raises InvalidError that names every fault, ConflictError."""
        with self._changing() as change:
            database, before = change.database, change.before
            if faults := control_faults(draft, before):
                said = [f"{each.field.replace('_', ' ').capitalize()}: {each.sentence}" for each in faults]
                raise InvalidError(" ".join(said[:FAULTS_SAID]))
            if changed := versions.control_meanwhile(database, draft, before):
                words = tr("Meanwhile changed {changes}. Save again to put yours over it, or begin anew.")
                raise ConflictError(words.format(changes=changed), before.version)
            asset = asset_of(draft, before)
            control = control_of(draft, asset.id, before)
            configuration.put(database, schema.asset, [asset])
            configuration.put_tags(database, moved_tags(control, before))
            configuration.put(database, schema.control, [control])
            verb = "Changed" if draft.id in before.control_by_id else "Added"
            return change.end(user, f"{verb} control {draft.name.strip()}")

    def delete_control(self, control_id: UUID, user: str) -> Catalogue:
        """Delete a control with its alarm records. Raises InvalidError for one that a sequence uses."""
        with self._changing() as change:
            database, before = change.database, change.before
            control = before.control_by_id.get(control_id)
            if control is None:
                return before
            used = [each.name for each in before.sequences if any(step.control_id == control_id for step in each.steps)]
            if used:
                raise InvalidError(tr("The sequence {name} uses it. Change that first.").format(name=used[0]))
            configuration.delete_control(database, control_id)
            return change.end(user, f"Deleted control {control.name}")

    def save_sequence(self, sequence: CommandSequence, seen: int, user: str) -> Catalogue:
        """Add a command sequence or replace it. seen: the version it was edited in, 0 for a new one.

        Raises InvalidError that names every fault, ConflictError when it is another by now.
        """
        with self._changing() as change:
            database, before = change.database, change.before
            if faults := sequence_faults(sequence, before):
                raise InvalidError(" ".join(faults[:FAULTS_SAID]))
            history = object_revisions.of_object(database, "sequence", str(sequence.id), 1)
            if seen and history and history[0][0].version > seen:
                words = tr("Meanwhile changed by {who}. Save again to put yours over it, or begin anew.")
                raise ConflictError(words.format(who=history[0][0].user), before.version)
            configuration.put(database, schema.sequence, [sequence])
            verb = "Changed" if sequence.id in before.sequence_by_id else "Added"
            return change.end(user, f"{verb} sequence {sequence.name}")

    def delete_sequence(self, sequence_id: UUID, user: str) -> Catalogue:
        """Delete a command sequence."""
        with self._changing() as change:
            database, before = change.database, change.before
            known = before.sequence_by_id.get(sequence_id)
            if known is None:
                return before
            configuration.delete_by_id(database, schema.sequence, [sequence_id])
            return change.end(user, f"Deleted sequence {known.name}")

    def at(self, version: int) -> Catalogue:
        """Return the catalogue as it was at a version. Raises StorageError."""
        with self._engine.connect() as database:
            return versions.catalogue_at(database, version)

    def versions(self, before: int, name: str, limit: int) -> list[VersionRow]:
        """Return versions older than one, newest first; name: only those that changed an object called so."""
        with self._engine.connect() as database:
            return object_revisions.versions(database, before, name, limit)

    def object_history(self, kind: str, key: str, limit: int) -> list[tuple[VersionRow, ObjectRow]]:
        """Return what an object has been, newest first."""
        with self._engine.connect() as database:
            return object_revisions.of_object(database, kind, key, limit)

    def roll_back(self, version: int, seen: int, user: str, reason: str) -> Catalogue:
        """Take an earlier version up again, as a new one. seen: the version that it was compared with.

        Raises InvalidError when the configuration is another by now, StorageError.
        """
        with self._changing() as change:
            database, before = change.database, change.before
            if before.version != seen:
                raise InvalidError(tr("The configuration was changed meanwhile. Look at the differences again."))
            versions.require_kept(database, version)
            target = versions.catalogue_at(database, version)
            versions.bring_to(database, before, target)
            said = tr("Took version {version} up again: {reason}").format(version=version, reason=reason)
            return change.end(user, said)

    def alarm_revisions(self, alarm_id: UUID) -> tuple[AlarmRevision, ...]:
        """Return all that an alarm record has said, newest first."""
        with self._engine.connect() as database:
            return tuple(alarm_revisions.revisions_of(database, alarm_id))


def _record_name(draft: AlarmDraft, catalogue: Catalogue) -> str:
    tag = catalogue.tag_by_id.get(draft.subject) if draft.subject is not None else None
    return f"{tag.name if tag is not None else tr('Alarm')} {TYPE_LABELS[draft.type]}"


def _said(fault: FieldFault, draft: StationDraft) -> str:
    where = f"{draft.tags[fault.tag].name or 'Tag'}, {fault.field}" if fault.tag >= 0 else fault.field.capitalize()
    return f"{where}: {fault.sentence}"
