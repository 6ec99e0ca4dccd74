"""The demo: its plant's process, its catalogue, its passwords for this session."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hmi.config.secrets import Secrets
    from hmi.domain.catalogue import Catalogue
    from hmi.services.demo_plant import DemoPlant

_LOAD: Final = re.compile(r"(\d+)x(\d+)@(\d+(?:\.\d+)?)")


def parse_load(text: str | None) -> tuple[int, int, str] | None:
    """Return stations, tags a station and rate from "40x50@1"; None for anything else."""
    found = _LOAD.fullmatch(text or "")
    return (int(found[1]), int(found[2]), found[3]) if found else None


def launch_demo(load: str | None) -> DemoPlant:
    """Start the demo plant's process; returns at once."""
    from hmi.services.demo_plant import DemoPlant

    plant = DemoPlant(_arguments(load))
    plant.launch()
    return plant


def demo_catalogue_of(load: str | None, plant: DemoPlant, secrets: Secrets) -> Catalogue:
    """Wait for the demo plant and return its catalogue; its passwords are handed over for this session. Blocks."""
    from drivers.simulated.plant_description import describe
    from hmi.config.demo import demo_catalogue

    ready = plant.ready()
    size = parse_load(load)
    described = describe(*size[:2]) if size else describe()
    catalogue = demo_catalogue(described, {endpoint.area: endpoint for endpoint in ready.endpoints})
    passwords = {endpoint.url: endpoint.password for endpoint in ready.endpoints}
    for connection in catalogue.connections:
        if connection.user:
            secrets.hold(str(connection.id), passwords[connection.endpoint])
    return catalogue


def _arguments(load: str | None) -> Sequence[str]:
    size = parse_load(load)
    if size is None:
        return ()
    return ("--stations", str(size[0]), "--tags-per-station", str(size[1]), "--rate", size[2])
