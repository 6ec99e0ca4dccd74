"""Polling passes on what changed, and nothing else."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

import numpy as np
import pytest

from drivers.api import Batch, Item, NotConnectedError, Quality, Text
from hmi.services.poller import poll

pytestmark = pytest.mark.asyncio


def answer(
    values: list[float], texts: dict[int, Text] | None = None, quality: Sequence[Quality] = (Quality.GOOD,) * 2
) -> Batch:
    return Batch.of(np.arange(len(values)), values, 1, quality=quality[: len(values)], texts=texts)


class Source:
    """Answers one batch after another, then loses the link."""

    def __init__(self, *answers: Batch) -> None:
        self._answers = list(answers)

    async def read(self, _items: Sequence[Item]) -> Batch:
        if not self._answers:
            raise NotConnectedError("The link is down.")
        return self._answers.pop(0)


async def passed_on(*answers: Batch) -> list[Batch]:
    batches: list[Batch] = []
    with pytest.raises(NotConnectedError):
        await poll(Source(*answers), tuple, batches.append, interval_s=0.0)
    return batches


async def test_the_first_answer_is_whole_and_then_only_changes() -> None:
    found = await passed_on(answer([1, 2]), answer([1, 2]), answer([1, 3]))
    assert [(batch.tag.tolist(), batch.value.tolist()) for batch in found] == [([0, 1], [1, 2]), ([1], [3])]


async def test_a_quality_alone_is_a_change() -> None:
    found = await passed_on(answer([1, 2]), answer([1, 2], quality=(Quality.GOOD, Quality.BAD)))
    assert found[1].tag.tolist() == [1]


async def test_two_times_no_number_is_no_change_but_another_text_is() -> None:
    nan = math.nan
    found = await passed_on(
        answer([nan, nan], {1: "Auto"}), answer([nan, nan], {1: "Auto"}), answer([nan, nan], {1: "Off"})
    )
    assert len(found) == 2
    assert (found[1].tag.tolist(), found[1].texts) == ([1], {0: "Off"})


async def test_an_answer_of_another_length_is_passed_on_whole() -> None:
    found = await passed_on(answer([1, 2]), answer([1]))
    assert found[1].tag.tolist() == [0]


async def test_a_poll_ends_when_cancelled() -> None:
    heard = asyncio.Event()
    task = asyncio.create_task(poll(Source(answer([1])), tuple, lambda _: heard.set(), interval_s=60.0))
    await asyncio.wait_for(heard.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
