"""From a file to readings: each block's good rows as a batch, the others told with line, column and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Flag, Quality
from hmi.domain.language import tr
from hmi.storage.errors import StorageError
from hmi.storage.exchange.blocks import BLOCK_ROWS, Block, Progress, read_blocks
from hmi.storage.exchange.clashes import Clashes, Said
from hmi.storage.exchange.mapping import NONE, ColumnUse, Form, ImportPlan, ImportTag, TagBook
from hmi.storage.exchange.numbers import numbers_of
from hmi.storage.exchange.qualities import qualities_of
from hmi.storage.exchange.row_errors import RowErrors
from hmi.storage.exchange.times import TimeReader, are_days, joined
from hmi.storage.exchange.units import conversion

Mask = npt.NDArray[np.bool_]


def read_batches(
    plan: ImportPlan,
    header: Sequence[str],
    book: TagBook,
    errors: RowErrors,
    progress: Progress,
    block_rows: int = BLOCK_ROWS,
) -> Iterator[Batch]:
    """Yield the readings of a file in its order. Blocks; bounded memory. header: the names of its columns.

    Raises StorageError in words when the file or the plan cannot be used.
    """
    yield from read_with(Reader(plan, header, book, errors), progress, block_rows)


def read_with(reader: Reader, progress: Progress, block_rows: int = BLOCK_ROWS, most_rows: int = 0) -> Iterator[Batch]:
    """Do as `read_batches` with a reader of one's own, which can be asked afterwards what it saw of the times.

    most_rows: about when to stop, whether the rows were good or not; 0 for all.
    """
    for block in read_blocks(reader.plan, len(reader.header), reader.errors, progress, block_rows):
        batch = reader.read(block)
        if len(batch):
            yield batch
        if most_rows and reader.rows >= most_rows:
            return
    reader.has_ended = True


class Reader:
    """Reads one block after another. Two values of one tag at the same time: the first counts, the others are told."""

    def __init__(self, plan: ImportPlan, header: Sequence[str], book: TagBook, errors: RowErrors) -> None:
        self.plan = plan
        self.header = header
        self._book = book
        self.errors = errors
        self.times = TimeReader(plan.time_format, plan.zone, plan.twice)
        self._clashes = Clashes()
        self._has_begun = False
        self.rows = 0
        """How many rows were read, good or not."""
        self.has_ended = False
        """Whether all of the file was read."""
        self._found: dict[str, int] = {}
        check_plan(plan, header, book)

    def read(self, block: Block) -> Batch:
        plan = self.plan
        time_us, faults = self.times.read(self._moments(block))
        self._tell(block, plan.time_column, faults)
        self._clashes.next_block()
        self.rows += len(block.lines)
        good = _but(len(block.lines), faults)
        quality = np.full(len(block.lines), Quality.GOOD, np.uint16)
        if plan.quality_column != NONE:
            quality, faults = qualities_of(block.columns[plan.quality_column], plan.quality_code)
            self._tell(block, plan.quality_column, faults)
            good &= _but(len(block.lines), faults)
        parts = self._wide(block, good) if plan.form is Form.WIDE else self._long(block, good)
        lines = np.array(block.lines, np.int64)
        return Batch.concatenate(
            [_batch(self._agreeing(block, part, time_us, lines), time_us, quality) for part in parts]
        )

    def _moments(self, block: Block) -> Sequence[str]:
        """Return the cells with the times. Raises StorageError for a file that has days only and nobody said so."""
        plan = self.plan
        cells = block.columns[plan.time_column]
        if plan.clock_column >= 0:
            return joined(cells, block.columns[plan.clock_column])
        if not self._has_begun and plan.clock_column == NONE and are_days(cells):
            words = tr(
                "{column} has days without a time. Choose the column with the time of day, or 00:00 of each day."
            )
            raise StorageError(words.format(column=self.header[plan.time_column]))
        self._has_begun = True
        return cells

    def _agreeing(
        self, block: Block, part: _Part, time_us: npt.NDArray[np.int64], lines: npt.NDArray[np.int64]
    ) -> _Part:
        """Return a part without the readings that contradict an earlier one, which are told."""
        found = self._clashes.find(part.tag, Said(time_us[part.rows], part.values, lines[part.rows], part.texts))
        if not found:
            return part
        words = tr("Another value of this tag stands at the same time in line {line}.")
        self._tell(block, part.column, {int(part.rows[at]): words.format(line=line) for at, line in found.items()})
        keep = np.flatnonzero(_but(len(part.rows), found))
        texts = {at: part.texts[row] for at, row in enumerate(keep.tolist()) if row in part.texts}
        return _Part(part.tag, part.column, part.rows[keep], part.values[keep], texts)

    def _wide(self, block: Block, good: Mask) -> list[_Part]:
        parts = []
        for use in self.plan.columns:
            tag = self._book.by_index[use.tag]
            cells = block.columns[use.column]
            is_said = good & np.array([bool(cell) for cell in cells], bool)
            scale, offset = scaling(use, tag)
            parts.append(self._values(block, use.column, np.flatnonzero(is_said), tag, (scale, offset)))
        return parts

    def _long(self, block: Block, good: Mask) -> list[_Part]:
        plan = self.plan
        has_names = plan.tag_column != NONE
        tags = self._tags(block, good) if has_names else np.full(len(block.lines), plan.tag, np.int64)
        units = [""] * len(block.lines) if plan.unit_column == NONE else list(block.columns[plan.unit_column])
        parts = []
        for index in np.unique(tags[good & (tags != NONE)]).tolist():
            tag = self._book.by_index[index]
            rows = np.flatnonzero(good & (tags == index))
            for unit in sorted({units[row] for row in rows.tolist()}) if plan.unit_column != NONE else [""]:
                same = rows if plan.unit_column == NONE else rows[[units[row] == unit for row in rows.tolist()]]
                use = ColumnUse(plan.value_column, index, unit or plan.unit, plan.scale, plan.offset)
                try:
                    scales = scaling(use, tag)
                except StorageError as error:
                    self._tell(block, plan.unit_column, {row: str(error) for row in same.tolist()})
                    continue
                parts.append(self._values(block, plan.value_column, same, tag, scales))
        return parts

    def _tags(self, block: Block, good: Mask) -> npt.NDArray[np.int64]:
        """Return each row's tag, −1 where it is not known, which is told."""
        cells = block.columns[self.plan.tag_column]
        for name in set(cells) - self._found.keys():
            self._found[name] = self._book.find(name)
        tags = np.array([self._found[name] for name in cells], np.int64)
        unknown = {row: self._why_unknown(cells[row]) for row in np.flatnonzero(good & (tags == NONE)).tolist()}
        self._tell(block, self.plan.tag_column, unknown)
        if len(self._found) > len(self._book.tags) + BLOCK_ROWS:
            self._found.clear()  # rubbish in the column must not fill the memory
        return tags

    def _why_unknown(self, name: str) -> str:
        if " ".join(name.split()).casefold() in self._book.ambiguous:
            return tr("Several tags have this name. Write it as station · tag.")
        return tr("There is no tag of this name.")

    def _values(
        self, block: Block, column: int, rows: npt.NDArray[np.intp], tag: ImportTag, scales: tuple[float, float]
    ) -> _Part:
        chosen = block.columns[column]
        cells = chosen if len(rows) == len(chosen) else [chosen[row] for row in rows.tolist()]
        if tag.is_text:
            texts = {at: cell for at, cell in enumerate(cells) if cell}
            return _Part(tag.index, column, rows, np.full(len(rows), np.nan), texts)
        values, faults = numbers_of(cells, self.plan.decimal, tag.states)
        if faults:
            self._tell(block, column, {int(rows[at]): reason for at, reason in faults.items()})
            keep = _but(len(rows), faults)
            rows, values = rows[keep], values[keep]
        if scales != (1.0, 0.0):
            values = values * scales[0] + scales[1]
        return _Part(tag.index, column, rows, values, {})

    def _tell(self, block: Block, column: int, faults: Mapping[int, str]) -> None:
        for row, reason in faults.items():
            self.errors.add(block.lines[row], self.header[column], reason, block.columns[column][row])


