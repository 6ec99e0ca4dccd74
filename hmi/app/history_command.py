"""`python -m hmi history …`: the archive without a window, beside a running program or on its own."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from hmi.app.history_desk import Desk, open_desk
from hmi.app.history_options import parser
from hmi.config.history_settings import check
from hmi.config.instance import InstanceLock, TakenError
from hmi.config.profile import Profile, ProfileError, default_folder, open_profile
from hmi.services import port
from hmi.services.attach import AttachError
from hmi.services.jobs import Stopped
from hmi.storage.errors import StorageError
from hmi.storage.exchange.mapping import MIDNIGHT, ColumnUse, Form, ImportPlan
from hmi.storage.exchange.sheet import ExportFormat
from hmi.storage.exchange.zones import Zone
from hmi.storage.history.live_file import FILE_NAME as LIVE_FILE

FAILED: Final = 1
ASK_S: Final = 0.2
FAULTS_SHOWN: Final = 20
ROWS_SHOWN: Final = 10
BEGINNERS: Final = ("import", "restore")

Action = Callable[[Desk, argparse.Namespace], Awaitable[int]]


class _SaidError(Exception):
    """What the command ends with, in words."""


def main(arguments: list[str]) -> int:
    """Do what the arguments ask and return the exit status: 0 well, 1 failed or cancelled, 2 wrong options."""
    options = parser().parse_args(arguments)
    try:
        _check_profile(options)
        profile = open_profile(options.profile, is_demo=options.demo)
        if options.action == "restore":
            return _restore(profile, options.backup)
        return asyncio.run(_run(profile, options))
    except (ProfileError, StorageError, AttachError, port.RefusedError, _SaidError, OSError) as error:
        _say(str(error))
        return FAILED


def _check_profile(options: argparse.Namespace) -> None:
    """Refuse to make a profile out of a typing error: only an import and a restore may begin one."""
    folder = (options.profile or default_folder(is_demo=options.demo)).expanduser().absolute()
    if options.action not in BEGINNERS and not (folder / "history" / LIVE_FILE).exists():
        raise _SaidError(f"There is no profile in {folder}, or nothing was recorded there yet. Look at --profile.")


async def _run(profile: Profile, options: argparse.Namespace) -> int:
    desk = await open_desk(profile)
    try:
        return await ACTIONS[options.action](desk, options)
    finally:
        await desk.close()


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _status(desk: Desk, options: argparse.Namespace) -> int:
    state = await desk.ask(port.ReadArchive())
    status = state.status
    if options.json:
        found = {**asdict(status), "settings": state.settings.model_dump(), "note": state.note}
        sys.stdout.write(json.dumps(found) + "\n")
        return 0
    lines = [f"{each.name:32} {_day(each.first_day_us):>10} {each.bytes / 1e6:>12,.1f} MB" for each in status.files]
    left = "" if status.days_left is None else f", full in about {status.days_left:,.0f} days"
    lines.append(f"{status.rows:,} readings, {status.bytes / 1e6:,.1f} MB, {_day(status.oldest_us)} to now")
    lines.append(f"{status.free_bytes / 1e9:,.1f} GB free, {status.bytes_per_day / 1e6:,.1f} MB a day{left}")
    lines += [state.note] if state.note else []
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


async def _imports(desk: Desk, options: argparse.Namespace) -> int:
    records = await desk.ask(port.ListImports())
    if options.json:
        sys.stdout.write(json.dumps([asdict(record) for record in records]) + "\n")
        return 0
    for record in records:
        undone = "  undone" if record.is_undone else ""
        sys.stdout.write(f"{record.id:>4}  {_day(record.at_us)}  {record.rows:>12,} rows  {record.label}{undone}\n")
    return 0


# ── out and in ────────────────────────────────────────────────────────────────────────────────────────────────────


async def _export(desk: Desk, options: argparse.Namespace) -> int:
    tags = await desk.ask(port.FindTags(tuple(options.tag)))
    end_us = options.end if options.end is not None else time.time_ns() // 1000
    zone = {"UTC": None, "local": ""}.get(options.zone, options.zone)
    path, form = options.file.absolute(), options.format or _format_of(options.file)
    order = port.StartExport(
        tags,
        options.start,
        end_us,
        path,
        form,
        options.width,
        zone,
        options.separator,
        options.decimal,
        is_wide=options.wide,
        is_full=options.full_precision,
    )
    return await _follow(desk, await desk.ask(order))


def _format_of(path: Path) -> ExportFormat:
    ending = path.suffix.removeprefix(".").casefold()
    try:
        return ExportFormat({"ndjson": "jsonl", "pq": "parquet"}.get(ending, ending))
    except ValueError as error:
        names = ", ".join(ExportFormat)
        raise _SaidError(f"The ending of {path.name} is no format; choose one with --format: {names}.") from error


async def _import(desk: Desk, options: argparse.Namespace) -> int:
    path = options.file.absolute()
    preview = await desk.ask(port.PreviewImport(path))
    plan = await _planned(desk, preview, options)
    preview = await desk.ask(port.PreviewImport(path, plan))
    if preview.problem:
        raise _SaidError(preview.problem)
    if options.dry_run:
        return await _survey(desk, preview)
    job = await desk.ask(port.StartImport(plan, _who()))
    status = await _follow(desk, job)
    faults = await desk.ask(port.ListRowErrors(job))
    for fault in faults.kept[:FAULTS_SHOWN]:
        _say(f"line {fault.line}, {fault.column or 'row'}: {fault.reason} {fault.text!r}")
    if faults.total > FAULTS_SHOWN:
        _say(f"… {faults.total:,} faults in all; --faults FILE writes the first {len(faults.kept):,}.")
    if options.faults is not None and faults.total:
        await desk.ask(port.SaveRowErrors(job, options.faults.absolute()))
    return status


async def _planned(desk: Desk, preview: port.ImportPreview, options: argparse.Namespace) -> ImportPlan:
    """Return the guessed plan with what the options say otherwise."""
    said = {
        "encoding": options.encoding,
        "separator": options.separator,
        "decimal": options.decimal,
        "time_format": options.time_format,
        "twice": options.twice,
        "quality_code": options.quality,
        "unit": options.unit,
    }
    plan = replace(preview.plan, zone=Zone(options.zone), **{name: value for name, value in said.items() if value})
    if options.encoding or options.separator:
        preview = await desk.ask(port.PreviewImport(plan.path, plan))
    if options.clock:
        plan = replace(plan, clock_column=_clock_column(preview, options.clock))
    if options.column:
        uses = [await _column_use(desk, preview, text, options.unit or "") for text in options.column]
        plan = replace(plan, form=Form.WIDE, columns=tuple(uses))
    elif options.tag:
        (tag,) = await desk.ask(port.FindTags((options.tag,)))
        if plan.form is Form.WIDE:
            column = next(
                at for at in range(len(preview.look.header)) if at not in (plan.time_column, plan.clock_column)
            )
            plan = replace(plan, columns=(ColumnUse(column, tag, options.unit or ""),))
        else:
            plan = replace(plan, tag=tag, tag_column=-1)
    return plan


def _clock_column(preview: port.ImportPreview, name: str) -> int:
    header = preview.look.header
    if name in header:
        return header.index(name)
    if name.casefold() == "midnight":
        return MIDNIGHT
    raise _SaidError(f"--clock needs a column or midnight; the file has the columns {', '.join(header)}.")


async def _column_use(desk: Desk, preview: port.ImportPreview, text: str, unit: str) -> ColumnUse:
    name, _, tag = text.partition("=")
    if name not in preview.look.header or not tag:
        columns = ", ".join(preview.look.header)
        raise _SaidError(f"--column needs COLUMN=TAG; the file has the columns {columns}.")
    (index,) = await desk.ask(port.FindTags((tag,)))
    return ColumnUse(preview.look.header.index(name), index, unit)


async def _survey(desk: Desk, preview: port.ImportPreview) -> int:
    """Read the whole file, take nothing, and say what an import would take. Return the exit status."""
    job = await desk.ask(port.StartSurvey(preview.plan))
    status = await _follow(desk, job)
    if status:
        return status
    survey = await desk.ask(port.ReadSurvey(job))
    names = dict(await desk.ask(port.NameTags(tuple(tag for tag, _ in survey.by_tag))))
    for row in preview.rows[:ROWS_SHOWN]:
        at = datetime.fromtimestamp(row.time_us / 1e6, UTC).isoformat()
        sys.stdout.write(f"{at}  {names.get(row.tag, row.tag)}  {row.value}  {row.quality}".rstrip() + "\n")
    for tag, count in survey.by_tag:
        sys.stdout.write(f"{count:>14,} readings of {names.get(tag, tag)}\n")
    there = sum([await desk.ask(port.EstimateExport((tag,), survey.first_us, survey.last_us + 1)) for tag in names])
    span = f"{_day(survey.first_us)} to {_day(survey.last_us)}"
    sys.stdout.write(
        f"{survey.readings:,} readings would be taken, {span}; {survey.faults:,} faults would be left out\n"
    )
    if there:
        sys.stdout.write(f"about {there:,} readings of these tags are there already in this time; none comes twice\n")
    for warning in survey.warnings:
        _say(warning)
    for fault in preview.errors[:FAULTS_SHOWN]:
        _say(f"line {fault.line}, {fault.column or 'row'}: {fault.reason} {fault.text!r}")
    return 0


def _who() -> str:
    """Return by whom an import from here is booked, whoever signed in to the program that runs."""
    try:
        return f"command line ({getpass.getuser()})"
    except (OSError, KeyError):  # a user without a name, as in a container
        return "command line"


# ── keeping ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _retain(desk: Desk, options: argparse.Namespace) -> int:
    kept = (await desk.ask(port.ReadArchive())).settings
    said = {name: getattr(options, name) for name in type(kept).model_fields if getattr(options, name) is not None}
    settings = kept
    if said:
        found, faults = check({**kept.model_dump(), **said})
        if found is None:
            raise _SaidError(" ".join(f"{name}: {fault}" for name, fault in faults.items()))
        settings = found
    if options.dry_run:
        _show_losses(await desk.ask(port.PlanRetention(settings)))
        return 0
    if said:
        await desk.ask(port.ChangeRetention(settings))
    return await _follow(desk, await desk.ask(port.StartRetention()))


def _show_losses(losses: Sequence[port.RetentionLoss]) -> None:
    for loss in losses:
        left = "nothing stays" if loss.is_whole else "averages stay"
        sys.stdout.write(f"{loss.name:32} {_day(loss.first_day_us):>10}  {loss.readings:>14,} readings  {left}\n")
    sys.stdout.write(f"{len(losses)} files would lose {sum(loss.readings for loss in losses):,} readings\n")


def _simply(make: Callable[[argparse.Namespace], port.Request[UUID]]) -> Action:
    async def act(desk: Desk, options: argparse.Namespace) -> int:
        return await _follow(desk, await desk.ask(make(options)))

    return act


def _restore(profile: Profile, backup: Path) -> int:
    from hmi.services.history import History

    try:
        lock = InstanceLock(profile.lock, has_window=False)
    except TakenError as error:
        raise _SaidError(f"{error} End it first: a history in use cannot be replaced.") from error
    is_stopping = False

    def stop(*_: object) -> None:
        nonlocal is_stopping
        is_stopping = True

    def progress(done: int, total: int) -> None:
        if is_stopping:
            raise Stopped
        _show_progress("Restore", done, total, "bytes")

    before = signal.signal(signal.SIGINT, stop)
    try:
        aside = History.restore(backup, profile.history, progress)
    except Stopped:
        raise _SaidError("Cancelled; the history is as it was.") from None
    finally:
        signal.signal(signal.SIGINT, before)
        lock.release()
    _say("Restored." + (f" The history before is in {aside}." if aside else ""))
    return 0


ACTIONS: Final[Mapping[str, Action]] = {
    "status": _status,
    "imports": _imports,
    "export": _export,
    "import": _import,
    "undo": _simply(lambda options: port.UndoImport(options.id)),
    "backup": _simply(lambda options: port.StartBackup(options.folder.absolute())),
    "verify": _simply(lambda _: port.StartVerify()),
    "seal": _simply(lambda _: port.StartSeal()),
    "retain": _retain,
}


# ── following a job ───────────────────────────────────────────────────────────────────────────────────────────────


async def _follow(desk: Desk, job: UUID) -> int:
    """Show a job's progress until it ends; Ctrl+C cancels it. Return the exit status."""
    is_cancelled = asyncio.Event()
    _on_interrupt(is_cancelled.set)
    has_told = False
    while True:
        status: Any = await desk.ask(port.WatchJob(job))
        if status is None:
            raise _SaidError("The running program does not know the job any more.")
        if status.state is not port.JobState.RUNNING:
            break
        _show_progress(status.label, status.done, status.total, status.unit)
        if is_cancelled.is_set() and not has_told:
            has_told = True
            await desk.ask(port.CancelJob(job))
        await asyncio.sleep(ASK_S)
    _clear_progress()
    _say(status.detail)
    return 0 if status.state is port.JobState.DONE else FAILED


def _on_interrupt(act: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(act))
    else:
        loop.add_signal_handler(signal.SIGINT, act)


def _show_progress(label: str, done: int, total: int, unit: str) -> None:
    if sys.stderr.isatty():
        share = f"{100 * done / total:3.0f} %" if total else ""
        sys.stderr.write(f"\r\x1b[K{label}: {share}  {done:,} {unit}")
        sys.stderr.flush()


def _clear_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def _day(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%d") if at_us else "–"
