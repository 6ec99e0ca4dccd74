"""How a file's columns become readings of tags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from hmi.storage.exchange.zones import Zone

MACHINE: Final = Zone()
NONE: Final = -1
"""No column."""
MIDNIGHT: Final = -2
"""No column with the time of day: a day stands for its beginning."""


class FileKind(StrEnum):
    """What is read."""

    CSV = "csv"
    PARQUET = "parquet"


class Form(StrEnum):
    """LONG: a row is one reading, with the tag's name in a column. WIDE: a row is one time, with a column a tag."""

    LONG = "long"
    WIDE = "wide"


class TimeFormat(StrEnum):
    """How times are written. All but the epochs may end in Z or an offset; without one the plan's zone holds."""

    ISO = "iso"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"
    EPOCH_US = "epoch_us"


class Twice(StrEnum):
    """What becomes of a clock's time that exists twice, when the clocks go back."""

    REFUSE = "refuse"
    FIRST = "first"
    SECOND = "second"


class QualityCode(StrEnum):
    """What a quality column holds: words, OPC classic's numbers (192 is good), or OPC UA's (0 is good)."""

    WORDS = "words"
    OPC_DA = "opc_da"
    OPC_UA = "opc_ua"


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column of a wide file: its tag's dense index, and what makes its numbers the tag's: × scale + offset."""

    column: int
    tag: int
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything that is needed to read a file. Columns count from 0, −1 for none.

    encoding, separator, has_header: of CSV only. unit: of a long file's numbers, "" to take them as the tag's own;
    unit_column: where each row says it. scale, offset: of a long file, after the unit. tag: of a long file without a
    tag column, the dense index that all rows are of. clock_column: where the time of day stands when the time
    column has only the day; MIDNIGHT when there is none and days are meant.
    """

    path: Path
    kind: FileKind = FileKind.CSV
    encoding: str = "utf-8"
    separator: str = ","
    decimal: str = "."
    has_header: bool = True
    time_column: int = 0
    clock_column: int = NONE
    time_format: TimeFormat = TimeFormat.ISO
    zone: Zone = MACHINE
    twice: Twice = Twice.REFUSE
    form: Form = Form.LONG
    tag_column: int = NONE
    value_column: int = NONE
    unit_column: int = NONE
    quality_column: int = NONE
    quality_code: QualityCode = QualityCode.WORDS
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    tag: int = NONE
    columns: tuple[ColumnUse, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportTag:
    """A tag that readings may be of. names: what a file may call it. states: words for 0 and 1 of a discrete one."""

    index: int
    names: tuple[str, ...]
    unit: str = ""
    states: tuple[str, ...] = ()
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class FileLook:
    """What was found. header: the columns' names; rows: the first ones, as texts, as many cells as the header has.

    kinds: Parquet's types of the columns, empty for CSV. row_count: 0 where only reading it all would tell.
    """

    kind: FileKind
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str = ""
    separator: str = ""
    decimal: str = "."
    has_header: bool = True
    kinds: tuple[str, ...] = ()
    row_count: int = 0


@dataclass(frozen=True, slots=True)
class RowError:
    """One fault. line: from 1, as an editor counts; of Parquet the row. text: the cell, cut."""

    line: int
    column: str
    reason: str
    text: str = ""


@dataclass(frozen=True)
class TagBook:
    """The tags by what files call them; a name that several have is nobody's."""

    tags: tuple[ImportTag, ...]

    @cached_property
    def by_index(self) -> dict[int, ImportTag]:
        return {tag.index: tag for tag in self.tags}

    @cached_property
    def by_name(self) -> dict[str, int]:
        return {name: indices[0] for name, indices in self._found.items() if len(indices) == 1}

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        return frozenset(name for name, indices in self._found.items() if len(indices) > 1)

    @cached_property
    def _found(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for tag in self.tags:
            for name in unique(plain(each) for each in tag.names):
                found.setdefault(name, []).append(tag.index)
        return found

    def find(self, name: str) -> int:
        """Return a tag's index by a name in any case, −1 when nobody or several have it."""
        return self.by_name.get(plain(name), NONE)


def plain(name: str) -> str:
    """Return a name as it is compared: case and doubled spaces do not matter."""
    return " ".join(name.split()).casefold()


def unique(names: Iterable[str]) -> list[str]:
    """Return each name once, in order."""
    return list(dict.fromkeys(names))
