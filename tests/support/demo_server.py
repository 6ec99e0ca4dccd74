"""The demo plant in a child process, as the program starts it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from drivers.simulated.description import AreaEndpoint, ReadyLine
from hmi.services.demo_plant import DemoPlant


@contextmanager
def demo_plant(*options: str) -> Iterator[tuple[DemoPlant, dict[str, AreaEndpoint]]]:
    """Run the plant; yield its process and its endpoints by area."""
    plant = DemoPlant(options)
    plant.launch()
    try:
        ready: ReadyLine = plant.ready()
        yield plant, {endpoint.area: endpoint for endpoint in ready.endpoints}
    finally:
        plant.stop()
