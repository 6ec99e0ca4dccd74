"""A first plan for a file, from what it looks like and from the tags there are; a person puts it right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from hmi.storage.exchange.mapping import NONE, ColumnUse, FileLook, Form, ImportPlan, TagBook, TimeFormat, Twice, plain
from hmi.storage.exchange.times import TimeReader, are_clocks, are_days
from hmi.storage.exchange.zones import Zone

TIME_NAMES: Final = ("time", "timestamp", "date", "datetime", "zeit", "datum", "fecha", "hora", "date/time", "ts")
CLOCK_NAMES: Final = ("time", "clock", "time of day", "uhrzeit", "zeit", "hora", "heure", "ora")
TAG_NAMES: Final = ("tag", "tag name", "tagname", "name", "variable", "point", "signal", "item")
VALUE_NAMES: Final = ("value", "wert", "valor", "reading", "val")
QUALITY_NAMES: Final = ("quality", "status", "calidad")
UNIT_NAMES: Final = ("unit", "units", "einheit", "unidad")
_UNIT: Final = re.compile(r"(.*?)\s*[\[(]([^\])]*)[\])]\s*")
_FORMATS: Final = (
    TimeFormat.ISO,
    TimeFormat.DAY_FIRST,
    TimeFormat.MONTH_FIRST,
    TimeFormat.EPOCH_S,
    TimeFormat.EPOCH_MS,
    TimeFormat.EPOCH_US,
)
EARLIEST_EPOCH_US: Final = 631_152_000_000_000
"""1990: what is earlier is a plain number and no time."""


def guess(path: Path, look: FileLook, book: TagBook) -> ImportPlan:
    """Return the plan that fits best; columns that nothing is known of stay unused."""
    plan = ImportPlan(
        path,
        look.kind,
        look.encoding or "utf-8",
        look.separator or ",",
        look.decimal,
        look.has_header,
    )
    time_column, time_format = _time_of(look)
    plan = replace(plan, time_column=time_column, time_format=time_format)
    if are_days(_cells(look, time_column)):
        plan = replace(plan, clock_column=_clock_of(look, time_column))
    tag_column = _named(look, TAG_NAMES)
    if tag_column == NONE:
        tag_column = next((at for at in range(len(look.header)) if _are_tags(_cells(look, at), book)), NONE)
    value_column = _named(look, VALUE_NAMES)
    if tag_column != NONE or (value_column != NONE and not _wide(look, book, time_column)):
        return _long(plan, look, tag_column, value_column)
    return replace(
        plan, form=Form.WIDE, columns=_wide(look, book, time_column), quality_column=_named(look, QUALITY_NAMES)
    )


def name_and_unit(header: str) -> tuple[str, str]:
    """Return a column's name and the unit in brackets behind it, or an empty one."""
    found = _UNIT.fullmatch(header)
    return (found[1], found[2]) if found else (header, "")


def _long(plan: ImportPlan, look: FileLook, tag_column: int, value_column: int) -> ImportPlan:
    quality_column, unit_column = _named(look, QUALITY_NAMES), _named(look, UNIT_NAMES)
    if value_column == NONE:
        used = {plan.time_column, plan.clock_column, tag_column, quality_column, unit_column}
        value_column = next((at for at in range(len(look.header)) if at not in used), NONE)
    unit = name_and_unit(look.header[value_column])[1] if value_column != NONE else ""
    return replace(
        plan,
        form=Form.LONG,
        tag_column=tag_column,
        value_column=value_column,
        quality_column=quality_column,
        unit_column=unit_column,
        unit=unit,
    )


def _wide(look: FileLook, book: TagBook, time_column: int) -> tuple[ColumnUse, ...]:
    found = []
    for column, header in enumerate(look.header):
        name, unit = name_and_unit(header)
        tag = book.find(header) if book.find(header) != NONE else book.find(name)
        if column != time_column and tag != NONE:
            found.append(ColumnUse(column, tag, unit))
    return tuple(found)


def _time_of(look: FileLook) -> tuple[int, TimeFormat]:
    """Return the column that holds times and how; a name that says so goes first."""
    named = [at for at, header in enumerate(look.header) if plain(name_and_unit(header)[0]) in TIME_NAMES]
    others = [at for at in range(len(look.header)) if at not in named]
    for column in [*named, *others]:
        for form in _FORMATS:
            if _are_times(_cells(look, column), form):
                return column, form
    return (named or [0])[0], TimeFormat.ISO


def _clock_of(look: FileLook, time_column: int) -> int:
    """Return the column with the time of day; one that is called so goes first, then the next to the day's."""
    found = [at for at in range(len(look.header)) if at != time_column and are_clocks(_cells(look, at))]
    headers = [plain(name_and_unit(header)[0]) for header in look.header]
    return min(found, key=lambda at: (headers[at] not in CLOCK_NAMES, abs(at - time_column)), default=NONE)


def _are_times(cells: Sequence[str], form: TimeFormat) -> bool:
    if not cells:
        return False
    found, faults = TimeReader(form, Zone("UTC"), Twice.FIRST).read(cells)
    if len(faults) * 10 > len(cells):
        return False
    is_epoch = form in (TimeFormat.EPOCH_S, TimeFormat.EPOCH_MS, TimeFormat.EPOCH_US)
    return not is_epoch or bool(np.median(found) > EARLIEST_EPOCH_US)


def _are_tags(cells: Sequence[str], book: TagBook) -> bool:
    return bool(cells) and sum(book.find(cell) != NONE for cell in cells) * 2 > len(cells)


def _named(look: FileLook, names: Sequence[str]) -> int:
    headers = [plain(name_and_unit(header)[0]) for header in look.header]
    return next((at for at, header in enumerate(headers) if header in names), NONE)


def _cells(look: FileLook, column: int) -> list[str]:
    return [row[column] for row in look.rows if row[column]]
