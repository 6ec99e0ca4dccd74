"""Facts of one import: the file, how it is read, what that gives, and how it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from hmi.domain.language import tr
from hmi.domain.tags import TagKind
from hmi.services.mirror import Mirror
from hmi.services.port import (
    ImportPreview,
    JobState,
    JobStatus,
    ListRowErrors,
    Port,
    PreviewImport,
    RefusedError,
    RowErrorList,
    SaveRowErrors,
    StartImport,
)
from hmi.storage.exchange.guessing import name_and_unit
from hmi.storage.exchange.mapping import MIDNIGHT, NONE, ColumnUse, Form, ImportPlan, RowError
from hmi.storage.exchange.units import units_like
from hmi.ui.words import local_time

READING = ("encoding", "separator", "decimal", "has_header")
"""A change of these makes other columns."""

Choice = tuple[str, object]


class ImportFlow:
    """One file from its choice to its result."""

    def __init__(self, mirror: Mirror, port: Port, path: Path, changed: Callable[[], None]) -> None:
        self._mirror = mirror
        self._port = port
        self._changed = changed
        self._wanted = 0
        self.path = path
        self.preview: ImportPreview | None = None
        self.plan: ImportPlan | None = None
        self.job: UUID | None = None
        self.faults = RowErrorList(0, ())
        self.message = ""
        self.is_busy = False

    @property
    def status(self) -> JobStatus | None:
        """The job, once it was begun."""
        return next((job for job in self._mirror.jobs if job.id == self.job), None)

    @property
    def is_done(self) -> bool:
        return self.status is not None and self.status.state is not JobState.RUNNING

    @property
    def can_start(self) -> bool:
        return self.job is None and not self.is_busy and self.preview is not None and bool(self.preview.rows)

    @property
    def problem(self) -> str:
        """Why nothing can be taken yet, or an empty text."""
        if self.message or self.preview is None:
            return self.message
        if self.preview.problem:
            return self.preview.problem
        return "" if self.preview.rows else tr("The first rows give no reading: see the faults.")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What would be taken and may not be wanted, in words; empty once the import was begun."""
        survey = self.preview.survey if self.preview is not None else None
        if survey is None or self.job is not None or not survey.warnings:
            return ()
        more = () if survey.is_whole else (tr("This is of the first rows only; the file has more."),)
        return (*survey.warnings, *more)

    async def look(self) -> None:
        """Look at the file as the plan says; the newest look counts."""
        self._wanted += 1
        mine = self._wanted
        self.is_busy = True
        self._changed()
        try:
            found = await self._port.request(PreviewImport(self.path, self.plan))
        except RefusedError as error:
            if mine == self._wanted:
                self.message, self.is_busy = str(error), False
                self._changed()
            return
        if mine == self._wanted:
            self.preview, self.plan, self.message, self.is_busy = found, found.plan, "", False
            self._changed()

    def change(self, **changes: Any) -> None:
        """Change the plan; `look` shows what comes of it."""
        if self.plan is None:
            return
        if set(changes) & set(READING):
            changes["time_column"] = NONE
        elif changes.get("time_column", NONE) == self.plan.clock_column != NONE:
            changes["clock_column"] = NONE
        self.plan = replace(self.plan, **changes)
        self._changed()

    def use_column(self, column: int, tag: int) -> None:
        """Choose a wide file's tag for a column, −1 for none; the unit is that of the header."""
        if self.plan is None or self.preview is None:
            return
        rest = tuple(use for use in self.plan.columns if use.column != column)
        unit = name_and_unit(self.preview.look.header[column])[1]
        uses = (*rest, ColumnUse(column, tag, unit)) if tag != NONE else rest
        self.change(columns=tuple(sorted(uses, key=lambda use: use.column)))

    def use_unit(self, column: int, unit: str) -> None:
        """Choose the unit that a wide file's column is in."""
        if self.plan is not None:
            uses = (replace(use, unit=unit) if use.column == column else use for use in self.plan.columns)
            self.change(columns=tuple(uses))

    def use_scale(self, column: int, scale: float, offset: float) -> None:
        """Choose what a column's numbers are multiplied by and what is added; of a long file for its one column."""
        if self.plan is None or not scale:
            return
        if self.is_wide:
            uses = (
                replace(use, scale=scale, offset=offset) if use.column == column else use for use in self.plan.columns
            )
            self.change(columns=tuple(uses))
        else:
            self.change(scale=scale, offset=offset)

    async def start(self) -> None:
        """Begin to import. Raises RefusedError."""
        if self.plan is not None and self.can_start:
            self.job = await self._port.request(StartImport(self.plan))
            self._changed()

    async def read_faults(self) -> None:
        """Fetch the faults of the import that has ended."""
        if self.job is not None:
            self.faults = await self._port.request(ListRowErrors(self.job))
            self._changed()

    async def save_faults(self, path: Path) -> None:
        """Write the faults to a file. Raises RefusedError."""
        if self.job is not None:
            await self._port.request(SaveRowErrors(self.job, path))
            self.message = tr("The faults are in {path}.").format(path=path)
            self._changed()

    # ── what can be chosen ────────────────────────────────────────────────────────────────────────────────────────

    def columns(self, none: str = "") -> list[Choice]:
        """Return the file's columns to choose from; `none` is the word for no column."""
        header = self.preview.look.header if self.preview is not None else ()
        found: list[Choice] = [(none, NONE)] if none else []
        return found + [(name, column) for column, name in enumerate(header)]

    def clocks(self) -> list[Choice]:
        """Return where the time of day may stand: with the day, in a column of its own, or nowhere."""
        own = [each for each in self.columns() if self.plan is None or each[1] != self.plan.time_column]
        return [(tr("In the same column"), NONE), *own, (tr("None: 00:00 of each day"), MIDNIGHT)]

    def tags(self) -> list[Choice]:
        """Return all tags to choose from, and none."""
        catalogue = self._mirror.catalogue
        named = [(f"{catalogue.station_by_id[tag.station_id].name} · {tag.name}", tag.index) for tag in catalogue.tags]
        return [(tr("Not imported"), NONE), *sorted(named)]

    def units(self, use: ColumnUse) -> list[Choice]:
        """Return the units that a column may be in, the tag's own first."""
        tag = self._mirror.catalogue.tag_by_index.get(use.tag)
        if tag is None or tag.kind in (TagKind.DISCRETE, TagKind.TEXT):
            return [("–", "")]
        found: list[Choice] = [(unit, unit) for unit in units_like(tag.unit)] or [("–", "")]
        return found if use.unit in [unit for _, unit in found] else [*found, (use.unit or tr("as the tag"), use.unit)]

    def use_of(self, column: int) -> ColumnUse | None:
        """Return how a column of a wide file is used."""
        uses = self.plan.columns if self.plan is not None else ()
        return next((use for use in uses if use.column == column), None)

    @property
    def is_wide(self) -> bool:
        return self.plan is not None and self.plan.form is Form.WIDE

    def rows(self) -> list[tuple[str, ...]]:
        """Return the readings of the preview: time, value, unit, tag, quality."""
        tags = self._mirror.catalogue.tag_by_index
        found: list[tuple[str, ...]] = []
        for row in self.preview.rows if self.preview is not None else ():
            tag = tags.get(row.tag)
            at = local_time(row.time_us).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3].removesuffix(".000")
            found.append((at, row.value, tag.unit if tag else "", tag.name if tag else "", row.quality))
        return found

    @property
    def faults_seen(self) -> int:
        """How many faults the rows have that were looked at."""
        survey = self.preview.survey if self.preview is not None else None
        return max(survey.faults if survey is not None else 0, len(self.errors()))

    def errors(self) -> tuple[RowError, ...]:
        """Return the faults: of the import when it has ended, else of the preview."""
        if self.is_done:
            return self.faults.kept
        return self.preview.errors if self.preview is not None else ()
