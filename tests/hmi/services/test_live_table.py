from __future__ import annotations

import threading

import numpy as np

from drivers.api import Batch, Quality
from hmi.services.live_table import LiveTable

TAGS = 500


def batch_of(number: int) -> Batch:
    """Every column of every row says the same number."""
    tag = np.arange(TAGS)
    return Batch.of(tag, float(number), number, quality=number % 7)


def test_pulls_are_never_torn_under_a_constant_writer() -> None:
    table = LiveTable()
    is_over = threading.Event()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            table.apply(batch_of(number))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen, pulls = 0, 0
        while pulls < 2000:
            seen, delta = table.pull(seen)
            if delta is None:
                continue
            pulls += 1
            numbers = set(delta.value.tolist())
            assert len(numbers) == 1, "rows of two batches in one pull"
            assert set(delta.source_us.tolist()) == numbers, "columns of two batches in one row"
            assert set(delta.quality.tolist()) == {int(numbers.pop()) % 7}
    finally:
        is_over.set()
        writer.join()


def test_a_pull_brings_only_what_changed_since() -> None:
    table = LiveTable()
    table.apply(Batch.of([1, 2], [10.0, 20.0], 5))
    seen, _ = table.pull(0)
    table.apply(Batch.of([2], [21.0], 6))
    seen, delta = table.pull(seen)
    assert delta is not None
    assert delta.tag.tolist() == [2]
    assert delta.value.tolist() == [21.0]
    assert table.pull(seen) == (seen, None)


def test_a_lost_link_keeps_the_value_and_changes_the_quality() -> None:
    table = LiveTable()
    table.apply(Batch.of([3], [7.5], 100))
    table.mark(np.array([3], np.uint32), Quality.NOT_CONNECTED, 200)
    now = table.reading(3)
    assert (now.value, now.quality, now.source_us) == (7.5, Quality.NOT_CONNECTED, 100)


def test_of_several_rows_of_one_tag_the_last_wins() -> None:
    table = LiveTable()
    table.apply(Batch.of([4, 4, 4], [1.0, 2.0, 3.0], [1, 2, 3]))
    assert table.reading(4).value == 3.0


def test_texts_travel_beside_the_numbers() -> None:
    table = LiveTable()
    table.apply(Batch.of([5], [np.nan], 1, texts={0: "Batch 17"}))
    _, delta = table.pull(0)
    assert delta is not None
    assert delta.texts == {5: "Batch 17"}
    assert table.reading(5).text == "Batch 17"


def test_it_grows_for_an_index_far_out() -> None:
    table = LiveTable()
    table.apply(Batch.of([100_000], [1.0], 1))
    assert table.reading(100_000).value == 1.0
    assert table.reading(50_000).quality is Quality.STALE
    assert table.reading(200_000).quality is Quality.STALE
