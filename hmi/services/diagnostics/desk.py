"""Answers what is asked about the program itself. On the I/O thread; files are read on workers."""

from __future__ import annotations

import asyncio
import platform
import shutil
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import psutil

from hmi.config import crashes, logs
from hmi.config.log_tail import stamp_of, tail
from hmi.config.profile import Profile
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.diagnostics.bundle import Live, files_of, live_files, plan, save
from hmi.services.diagnostics.facts import Sources
from hmi.services.diagnostics.files import file_states, program_version
from hmi.services.jobs import Jobs, Progress
from hmi.services.port import RefusedError, Request
from hmi.services.port import diagnostics as port

FILTER_MOST: Final = 200
NOT_CONFIGURED: Final = tr("not configured")


class DiagnosticsDesk:
    """The requests of hmi.services.port.diagnostics."""

    def __init__(
        self,
        sources: Sources,
        jobs: Jobs,
        require: Callable[[Permission], None],
        require_person: Callable[[], None],
    ) -> None:
        self.sources = sources
        self._jobs = jobs
        self._require = require
        self._require_person = require_person
        self._profile = sources.profile

    def handlers(self) -> Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.ReadLog: self._read_log,
            port.ReadCrashes: self._read_crashes,
            port.ReadCrash: self._read_crash,
            port.DismissCrashes: self._dismiss,
            port.ReadProgram: self._read_program,
            port.PlanSupportBundle: self._plan,
            port.SaveSupportBundle: self._save,
        }

    async def _read_log(self, request: port.ReadLog) -> port.LogPage:
        self._require(Permission.VIEW)
        folder = self._profile.logs
        limit, most = min(request.limit, port.MOST_LINES), min(request.most_bytes, port.MOST_BYTES)

        def work() -> port.LogPage:
            stamp = stamp_of(folder)
            if request.seen and request.seen == stamp:
                return port.LogPage(stamp=stamp, is_same=True)
            found = tail(folder, limit, request.level, request.text[:FILTER_MOST], most)
            return port.LogPage(found.lines, stamp, found.is_whole, found.read_bytes)

        return await asyncio.to_thread(work)

    async def _read_crashes(self, _request: port.ReadCrashes) -> port.CrashList:
        self._require(Permission.VIEW)
        folder = self._profile.crashes

        def work() -> port.CrashList:
            return port.CrashList(tuple(crashes.crashes_in(folder)), len(crashes.unseen(folder)))

        return await asyncio.to_thread(work)

    async def _read_crash(self, request: port.ReadCrash) -> str:
        self._require(Permission.VIEW)
        try:
            return await asyncio.to_thread(crashes.read_crash, self._profile.crashes, request.name)
        except KeyError as error:
            raise RefusedError(tr("There is no crash file {name} any more.").format(name=request.name[:80])) from error
        except OSError as error:
            raise RefusedError(tr("It cannot be read: {error}.").format(error=error.strerror)) from error

    async def _dismiss(self, _request: port.DismissCrashes) -> None:
        self._require_person()
        try:
            await asyncio.to_thread(crashes.dismiss, self._profile.crashes)
        except OSError as error:
            raise RefusedError(tr("It cannot be written down: {error}.").format(error=error.strerror)) from error

    async def _read_program(self, _request: port.ReadProgram) -> port.ProgramState:
        self._require(Permission.VIEW)
        return await asyncio.to_thread(program_state, self._profile)

    async def _plan(self, _request: port.PlanSupportBundle) -> tuple[port.BundleFile, ...]:
        self._require(Permission.EDIT_DATA)
        live = self._live()
        return await asyncio.to_thread(lambda: plan(files_of(self._profile, live_files(live))))

    async def _save(self, request: port.SaveSupportBundle) -> Any:
        self._require(Permission.EDIT_DATA)
        live = self._live()

        def work(progress: Progress) -> str:
            return save(files_of(self._profile, live_files(live)), request.path, progress)

        return self._jobs.start(tr("Making the support bundle"), tr("files"), work, Permission.EDIT_DATA)

    def _live(self) -> Live:
        return Live(self.sources.look(), self.sources.audit.checking.check)


def program_state(profile: Profile) -> port.ProgramState:
    """Return how the program and its files do; on a worker."""
    process = psutil.Process()
    cpu = process.cpu_times()
    return port.ProgramState(
        version=program_version(),
        python=platform.python_version(),
        system=platform.platform(),
        started_us=round(process.create_time() * 1e6),
        resident_bytes=process.memory_info().rss,
        cpu_s=cpu.user + cpu.system,
        free_bytes=shutil.disk_usage(profile.folder).free,
        files=file_states(profile),
        folder=str(profile.folder),
        log_withheld=logs.withheld(),
        sync=NOT_CONFIGURED,
    )
