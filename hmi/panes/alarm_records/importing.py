"""A file that is looked at before it is taken in. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hmi.config.alarm_csv import CsvFault
from hmi.domain.language import tr
from hmi.panes.alarm_records.words import lines_text, record_name
from hmi.services.mirror import Mirror
from hmi.services.port import ApplyAlarmCsv, CompareAlarmCsv, CsvPreview, Port, RefusedError


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One line of the list. is_bad: a line that is not taken."""

    cells: tuple[str, str, str, str]
    is_bad: bool = False


class ImportFlow:
    """One file, from the first look until it is taken in or let go."""

    def __init__(self, mirror: Mirror, port: Port, path: Path, changed: Callable[[], None]) -> None:
        self._mirror = mirror
        self._port = port
        self._changed = changed
        self._preview: CsvPreview | None = None
        self._rows: tuple[DifferenceRow, ...] = ()
        self.path = path
        self.removes = False
        self.is_busy = False
        self.message = ""

    async def look(self) -> None:
        """Ask what taking the file in would change."""
        self.is_busy, self.message = True, ""
        self._changed()
        removes = self.removes
        try:
            preview = await self._port.request(CompareAlarmCsv(self.path, removes))
        except RefusedError as error:
            preview, self.message = None, str(error)
        if removes == self.removes:
            self._preview, self.is_busy = preview, False
            self._rows = tuple(self._make_rows(preview)) if preview is not None else ()
        self._changed()

    async def set_removes(self, *, removes: bool) -> None:
        """Choose whether records that the file leaves out are deleted, and look again."""
        self.removes = removes
        await self.look()

    async def apply(self) -> int | None:
        """Take the file in as it was looked at; None when that is refused."""
        if self._preview is None or not self.can_apply:
            return None
        self.is_busy = True
        self._changed()
        try:
            return await self._port.request(ApplyAlarmCsv(self.path, self._preview.seal, self.removes))
        except RefusedError as error:
            self.message = str(error)
            return None
        finally:
            self.is_busy = False
            self._changed()

    @property
    def can_apply(self) -> bool:
        """Whether there is anything to take in."""
        if self._preview is None or self.is_busy:
            return False
        return bool(self._preview.differences.changes or self._preview.differences.removed)

    @property
    def summary(self) -> str:
        """What would happen, in numbers."""
        if self._preview is None:
            return tr("Reading…") if self.is_busy else ""
        found = self._preview.differences
        new = sum(change.is_new for change in found.changes)
        words = tr("{new} new, {changed} changed, {removed} deleted, {same} as they are.").format(
            new=new, changed=len(found.changes) - new, removed=len(found.removed), same=found.unchanged
        )
        bad = len({fault.line for fault in found.faults})
        if bad:
            words += " " + tr("Not taken for their faults: {what}.").format(what=lines_text(bad))
        if found.unknown:
            words += " " + tr("Not known and left out: {names}.").format(names=", ".join(found.unknown[:5]))
        return words + " " + tr("Nothing is changed before you import.")

    @property
    def why_none_removed(self) -> str:
        """Why nothing is deleted although that was chosen."""
        if self._preview is None or not self.removes or not self._preview.differences.faults:
            return ""
        return tr("Nothing is deleted while a line cannot be taken: it may be just that record.")

    def rows(self) -> tuple[DifferenceRow, ...]:
        """Return what would happen line by line, what cannot be taken first: line, what, record, how."""
        return self._rows

    def _make_rows(self, preview: CsvPreview) -> list[DifferenceRow]:
        catalogue, found = self._mirror.catalogue, preview.differences
        rows = [DifferenceRow((str(each.line), tr("Fault"), "–", _said(each)), is_bad=True) for each in found.faults]
        for each in found.changes:
            name = record_name(catalogue, each.draft)
            how = "; ".join(f"{label}: {old or '–'} → {new or '–'}" for label, old, new in each.fields)
            rows.append(DifferenceRow((str(each.line), tr("New") if each.is_new else tr("Changed"), name, how)))
        for alarm_id in found.removed:
            alarm = catalogue.alarm_by_id.get(alarm_id)
            name = record_name(catalogue, alarm) if alarm is not None else ""
            rows.append(DifferenceRow(("–", tr("Deleted"), name, "")))
        return rows


def _said(fault: CsvFault) -> str:
    return f"{fault.field}: {fault.sentence}" if fault.field else fault.sentence
