"""Long jobs: progress, cancel, ends in words, a bound on what runs and what is remembered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hmi.services.jobs import AT_ONCE, KEPT, Jobs, Progress
from hmi.services.port import JobState, JobStatus
from hmi.storage.errors import StorageError
from tests.conftest import Warnings
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


class Told:
    """What was told, in order."""

    def __init__(self) -> None:
        self.frames: list[tuple[JobStatus, ...]] = []

    def __call__(self, frame: tuple[JobStatus, ...]) -> None:
        self.frames.append(frame)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest_asyncio.fixture
async def jobs(told: Told) -> AsyncIterator[Jobs]:
    made = Jobs(told)
    yield made
    await made.stop()


async def test_a_job_ends_with_its_sentence(jobs: Jobs, told: Told) -> None:
    def work(progress: Progress) -> str:
        progress(3, 10)
        return "10 rows written."

    ended = await jobs.wait(jobs.start("Export", "rows", work))
    assert ended is not None
    assert (ended.state, ended.detail, ended.done, ended.unit) == (JobState.DONE, "10 rows written.", 10, "rows")
    assert 0 < ended.started_us <= ended.ended_us
    assert any(frame[-1].done == 3 for frame in told.frames)
    assert told.frames[-1] == (ended,)


async def test_progress_is_told_at_most_five_times_a_second(jobs: Jobs, told: Told) -> None:
    def work(progress: Progress) -> str:
        for number in range(20_000):
            progress(number, 20_000)
        return ""

    await jobs.wait(jobs.start("Fast", "rows", work))
    assert len(told.frames) < 10


async def test_a_job_is_cancelled_at_its_next_word(jobs: Jobs) -> None:
    begun, cleaned = threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        try:
            while True:
                begun.set()
                progress(1, 0)
        finally:
            cleaned.set()

    job = jobs.start("Endless", "rows", work)
    await until(begun.is_set)
    jobs.cancel(job)
    ended = await jobs.wait(job)
    assert ended is not None
    assert ended.state is JobState.CANCELLED
    assert cleaned.is_set()
    jobs.cancel(job)  # of one that has ended nothing is said


async def test_a_failure_is_said_and_logged_once(jobs: Jobs, log_warnings: Warnings) -> None:
    def refuse(_progress: Progress) -> str:
        raise StorageError("The folder cannot be written.")

    def break_down(_progress: Progress) -> str:
        raise KeyError("bug")

    refused = await jobs.wait(jobs.start("Export", "rows", refuse))
    broken = await jobs.wait(jobs.start("Other", "rows", break_down))
    assert refused is not None
    assert broken is not None
    assert (refused.state, refused.detail) == (JobState.FAILED, "The folder cannot be written.")
    assert broken.state is JobState.FAILED
    assert "See the log" in broken.detail
    assert len(log_warnings.take("job failed")) == 2


async def test_a_few_run_at_once_and_a_waiting_one_can_be_cancelled(jobs: Jobs) -> None:
    release, running = threading.Event(), []

    def work(_progress: Progress) -> str:
        running.append(1)
        release.wait(5)
        return ""

    started = [jobs.start(f"Job {number}", "", work) for number in range(AT_ONCE + 1)]
    await until(lambda: len(running) == AT_ONCE)
    waiting = jobs.status(started[-1])
    assert waiting is not None
    assert "Waits" in waiting.detail
    jobs.cancel(started[-1])
    cancelled = jobs.status(started[-1])
    release.set()
    assert cancelled is not None
    assert cancelled.state is JobState.CANCELLED
    for job in started:
        await jobs.wait(job)
    assert len(running) == AT_ONCE


async def test_only_the_last_are_remembered(jobs: Jobs) -> None:
    for number in range(KEPT + 5):
        await jobs.wait(jobs.start(str(number), "", lambda _: ""))
    assert len(jobs.statuses()) == KEPT
    assert jobs.statuses()[-1].label == str(KEPT + 4)


async def test_stop_ends_what_runs(told: Told) -> None:
    jobs, begun = Jobs(told), threading.Event()

    def work(progress: Progress) -> str:
        while True:
            begun.set()
            progress(0, 0)

    jobs.start("Endless", "", work)
    await until(begun.is_set)
    async with asyncio.timeout(5):
        await jobs.stop()
    assert told.frames[-1][-1].state is JobState.CANCELLED
