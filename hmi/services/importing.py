"""Importing a file: what it would give, and taking it in as a job."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from drivers.api import Batch, Quality
from hmi.config.history_settings import HistorySettings
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.services.history import History
from hmi.services.jobs import Progress
from hmi.services.port.archive import ImportPreview, ImportSurvey, PreviewRow
from hmi.services.surveying import Bounds, Survey, survey
from hmi.services.tag_names import book_of
from hmi.storage.errors import StorageError
from hmi.storage.exchange.guessing import guess
from hmi.storage.exchange.mapping import NONE, FileKind, FileLook, ImportPlan
from hmi.storage.exchange.reading import Reader, read_with
from hmi.storage.exchange.row_errors import RowErrors
from hmi.storage.exchange.sniffing import look_at

PREVIEW_ROWS: Final = 100
SURVEY_ROWS: Final = 50_000
"""Rows that are read for the warnings: less than a second."""


def preview(
    catalogue: Catalogue, path: Path, plan: ImportPlan | None, settings: HistorySettings | None = None
) -> ImportPreview:
    """Return what a plan gives. Blocks. Raises StorageError when the file cannot be read.

    settings: how long the history keeps what, for warnings.

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
    bounds = Bounds(_now_us(), settings or HistorySettings())
    try:
        reader = Reader(plan, look.header, book, errors)
        found = list(islice(read_with(reader, _nobody, PREVIEW_ROWS, SURVEY_ROWS), 1))
        counted = survey(plan, look.header, book, bounds, _nobody, SURVEY_ROWS) if found else None
    except StorageError as error:
        return ImportPreview(look, plan, problem=str(error))
    rows = tuple(islice(_shown(found[0], catalogue), PREVIEW_ROWS)) if found else ()
    return ImportPreview(look, plan, rows, errors.in_order[:PREVIEW_ROWS], survey=counted)


def survey_whole(catalogue: Catalogue, plan: ImportPlan, settings: HistorySettings, progress: Progress) -> ImportSurvey:
    """Read a whole file and take nothing. Blocks. Raises StorageError."""
    return survey(plan, _look(plan).header, book_of(catalogue), Bounds(_now_us(), settings), progress)


@dataclass(frozen=True, slots=True)
class Order:
    """One import: how the file is read, by whom it is taken, and how long the history keeps what."""

    plan: ImportPlan
    user: str
    settings: HistorySettings


def take_in(history: History, catalogue: Catalogue, order: Order, errors: RowErrors, progress: Progress) -> str:
    """Import a file and return the sentence it ends with. Blocks. Raises StorageError; then nothing of it stays."""
    plan = order.plan
    reader = Reader(plan, _look(plan).header, book_of(catalogue), errors)
    counted = Survey(plan, reader.times, Bounds(_now_us(), order.settings))
    record = history.take_import(plan.path.name, order.user, _marked(read_with(reader, progress), counted))
    said = [tr("{rows:,} readings taken.").format(rows=record.rows)]
    if record.skipped:
        said.append(tr("{rows:,} were there already.").format(rows=record.skipped))
    if errors.total:
        said.append(tr("{faults:,} faults: see the list.").format(faults=errors.total))
    return " ".join([*said, *counted.warnings()])


def _look(plan: ImportPlan) -> FileLook:
    if plan.kind is FileKind.PARQUET:
        return look_at(plan.path)
    look = look_at(plan.path, plan.encoding, plan.separator, plan.decimal, plan.has_header)
    return replace(look, encoding=plan.encoding)


def _marked(batches: Iterator[Batch], counted: Survey) -> Iterator[Batch]:
    """Pass batches on, and end with words when there was none at all: an import of nothing is nothing."""
    for batch in batches:
        counted.add(batch)
        yield batch
    if not counted.readings:
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


def _now_us() -> int:
    return time.time_ns() // 1000


def _nobody(_done: int, _total: int) -> None:
    return None