class _Part:
    """Readings of one tag out of one column: rows of the block, their values, and texts by position."""

    def __init__(
        self,
        tag: int,
        column: int,
        rows: npt.NDArray[np.intp],
        values: npt.NDArray[np.float64],
        texts: dict[int, str],
    ) -> None:
        self.tag, self.column, self.rows, self.values, self.texts = tag, column, rows, values, texts


def scaling(use: ColumnUse, tag: ImportTag) -> tuple[float, float]:
    """Return what turns a column's numbers into the tag's unit. Raises StorageError when nothing does."""
    if use.unit and tag.unit:
        found = conversion(use.unit, tag.unit)
        if found is None:
            words = tr("{unit} cannot become {other}, the unit of {tag}.")
            raise StorageError(words.format(unit=use.unit, other=tag.unit, tag=tag.names[0]))
        return found[0] * use.scale, found[1] * use.scale + use.offset
    return use.scale, use.offset


def check_plan(plan: ImportPlan, header: Sequence[str], book: TagBook) -> None:
    """Raise StorageError, in words, for a plan that cannot be carried out."""
    used = [plan.time_column, *(use.column for use in plan.columns)]
    if plan.form is Form.LONG:
        used = [plan.time_column, plan.value_column]
    optional = (plan.clock_column, plan.tag_column, plan.unit_column, plan.quality_column)
    if any(not 0 <= column < len(header) for column in used) or any(column >= len(header) for column in optional):
        raise StorageError(tr("Choose the columns of time and value."))
    if plan.form is Form.WIDE and not plan.columns:
        raise StorageError(tr("Choose a tag for at least one column."))
    if plan.form is Form.LONG and plan.tag_column == NONE and plan.tag not in book.by_index:
        raise StorageError(tr("Choose the column with the tags' names, or the tag that all rows are of."))
    for use in plan.columns:
        if use.tag not in book.by_index:
            raise StorageError(tr("A tag chosen for a column is not there any more."))
        scaling(use, book.by_index[use.tag])


def _but(rows: int, faults: Mapping[int, object]) -> Mask:
    good = np.ones(rows, bool)
    good[list(faults)] = False
    return good


def _batch(part: _Part, time_us: npt.NDArray[np.int64], quality: npt.NDArray[np.uint16]) -> Batch:
    """Return a part's readings; no number where the file says nothing of the quality is a bad one."""
    own = quality[part.rows]
    is_text = np.zeros(len(part.rows), bool)
    is_text[list(part.texts)] = True
    own = np.where(np.isnan(part.values) & ~is_text & (own == Quality.GOOD), np.uint16(Quality.BAD), own)
    return Batch.of(
        np.full(len(part.rows), part.tag),
        part.values,
        time_us[part.rows],
        quality=own,
        flags=Flag.HISTORICAL,
        texts=part.texts,
    )
