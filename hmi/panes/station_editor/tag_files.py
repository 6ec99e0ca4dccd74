"""Tags to a CSV file, and from one that is looked at before it is taken in. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from hmi.domain.drafts import PlacedTagDraft
from hmi.domain.language import tr
from hmi.domain.tag_paths import BETWEEN, full_name
from hmi.panes.station_editor.tag_drafts import kind_text, text_of
from hmi.panes.station_editor.words import alarms_text, controls_text, tags_text
from hmi.panes.station_editor.work import Work
from hmi.services.mirror import Mirror
from hmi.services.port import ApplyTagCsv, CompareTagCsv, ExportTagCsv, Port, RefusedError
from hmi.ui.csv_import import ImportFlow, ImportKind


class TagFiles:
    """Keeps the file that is looked at until it is taken in or let go."""

    def __init__(self, mirror: Mirror, port: Port, changed: Callable[[], None]) -> None:
        self._mirror = mirror
        self._port = port
        self._changed = changed
        self.work = Work(changed)
        self.importing: ImportFlow[PlacedTagDraft] | None = None
        self.message = ""
        self.is_trouble = False

    async def export(self, station_ids: Sequence[UUID], path: Path, *, is_european: bool) -> None:
        """Write the tags of stations to a file; of all where none is named."""
        with self.work.doing(tr("Exporting…")):
            try:
                count = await self._port.request(ExportTagCsv(path, tuple(station_ids), is_european))
            except RefusedError as error:
                self._say(str(error), is_trouble=True)
            else:
                self._say(tr("Written to {file}: {what}.").format(what=tags_text(count), file=path.name))

    async def begin_import(self, path: Path) -> None:
        """Look at a file."""
        self.let_go()
        flow = self.importing = ImportFlow(_tag_import(self._mirror), self._port, path, self._changed)
        await flow.look()

    async def apply(self) -> None:
        """Take the file in as it was looked at; on a refusal it stays to be looked at."""
        flow = self.importing
        count = await flow.apply() if flow is not None else None
        if flow is not None and count is not None and flow is self.importing:
            self.let_go()
            self._say(tr("Imported from {file}: {what}.").format(what=tags_text(count), file=flow.path.name))

    def let_go(self) -> None:
        """Forget what was looked at and said."""
        self.work.cancel()
        self.importing = None
        self.message, self.is_trouble = "", False
        self._changed()

    def _say(self, sentence: str, *, is_trouble: bool = False) -> None:
        self.message, self.is_trouble = sentence, is_trouble
        self._changed()


def _tag_import(mirror: Mirror) -> ImportKind[PlacedTagDraft]:
    """Return what an import of tags asks and says."""

    def name(draft: PlacedTagDraft) -> str:
        station = mirror.catalogue.station_by_id.get(draft.station_id)
        return f"{station.name}{BETWEEN}{draft.tag.name}" if station is not None else draft.tag.name

    def new(draft: PlacedTagDraft) -> str:
        tag, connection = draft.tag, mirror.catalogue.connection_by_id.get(draft.connection_id)
        parts = [kind_text(tag.kind), text_of(tag, "unit"), connection.name if connection is not None else ""]
        return ", ".join(part for part in (*parts, tag.address) if part)

    def removed(tag_id: UUID) -> tuple[str, str]:
        catalogue = mirror.catalogue
        tag = catalogue.tag_by_id.get(tag_id)
        if tag is None:
            return "", ""
        alarms = len(catalogue.alarms_of_tag.get(tag_id, ()))
        its = catalogue.controls_of_station.get(tag.station_id, ())
        controls = sum(tag.index in (control.command, control.readback) for control in its)
        gone = [alarms_text(alarms)] * bool(alarms) + [controls_text(controls)] * bool(controls)
        kept = tr("Its history is kept.")
        how = tr("With it: {what}.").format(what=", ".join(gone)) + " " + kept if gone else kept
        return full_name(catalogue, tag), how

    return ImportKind(
        CompareTagCsv,
        ApplyTagCsv,
        name,
        removed,
        tr("Nothing is deleted while a line cannot be taken: it may be just that tag."),
        new,
    )
