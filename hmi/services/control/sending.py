"""Bringing a value to the plant: a write, a call of a method, or a ramp of writes. Nothing is sent twice."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Final

from drivers.api import Calls, Driver, DriverError, Method, Quality, WriteRejectedError, Writes
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control
from hmi.services.control.world import Plant

WRITE_TIMEOUT_S: Final = 5.0
RAMP_STEP_S: Final = 1.0
RAMP_STEPS_MOST: Final = 7200


async def send(plant: Plant, catalogue: Catalogue, control: Control, value: float) -> None:
    """Send one value or call. Raises TimeoutError, DriverError."""
    tag = catalogue.tag_by_index[control.command]
    driver = plant.driver(tag.connection_id)
    async with asyncio.timeout(WRITE_TIMEOUT_S):
        if control.method:
            await _call(driver, control, value)
            return
        if not isinstance(driver, Writes):
            raise WriteRejectedError("Nothing can be written over this link.")
        raw = (value - tag.revision.offset) / tag.revision.scale
        await driver.write(tag.revision.address, raw)


def ramp(plant: Plant, control: Control, value: float) -> list[float]:
    """Return the values that lead from what the readback shows to the wanted one, one a second; one without a ramp."""
    now = plant.live.reading(control.readback)
    is_known = now.quality is Quality.GOOD and math.isfinite(now.value)
    if not control.ramp_per_s or not is_known or control.is_safe(value):
        return [value]
    span = value - now.value
    steps = min(RAMP_STEPS_MOST, max(1, math.ceil(abs(span) / (control.ramp_per_s * RAMP_STEP_S) - 1e-9)))
    return [now.value + span * step / steps for step in range(1, steps)] + [value]


async def paced(values: list[float]) -> AsyncIterator[float]:
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


__all__ = ["RAMP_STEP_S", "WRITE_TIMEOUT_S", "DriverError", "paced", "ramp", "send"]
