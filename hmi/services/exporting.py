"""Exporting tags to a file as a job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tags import TagKind
from hmi.services.history import History
from hmi.services.jobs import Progress
from hmi.services.port import PenData
from hmi.services.port.archive import StartExport
from hmi.services.tag_names import full_name
from hmi.services.widening import rounded, wide_rows
from hmi.storage.errors import StorageError
from hmi.storage.exchange.sheet import ExportFormat, ExportTag, Rows, Sheet
from hmi.storage.exchange.writing import write_file
from hmi.storage.exchange.zones import Zone

CHUNK_ROWS: Final = 100_000
CHUNK_ROWS_XLSX: Final = 10_000
"""Half a second of work, after which a cancel is heard."""
BUCKETS_AT_ONCE: Final = 50_000


def check_order(order: StartExport, catalogue: Catalogue) -> None:
    """Raise StorageError, in words, for an order that cannot be carried out."""
    if not order.tags:
        raise StorageError(tr("Choose at least one tag."))
    if any(tag not in catalogue.tag_by_index for tag in order.tags):
        raise StorageError(tr("A tag that was chosen is not there any more."))
    if order.end_us <= order.start_us:
        raise StorageError(tr("The end must come after the beginning."))
    if order.width_us < 0:
        raise StorageError(tr("The width of the averages must be above 0."))
    if order.is_wide and order.format not in (ExportFormat.CSV, ExportFormat.XLSX):
        raise StorageError(tr("One column a tag is for CSV and XLSX only. Choose one of them."))
    texts = [tag.name for tag in map(catalogue.tag_by_index.__getitem__, order.tags) if tag.kind is TagKind.TEXT]
    if order.is_wide and texts:
        words = tr("{name} holds texts, which have no column among numbers. Leave it out, or choose one row a reading.")
        raise StorageError(words.format(name=texts[0]))
    if order.zone:
        Zone(order.zone).info()


def write_out(history: History, catalogue: Catalogue, order: StartExport, progress: Progress) -> str:
    """Write a file and return the sentence it ends with. Blocks. Raises StorageError; then there is no file."""
    tags = tuple(
        ExportTag(index, full_name(catalogue, catalogue.tag_by_index[index]), catalogue.tag_by_index[index].unit)
        for index in order.tags
    )
    zone = None if order.zone is None else Zone(order.zone)
    sheet = Sheet(tags, not order.width_us, zone, order.separator, order.decimal, order.is_wide)
    chosen = [catalogue.tag_by_index[index] for index in order.tags]
    digits = (
        None if order.is_full or order.format is ExportFormat.PARQUET else [tag.revision.decimals for tag in chosen]
    )
    if order.is_wide:
        chunks = wide_rows(history, order, [tag.is_stepped for tag in chosen], progress)
    else:
        make = _readings if sheet.is_raw else _averages
        chunks = make(history, sheet, order, progress)
    state = [0, 0]

    def told() -> Iterator[Rows]:
        for rows in chunks:
            yield rows if digits is None else rounded(rows, digits, is_wide=order.is_wide)
            state[0] += len(rows)

    alive = iter(lambda: progress(state[0], state[0]), object())
    written = write_file(order.path, order.format, sheet, told(), alive)
    if not written:
        return tr("{name} has no rows: nothing was recorded of these tags in this time.").format(name=order.path.name)
    return tr("{rows:,} rows written to {path}.").format(rows=written, path=order.path)


def _readings(history: History, sheet: Sheet, order: StartExport, progress: Progress) -> Iterator[Rows]:
    total, done = history.estimate(order.tags, order.start_us, order.end_us), 0
    chunk_rows = CHUNK_ROWS_XLSX if order.format is ExportFormat.XLSX else CHUNK_ROWS
    for batch in history.rows(order.tags, order.start_us, order.end_us, chunk_rows):
        progress(done, max(done, total))
        yield Rows.of_readings(batch, sheet.tags)
        done += len(batch)


def _averages(history: History, sheet: Sheet, order: StartExport, progress: Progress) -> Iterator[Rows]:
    """Yield the buckets tag by tag, a bounded number of them at once."""
    stride = order.width_us * BUCKETS_AT_ONCE
    windows = range(order.start_us, order.end_us, stride)
    total, done = len(windows) * len(sheet.tags), 0
    for position, tag in enumerate(sheet.tags):
        for start in windows:
            progress(done, total)
            end = min(start + stride, order.end_us)
            for pen in history.buckets((tag.index,), start, end, order.width_us):
                yield _rows_of(pen, position)
            done += 1


def _rows_of(pen: PenData, position: int) -> Rows:
    numbers = (pen.low, pen.high, pen.mean, pen.first, pen.last)
    tag = np.full(len(pen.time_us), position, np.int32)
    return Rows(pen.time_us, tag, numbers, counts=(pen.count, pen.bad))
