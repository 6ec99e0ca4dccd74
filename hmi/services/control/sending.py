"""Bringing a value to the plant: a write, a call of a method, or a ramp of writes. Nothing is sent twice."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final

from drivers.api import Calls, Driver, Method, Quality, WriteRejectedError, Writes
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control
from hmi.services.control.world import Plant

WRITE_TIMEOUT_S: Final = 5.0
RAMP_STEP_S: Final = 1.0
WHOLE: Final = 1e-9
"""How near, relatively, to a whole number the source's own value is taken for it: 0.3 in tenths is 3."""


async def send(plant: Plant, catalogue: Catalogue, control: Control, value: float) -> None:
    """Send one value or call. Raises TimeoutError and UnansweredError where it may have arrived, or DriverError."""
    tag = catalogue.tag_by_index[control.command]
    driver = plant.driver(tag.connection_id)
    async with asyncio.timeout(WRITE_TIMEOUT_S):
        if control.method:
            await _call(driver, control, value)
            return
        if not isinstance(driver, Writes):
            raise WriteRejectedError("Nothing can be written over this link.")
        await driver.write(tag.revision.address, unscaled(value, tag.revision.scale, tag.revision.offset))


def unscaled(value: float, scale: float, offset: float) -> float:
    """Return the source's own value; whole where it is meant to be, which an integer at the source asks for."""
    raw = (value - offset) / scale
    nearest = float(round(raw))
    return nearest if abs(raw - nearest) <= WHOLE * max(1.0, abs(raw)) else raw


def ramp(plant: Plant, control: Control, value: float, decimals: int) -> Iterator[float]:
    """Yield the values that lead from what the readback shows to the wanted one, one a second; one without a ramp.

    Those on the way have the control's decimals, as one that is typed: an integer at the source takes no others.
    """
    now = plant.live.reading(control.readback)
    is_known = now.quality is Quality.GOOD and math.isfinite(now.value)
    if control.ramp_per_s and is_known and not control.is_safe(value):
        span = value - now.value
        steps = max(1, math.ceil(abs(span) / (control.ramp_per_s * RAMP_STEP_S) - 1e-9))
        for step in range(1, steps):
            on_the_way = round(now.value + span * step / steps, decimals)
            if on_the_way == value:
                break
            yield on_the_way
    yield value


async def paced(values: Iterable[float]) -> AsyncIterator[float]:
    """Yield the values of a ramp at its pace, the first at once."""
    for position, value in enumerate(values):
        if position:
            await asyncio.sleep(RAMP_STEP_S)
        yield value


async def _call(driver: Driver, control: Control, value: float) -> None:
    if not isinstance(driver, Calls):
        raise WriteRejectedError("Nothing can be called over this link.")
    found = await driver.methods(control.method_owner)
    method = next((each for each in found if each.address == control.method), None)
    if method is None:
        raise WriteRejectedError("The server no longer has this method.")
    await driver.call(method, _inputs(method, control, value))


def _inputs(method: Method, control: Control, value: float) -> list[float | str]:
    if len(method.inputs) != len(control.inputs):
        words = f"{method.name} takes {len(method.inputs)} values by now, not {len(control.inputs)}."
        raise WriteRejectedError(words)
    return [value if given is None else given for given in control.inputs]
