"""Long jobs: imports, exports, backups; on worker threads, a few at once, each with its progress and its end in words.

A job's work is called with a `Progress`, calls it as it goes, and returns the sentence it ends with. To stop a job its
progress raises Stopped, so work cleans up behind itself as for any other exception.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4

import structlog

from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.port import JobState, JobStatus
from hmi.storage.errors import StorageError

AT_ONCE: Final = 2
KEPT: Final = 50
BETWEEN_S: Final = 0.2
"""The least time between two words of one job's progress."""

Progress = Callable[[int, int], None]
"""Takes (done, total), total 0 while it is not known; raises Stopped when the job is to end."""
Work = Callable[[Progress], str]

_log = structlog.get_logger(__name__)


class Stopped(Exception):  # noqa: N818  # nothing went wrong: somebody wants the work to end
    """The job is to end now and to leave nothing half done."""


class Jobs:
    """Runs work and remembers how it ended. `start`, `cancel` and `statuses` may be called on any thread."""

    def __init__(self, tell: Callable[[tuple[JobStatus, ...]], None]) -> None:
        """tell: gets all jobs, the newest last, at each change; called on worker threads too."""
        self._tell = tell
        self._lock = threading.Lock()
        self._statuses: dict[UUID, JobStatus] = {}
        self._futures: dict[UUID, Future[None]] = {}
        self._stopping: set[UUID] = set()
        self._stopped_by: dict[UUID, Permission] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="job")

    def start(self, label: str, unit: str, work: Work, stopped_by: Permission = Permission.VIEW) -> UUID:
        """Run work as soon as a thread is free; return the job's id. unit: of its progress, "rows", "bytes".

        stopped_by: what it takes to stop it.
        """
        job = uuid4()
        waits = JobStatus(
            job, label, JobState.RUNNING, unit=unit, detail=tr("Waits for others to end."), started_us=_now_us()
        )
        with self._lock:
            self._statuses[job] = waits
            self._stopped_by[job] = stopped_by
            self._forget()
            self._futures[job] = self._threads.submit(self._run, job, work)
        self._publish()
        return job

    def stopped_by(self, job: UUID) -> Permission:
        """Return what it takes to stop a job."""
        with self._lock:
            return self._stopped_by.get(job, Permission.VIEW)

    def cancel(self, job: UUID) -> None:
        """Stop a job; of one that has ended, or is not known, nothing is said."""
        with self._lock:
            future = self._futures.get(job)
            if future is None:
                return
            self._stopping.add(job)
            has_begun = not future.cancel()
        if not has_begun:
            self._end(job, JobState.CANCELLED, tr("Cancelled before it began."))

    def statuses(self) -> tuple[JobStatus, ...]:
        """Return all jobs that are remembered, the newest last."""
        with self._lock:
            return tuple(self._statuses.values())

    def status(self, job: UUID) -> JobStatus | None:
        """Return one job, or None when it is not remembered."""
        with self._lock:
            return self._statuses.get(job)

    async def wait(self, job: UUID) -> JobStatus | None:
        """Wait for a job's end and return it."""
        with self._lock:
            future = self._futures.get(job)
        if future is not None and not future.cancelled():
            await asyncio.wrap_future(future)
        return self.status(job)

    async def stop(self) -> None:
        """Stop every job and end the threads; returns when the last has cleaned up behind itself."""
        with self._lock:
            running = list(self._futures)
        for job in running:
            self.cancel(job)
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)

    # ── on a worker thread ────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, job: UUID, work: Work) -> None:
        with self._lock:
            self._statuses[job] = replace(self._statuses[job], detail="", started_us=_now_us())
        self._publish()
        try:
            state, detail = JobState.DONE, work(self._progress_of(job))
        except Stopped:
            state, detail = JobState.CANCELLED, tr("Cancelled; nothing of it was kept.")
        except (StorageError, OSError) as error:
            state, detail = JobState.FAILED, str(error)
            _log.warning("job failed", job=self._label(job), reason=str(error))
        except Exception as error:  # noqa: BLE001  # failure wall: a job's bug ends the job and nothing else
            _log.exception("job failed", job=self._label(job))
            state, detail = JobState.FAILED, tr("The program failed: {error}. See the log.").format(error=error)
        self._end(job, state, detail)

    def _progress_of(self, job: UUID) -> Progress:
        told_at = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal told_at
            if job in self._stopping:
                raise Stopped
            now = time.monotonic()
            if now - told_at < BETWEEN_S:
                return
            told_at = now
            with self._lock:
                self._statuses[job] = replace(self._statuses[job], done=done, total=total)
            self._publish()

        return progress

    def _label(self, job: UUID) -> str:
        return self._statuses[job].label

    def _end(self, job: UUID, state: JobState, detail: str) -> None:
        with self._lock:
            before = self._statuses[job]
            done = before.total if state is JobState.DONE else before.done
            self._statuses[job] = replace(before, state=state, detail=detail, done=done, ended_us=_now_us())
            self._futures.pop(job, None)
            self._stopping.discard(job)
        self._publish()

    def _forget(self) -> None:
        """Forget the oldest that have ended, beyond those that are kept."""
        ended = [job for job, status in self._statuses.items() if status.state is not JobState.RUNNING]
        for job in ended[: max(0, len(self._statuses) - KEPT)]:
            del self._statuses[job]
            self._stopped_by.pop(job, None)

    def _publish(self) -> None:
        self._tell(self.statuses())


def _now_us() -> int:
    return time.time_ns() // 1000
