"""Facts of the page for those who help: the program, its files, its crash files, and the bundle; no Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hmi.config.crashes import Crash
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    BundleFile,
    CrashList,
    DismissCrashes,
    Frame,
    JobState,
    PlanSupportBundle,
    Port,
    ProgramState,
    ReadCrash,
    ReadCrashes,
    ReadProgram,
    SaveSupportBundle,
)
from hmi.ui.pane_facts import Listen
from hmi.ui.words import duration_text, moment_text

KINDS: Final = {
    "ended": tr("Gone without a word"),
    "native": tr("A library crashed"),
    "qt": tr("Qt gave up"),
    "python": tr("A fault of the program"),
}
CRASH_COLUMNS: Final = (tr("When"), tr("What"), tr("Size"))
BUNDLE_COLUMNS: Final = (tr("File"), tr("What"), tr("Size"), tr("Blotted out"))
FILE_COLUMNS: Final = (tr("File"), tr("Size"), tr("Schema"))


class SupportFacts:
    """Asks for what the page shows, and remembers what was chosen."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self._changed: Callable[[], None] = lambda: None
        self._crashes = CrashList()
        self._job: object = None
        self.program: ProgramState | None = None
        self.chosen = ""
        self.text = ""
        self.bundle: tuple[BundleFile, ...] = ()
        self.said = ""
        self.is_busy = False

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ; return what removes it."""
        self._changed = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & Change.JOBS:
                self._take_job()
            if change & (Change.JOBS | Change.USER):
                changed()

        return listen(on_change)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def crashes(self) -> Sequence[Crash]:
        return self._crashes.files

    def crash_rows(self) -> list[tuple[str, ...]]:
        """Return each crash file in words, newest first."""
        return [
            (moment_text(each.at_us), tr(KINDS.get(each.kind, each.kind)), size_text(each.bytes))
            for each in self.crashes
        ]

    @property
    def can_dismiss(self) -> bool:
        return self._crashes.unseen > 0 and self._mirror.user.works_here

    @property
    def may_bundle(self) -> bool:
        return self._mirror.user.may_everywhere(Permission.EDIT_DATA)

    def bundle_rows(self) -> list[tuple[str, ...]]:
        """Return what the bundle would hold."""
        return [(each.name, each.about, size_text(each.bytes), str(each.blotted or "–")) for each in self.bundle]

    @property
    def bundle_name(self) -> str:
        """What a bundle that is saved now is called."""
        return f"roams-support-{datetime.now(UTC).astimezone():%Y%m%d-%H%M}.zip"

    def file_rows(self) -> list[tuple[str, ...]]:
        """Return the profile's files and their sizes."""
        files = self.program.files if self.program is not None else ()
        return [(each.name, size_text(each.bytes), str(each.schema or "–")) for each in files]

    def program_pairs(self) -> list[tuple[str, str]]:
        """Return what is known of the program, label and text."""
        state, figures = self.program, self._mirror.figures
        if state is None:
            return []
        up_s = max(1.0, time.time() - state.started_us / 1e6)
        return [
            (tr("Version"), state.version or "–"),
            (tr("Python"), state.python),
            (tr("System"), state.system),
            (tr("Runs for"), duration_text(up_s)),
            (tr("Memory"), size_text(state.resident_bytes)),
            (tr("Processor"), tr("{share:.0f} % of one, on average").format(share=100 * state.cpu_s / up_s)),
            (tr("Disk free"), size_text(state.free_bytes)),
            (tr("History"), figures.history_note or tr("writes, {ms:.0f} ms a commit").format(ms=figures.flush_ms)),
            (tr("Values waiting"), f"{figures.waiting:,}"),
            (tr("Delay of incoming values"), tr("99 % within {ms:.0f} ms").format(ms=figures.io_late_p99_ms)),
            (tr("Central database"), state.sync),
            (tr("Log lines left out"), f"{state.log_withheld:,}"),
            (tr("Folder"), state.folder),
        ]

    # ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────

    async def look(self) -> None:
        """Read how the program and its crash files stand. Raises RefusedError."""
        self.program = await self._port.request(ReadProgram())
        self._crashes = await self._port.request(ReadCrashes())
        if self.chosen not in {each.name for each in self.crashes}:
            self.chosen, self.text = "", ""
        self._changed()

    async def choose(self, row: int) -> None:
        """Show what a crash file says. Raises RefusedError."""
        if not 0 <= row < len(self.crashes) or self.crashes[row].name == self.chosen:
            return
        name = self.chosen = self.crashes[row].name
        text = await self._port.request(ReadCrash(name))
        if name == self.chosen:
            self.text = text
            self._changed()

    async def dismiss(self) -> None:
        """Say that all crash files have been seen. Raises RefusedError."""
        await self._port.request(DismissCrashes())
        await self.look()

    async def plan(self) -> None:
        """Make the bundle's list. Raises RefusedError."""
        self.is_busy, self.said = True, tr("Looking through the files…")
        self._changed()
        try:
            self.bundle = await self._port.request(PlanSupportBundle())
            blotted = sum(each.blotted for each in self.bundle)
            words = tr("{count} files. Secrets blotted out: {blotted}. Nothing has been saved yet.")
            self.said = words.format(count=len(self.bundle), blotted=blotted)
        except BaseException:
            self.said = ""
            raise
        finally:
            self.is_busy = False
            self._changed()

    async def save(self, path: Path) -> None:
        """Save the bundle; how it ends is told by its job. Raises RefusedError."""
        self.is_busy, self.said = True, tr("Saving…")
        self._changed()
        try:
            self._job = await self._port.request(SaveSupportBundle(path))
        except BaseException:
            self.is_busy, self.said = False, ""
            raise
        finally:
            self._take_job()
            self._changed()

    def _take_job(self) -> None:
        job = next((each for each in self._mirror.jobs if each.id == self._job), None)
        if job is not None and job.state is not JobState.RUNNING:
            self.said, self._job, self.is_busy = job.detail, None, False


def size_text(count: float) -> str:
    """Return a number of bytes with its unit."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
