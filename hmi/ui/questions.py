"""A question that is asked before something is done; no Qt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something is done. button: says what it does."""

    text: str
    button: str
    act: Callable[[], Awaitable[None]]
