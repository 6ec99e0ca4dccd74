"""What a map pane is made from, without services."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication

from drivers.api import LinkState, Quality
from hmi.services.mirror import Mirror
from hmi.services.port import Frame, Port
from hmi.ui.navigator import Navigator
from hmi.ui.pane import PaneContext
from hmi.ui.tasks import Tasks
from hmi.ui.theme import Theme
from tests.hmi.panes.map.small_plant import link, live, small_plant
from tests.support.waiting import until


@pytest.fixture
def mirror() -> Mirror:
    made = Mirror()
    made.take(Frame(catalogue=small_plant(), links=(link("one", LinkState.UP), link("two", LinkState.UP))))
    made.take(live(*((index, 1.0 + index, Quality.GOOD) for index in range(5))))
    return made


@pytest.fixture
def navigator() -> Navigator:
    return Navigator()


@dataclass
class Bench:
    """A pane's surroundings: run `settle` to let its tasks end."""

    context: PaneContext
    loop: asyncio.AbstractEventLoop
    failures: list[Exception] = field(default_factory=list)

    def settle(self) -> None:
        self.loop.run_until_complete(until(lambda: not self.context.tasks.count))


@pytest.fixture
def bench(qapp: QApplication, mirror: Mirror, navigator: Navigator) -> Iterator[Bench]:
    loop = asyncio.new_event_loop()
    failures: list[Exception] = []
    tasks = Tasks(loop, pytest.fail)
    # The map asks nothing of the services.
    port = cast("Port", None)
    made = Bench(PaneContext(mirror, port, navigator, Theme(qapp), tasks, failures.append), loop, failures)
    yield made
    made.settle()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
