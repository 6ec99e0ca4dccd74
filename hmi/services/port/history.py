"""Asking for history."""

from __future__ import annotations

from dataclasses import dataclass

from hmi.domain.pen_data import PenData
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class ReadHistory(Request[tuple[PenData, ...]]):
    """Ask for the history of tags from start_us to end_us (UTC µs) for a chart `pixels` wide."""

    tags: tuple[int, ...]
    start_us: int
    end_us: int
    pixels: int
