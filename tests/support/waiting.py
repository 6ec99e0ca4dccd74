"""Waiting for a condition, with a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, f"not within {within_s} s"
        await asyncio.sleep(0.005)


def until_now(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    """Do the same for code without a loop."""
    asyncio.run(until(condition, within_s))
