"""A CSV file of configured objects that is looked at before it is taken in. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, overload
from uuid import UUID

from hmi.config.csv_files import CsvChange, CsvDifferences, CsvFault
from hmi.config.csv_files.differences import Draft
from hmi.domain.language import tr
from hmi.services.port import CsvPreview, Port, RefusedError, Request

UNKNOWN_NAMED = 5


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One line of the list. is_bad: a line that is not taken."""

    cells: tuple[str, str, str, str]
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class ImportKind(Generic[Draft]):
    """What is imported. compare: asks, with a file and whether what it leaves out is deleted; apply: with its seal.

    name: an object's. removed: the name of one that is deleted, and what goes with it. none_removed: why nothing is.
    new: what there is to be said of a new one.
    """

    compare: Callable[[Path, bool], Request[CsvPreview[Draft]]]
    apply: Callable[[Path, str, bool], Request[int]]
    name: Callable[[Draft], str]
    removed: Callable[[UUID], tuple[str, str]]
    none_removed: str
    new: Callable[[Draft], str] = lambda _draft: ""


class ImportFlow(Generic[Draft]):
    """One file, from the first look until it is taken in or let go."""

    def __init__(self, kind: ImportKind[Draft], port: Port, path: Path, changed: Callable[[], None]) -> None:
        self._kind = kind
        self._port = port
        self._changed = changed
        self._preview: CsvPreview[Draft] | None = None
        self._rows: Sequence[DifferenceRow] = ()
        self._summary = ""
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
            preview = await self._port.request(self._kind.compare(self.path, removes))
        except RefusedError as error:
            preview, self.message = None, str(error)
        if removes == self.removes:
            self._preview, self.is_busy = preview, False
            self._rows = DifferenceRows(self._kind, preview.differences) if preview is not None else ()
            self._summary = _summary(preview.differences) if preview is not None else ""
        self._changed()

    async def set_removes(self, *, removes: bool) -> None:
        """Choose whether what the file leaves out is deleted, and look again."""
        self.removes = removes
        await self.look()

    async def apply(self) -> int | None:
        """Take the file in as it was looked at; None when that is refused."""
        if self._preview is None or not self.can_apply:
            return None
        self.is_busy = True
        self._changed()
        try:
            return await self._port.request(self._kind.apply(self.path, self._preview.seal, self.removes))
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
        return tr("Reading…") if self._preview is None and self.is_busy else self._summary

    @property
    def why_none_removed(self) -> str:
        """Why nothing is deleted although that was chosen."""
        if self._preview is None or not self.removes or not self._preview.differences.faults:
            return ""
        return self._kind.none_removed

    def rows(self) -> Sequence[DifferenceRow]:
        """Return what would happen line by line, what cannot be taken first: line, what, which, how."""
        return self._rows


class DifferenceRows(Sequence[DifferenceRow]):
    """Rows that are made when they are looked at: a file may have 100,000 of them."""

    def __init__(self, kind: ImportKind[Draft], found: CsvDifferences[Draft]) -> None:
        faults, changes, removed = found.faults, found.changes, found.removed

        def row_at(at: int) -> DifferenceRow:
            if at < len(faults):
                return _fault_row(faults[at])
            if at < len(faults) + len(changes):
                change = changes[at - len(faults)]
                return _change_row(change, kind.name(change.draft), kind.new(change.draft) if change.is_new else "")
            name, how = kind.removed(removed[at - len(faults) - len(changes)])
            return DifferenceRow(("–", tr("Deleted"), name, how))

        self._row_at = row_at
        self._count = len(faults) + len(changes) + len(removed)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> DifferenceRow: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[DifferenceRow]: ...

    def __getitem__(self, at: int | slice) -> DifferenceRow | Sequence[DifferenceRow]:
        places = range(self._count)[at]
        return self._row_at(places) if isinstance(places, int) else [self._row_at(each) for each in places]


def _summary(found: CsvDifferences[Draft]) -> str:
    new = sum(change.is_new for change in found.changes)
    words = tr("{new} new, {changed} changed, {removed} deleted, {same} as they are.").format(
        new=new, changed=len(found.changes) - new, removed=len(found.removed), same=found.unchanged
    )
    bad = len({fault.line for fault in found.faults if fault.line})
    if bad:
        words += " " + tr("Not taken for their faults: {what}.").format(what=_lines_text(bad))
    if found.unknown:
        names = ", ".join(found.unknown[:UNKNOWN_NAMED])
        words += " " + tr("Not known and left out: {names}.").format(names=names)
    return " ".join((words, *found.notes, tr("Nothing is changed before you import.")))


def _fault_row(fault: CsvFault) -> DifferenceRow:
    said = f"{fault.field}: {fault.sentence}" if fault.field else fault.sentence
    return DifferenceRow((str(fault.line or "–"), tr("Fault"), "–", said), is_bad=True)


def _change_row(change: CsvChange[Draft], name: str, new: str) -> DifferenceRow:
    how = new or "; ".join(f"{label}: {old or '–'} → {new or '–'}" for label, old, new in change.fields)
    return DifferenceRow((str(change.line), tr("New") if change.is_new else tr("Changed"), name, how))


def _lines_text(count: int) -> str:
    return tr("1 line") if count == 1 else tr("{count} lines").format(count=count)
