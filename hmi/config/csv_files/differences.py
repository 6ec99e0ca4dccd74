"""What importing a file would do: new objects, changed fields, objects that are gone; and what it cannot take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

FieldChange = tuple[str, str, str]
"""Label, before, after."""

Draft = TypeVar("Draft")


@dataclass(frozen=True, slots=True)
class CsvFault:
    """Why a line, or one field of it, is not taken. field: the column's heading, empty for the line as a whole.

    line: 0 for what no line says, such as an object that the file leaves out and that cannot be deleted.
    """

    line: int
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CsvChange(Generic[Draft]):
    """One object that the import would add or change. fields: none for a new one."""

    line: int
    draft: Draft
    is_new: bool
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class CsvDifferences(Generic[Draft]):
    """What an import would do. removed: objects that the file leaves out, where that was asked.

    notes: sentences about what else it would bring with it.
    """

    changes: tuple[CsvChange[Draft], ...] = ()
    removed: tuple[UUID, ...] = ()
    unchanged: int = 0
    faults: tuple[CsvFault, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
