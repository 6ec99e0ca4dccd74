"""Comparing a file with what is configured, whatever kind of object its lines are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

from hmi.config.csv_files.cells import CellError
from hmi.config.csv_files.differences import CsvChange, CsvDifferences, CsvFault, Draft
from hmi.config.csv_files.reading import CsvFile, CsvLine
from hmi.domain.language import tr

ROUNDS_MOST: Final = 10
"""How often what is left is judged again after lines were taken out; then nothing is left."""


class Comparison(Protocol[Draft]):
    """What is to be known of a kind of object. labels: headings by column. twice: what a second line of one is told."""

    @property
    def labels(self) -> Mapping[str, str]: ...

    @property
    def twice(self) -> str: ...

    def draft_of(self, cells: Mapping[str, str]) -> Draft:
        """Return what a line makes of the object that it means, or a new one. Raises CellError."""

    def keys_of(self, draft: Draft) -> Iterable[Hashable]:
        """Return what tells the object apart; two lines that have one of it in common mean the same one."""

    def differs(self, draft: Draft) -> bool:
        """Whether a draft says anything else than what is there."""

    def left_out(self, drafts: Iterable[Draft]) -> tuple[UUID, ...]:
        """Return the objects that a file with these lines leaves out, where others like them are in it."""

    def faults(self, drafts: Mapping[int, Draft], removed: Sequence[UUID]) -> list[CsvFault]:
        """Return what is wrong with lines in the plant as it would be; nothing when they can all be taken."""

    def change(self, line: int, draft: Draft) -> CsvChange[Draft]:
        """Return what a sound draft changes."""

    def notes(self, drafts: Iterable[Draft], removed: Sequence[UUID]) -> tuple[str, ...]:
        """Return what else the import would bring with it."""


def compared(file: CsvFile, kind: Comparison[Draft], *, removes: bool) -> CsvDifferences[Draft]:
    """Return what importing a file would do.

    removes: take away what the file leaves out; not while a line cannot be taken, which may be just that object.
    """
    matched, faults = _matched(file.lines, kind)
    changed = {line: draft for line, draft in matched.items() if kind.differs(draft)}
    removed = kind.left_out(matched.values()) if removes and not faults else ()
    refused = _judge(changed, kind, removed)
    if refused and removed:
        removed = ()
        undeletable = dict.fromkeys(fault for fault in refused if fault.line == 0)
        refused = [*undeletable, *_judge(changed, kind, removed)]
    faults += refused
    bad = {fault.line for fault in refused}
    sound = {line: draft for line, draft in changed.items() if line not in bad}
    return CsvDifferences(
        tuple(kind.change(line, draft) for line, draft in sound.items()),
        removed,
        len(matched) - len(changed),
        tuple(sorted(faults, key=lambda fault: fault.line)),
        file.unknown,
        kind.notes(sound.values(), removed),
    )


def _matched(lines: Sequence[CsvLine], kind: Comparison[Draft]) -> tuple[dict[int, Draft], list[CsvFault]]:
    """Return the draft of each line that could be read, and why others could not."""
    found: dict[int, Draft] = {}
    faults: list[CsvFault] = []
    seen: dict[Hashable, int] = {}
    for line in lines:
        if line.fault:
            faults.append(CsvFault(line.number, "", line.fault))
            continue
        try:
            draft = kind.draft_of(line.cells)
        except CellError as error:
            faults.append(CsvFault(line.number, kind.labels.get(error.column, ""), str(error)))
            continue
        keys = tuple(kind.keys_of(draft))
        earlier = next((seen[key] for key in keys if key in seen), None)
        if earlier is not None:
            faults.append(CsvFault(line.number, "", kind.twice.format(line=earlier)))
            continue
        seen.update(dict.fromkeys(keys, line.number))
        found[line.number] = draft
    return found, faults


def _judge(drafts: Mapping[int, Draft], kind: Comparison[Draft], removed: Sequence[UUID]) -> list[CsvFault]:
    """Return why lines cannot be taken; the others are judged again without them, until all that is left is sound."""
    left = dict(drafts)
    found: list[CsvFault] = []
    for _ in range(ROUNDS_MOST):
        faults = kind.faults(left, removed)
        found += faults
        bad = {fault.line for fault in faults} & left.keys()
        if not bad:
            return found
        left = {line: draft for line, draft in left.items() if line not in bad}
    words = tr("It does not fit with other lines that cannot be taken.")
    return [*found, *(CsvFault(line, "", words) for line in left)]
