"""Importing a file: what it would give, and taking it in as a job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from drivers.api import Batch, Quality
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tags import Tag, TagKind
from hmi.services.history import History
from hmi.services.jobs import Progress
from hmi.services.port.archive import ImportPreview, PreviewRow
from hmi.storage.errors import StorageError
from hmi.storage.exchange.guessing import guess
from hmi.storage.exchange.mapping import NONE, FileKind, FileLook, ImportPlan, ImportTag, TagBook
from hmi.storage.exchange.reading import read_batches
from hmi.storage.exchange.row_errors import RowErrors
from hmi.storage.exchange.sniffing import look_at

PREVIEW_ROWS: Final = 100
BETWEEN: Final = " · "


def full_name(catalogue: Catalogue, tag: Tag) -> str:
    """Return a tag's name with its station's, as files and lists have it."""
    return f"{catalogue.station_by_id[tag.station_id].name}{BETWEEN}{tag.name}"


def book_of(catalogue: Catalogue) -> TagBook:
    """Return the tags by all that a file may call them: name with station, name, key, id."""
    return TagBook(
        tuple(
            ImportTag(
                tag.index,
                (full_name(catalogue, tag), tag.name, tag.key, str(tag.id)),
                tag.unit,
                tag.revision.states if tag.kind is TagKind.DISCRETE else (),
                tag.kind is TagKind.TEXT,
            )
            for tag in catalogue.tags
        )
    )


def preview(catalogue: Catalogue, path: Path, plan: ImportPlan | None) -> ImportPreview:
    """Return what a plan gives. Blocks. Raises StorageError when the file cannot be read.

    Without a plan all is guessed; with one whose time column is −1 the columns are, as after another separator.
    """
    book = book_of(catalogue)
    if plan is None:
        look = look_at(path)
        plan = guess(path, look, book)
    else:
        look = _look(plan)
        if plan.time_column == NONE:
            plan = replace(guess(path, look, book), zone=plan.zone, twice=plan.twice)
    errors = RowErrors()
    try:
        batches = read_batches(plan, look.header, book, errors, _nobody, PREVIEW_ROWS)
        found = list(islice(batches, 1))
    except StorageError as error:
        return ImportPreview(look, plan, problem=str(error))
    rows = tuple(islice(_shown(found[0], catalogue), PREVIEW_ROWS)) if found else ()
    return ImportPreview(look, plan, rows, tuple(errors.kept[:PREVIEW_ROWS]))


def take_in(
    history: History, catalogue: Catalogue, plan: ImportPlan, user: str, errors: RowErrors, progress: Progress
) -> str:
    """Import a file and return the sentence it ends with. Blocks. Raises StorageError; then nothing of it stays."""
    header = _look(plan).header
    batches = read_batches(plan, header, book_of(catalogue), errors, progress)
    record = history.take_import(plan.path.name, user, _marked(batches))
    said = [tr("{rows:,} readings taken.").format(rows=record.rows)]
    if record.skipped:
        said.append(tr("{rows:,} were there already.").format(rows=record.skipped))
    if errors.total:
        said.append(tr("{faults:,} faults: see the list.").format(faults=errors.total))
    return " ".join(said)


def _look(plan: ImportPlan) -> FileLook:
    if plan.kind is FileKind.PARQUET:
        return look_at(plan.path)
    look = look_at(plan.path, plan.encoding, plan.separator, plan.decimal, plan.has_header)
    return replace(look, encoding=plan.encoding)


def _marked(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Pass batches on, and end with words when there was none at all: an import of nothing is nothing."""
    is_empty = True
    for batch in batches:
        is_empty = False
        yield batch
    if is_empty:
        raise StorageError(tr("The file has no reading that could be taken. Look at the preview and its faults."))


def _shown(batch: Batch, catalogue: Catalogue) -> Iterator[PreviewRow]:
    tags = catalogue.tag_by_index
    order = np.lexsort((batch.tag, batch.source_us))
    for row in order.tolist():
        tag = tags[int(batch.tag[row])]
        value = str(batch.texts[row]) if row in batch.texts else _value_text(float(batch.value[row]))
        quality = Quality(int(batch.quality[row]))
        yield PreviewRow(
            int(batch.source_us[row]), tag.index, value, "" if quality is Quality.GOOD else quality.name.lower()
        )


def _value_text(value: float) -> str:
    return "–" if value != value else f"{value:.10g}"


def _nobody(_done: int, _total: int) -> None:
    return None
