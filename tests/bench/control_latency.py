"""From the operator's Operate to the sent command, with its intent on the disk, and on to the confirmed readback."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid5

from hmi.config.demo import demo_catalogue
from hmi.config.logs import start_logging
from hmi.config.profile import open_profile
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import FINAL_STATES, CommandState, Control, ControlKind
from hmi.domain.roles import DEMO_OPERATOR
from hmi.services.port import CommandStatus, Operate, SelectControl, TakeAuthority
from hmi.services.services import Services, Setup
from tests.bench.result import Result
from tests.support.demo_server import demo_plant
from tests.support.waiting import until

STATIONS, TAGS = 40, 50
WARM_UP_S = 8.0


def run(*, quick: bool) -> dict[str, object]:
    """Give setpoints of the demo plant one after another, while another plant sends 2,000 values a second."""
    result = Result("control_latency")
    asyncio.run(_measure(result, 30 if quick else 120))
    return result.as_dict()


async def _measure(result: Result, times: int) -> None:
    from drivers.registry import DRIVERS
    from drivers.simulated.plant_description import describe

    load = ("--stations", str(STATIONS), "--tags-per-station", str(TAGS), "--rate", "1")
    with tempfile.TemporaryDirectory() as folder, demo_plant() as (_, ways), demo_plant(*load) as (_, endpoints):
        start_logging(Path(folder))
        services = Services(Setup(open_profile(Path(folder)), DEMO_OPERATOR, lambda: DRIVERS, is_demo=True))
        own = demo_catalogue(describe(), ways)
        loading = demo_catalogue(describe(STATIONS, TAGS), endpoints)
        for area, endpoint in endpoints.items():
            link = next(each for each in loading.connections if each.name == f"{area} server")
            services.secrets.hold(str(link.id), ways[area].password)
            services.secrets.hold(str(_loading_id(link.id)), endpoint.password)
        try:
            await services.start(_joined(own, loading))
            await until(lambda: services.stations_up == len(own.stations) + STATIONS, 30)
            await asyncio.sleep(WARM_UP_S)  # first values, and the rate settles
            before, begun = services.acquisition.received, time.perf_counter()
            sent, confirmed = await _commands(services, times)
            rate = (services.acquisition.received - before) / (time.perf_counter() - begun)
        finally:
            await services.stop()
    result.figure("values received meanwhile", rate, "1/s")
    result.figure("operate to sent, median", statistics.median(sent), "ms")
    result.at_most("operate to sent, p95", sorted(sent)[int(len(sent) * 0.95)], 100, "ms")
    result.figure("operate to confirmed, median", statistics.median(confirmed), "ms")
    result.at_most("operate to confirmed, p95", sorted(confirmed)[int(len(confirmed) * 0.95)], 500, "ms")
    result.figure("commands", len(sent), "")


def _loading_id(connection_id: UUID) -> UUID:
    return uuid5(connection_id, "load")


def _joined(first: Catalogue, second: Catalogue) -> Catalogue:
    """Return two plants as one, in the same areas; the second has neither controls nor pipes that point at tags."""
    links = {each.id: _loading_id(each.id) for each in second.connections}
    return replace(
        first,
        stations=(*first.stations, *second.stations),
        assets=(*first.assets, *second.assets),
        connections=(
            *first.connections,
            *(replace(each, id=links[each.id], name=f"{each.name} load") for each in second.connections),
        ),
        tags=(*first.tags, *(replace(tag, connection_id=links[tag.connection_id]) for tag in second.tags)),
    )


async def _commands(services: Services, times: int) -> tuple[list[float], list[float]]:
    """Return how long each command took to be sent, and to be confirmed, in ms; the pace of a person does not bind."""
    services.control.world.rates._of_user = _Forgetful()
    catalogue = services._catalogue
    found = [each for each in catalogue.controls if each.kind is ControlKind.SETPOINT and not each.ramp_per_s]
    controls = [each for each in found if each.level == "confirm"]
    for station_id in {each.station_id for each in controls}:
        await services.handle(TakeAuthority(station_id))
    at: dict[CommandState, float] = {}
    ended = asyncio.Event()

    def heard(status: CommandStatus) -> None:
        at[status.state] = time.perf_counter()
        if status.state in FINAL_STATES:
            ended.set()

    services.control.on_status(heard)
    sent, confirmed = [], []
    for number in range(times):
        control = controls[number % len(controls)]
        selection = await services.handle(SelectControl(control.id, _value(control, number // len(controls))))
        at.clear()
        ended.clear()
        begun = time.perf_counter()
        await services.handle(Operate(selection.token))
        async with asyncio.timeout(20):
            await ended.wait()
        if CommandState.CONFIRMED in at:
            sent.append((at[CommandState.SENT] - begun) * 1000)
            confirmed.append((at[CommandState.CONFIRMED] - begun) * 1000)
        await asyncio.sleep(max(0.0, 2.1 / len(controls) - (time.perf_counter() - begun)))
    return sent, confirmed


def _value(control: Control, round_: int) -> float:
    """Return a value near the middle of the range, another one in each round."""
    share = (0.45, 0.55)[round_ % 2]
    return round(control.low + (control.high - control.low) * share, 1)


class _Forgetful(dict):  # type: ignore[type-arg]
    """Remembers no commands of a user."""

    def setdefault(self, _key: object, default: object = None) -> object:
        return default
