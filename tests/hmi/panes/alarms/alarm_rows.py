"""Rows of alarms for the pane's tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from hmi.domain.alarms import AlarmDefinition, AlarmState, AlarmType, Occurrence, Priority
from hmi.services.port import AlarmRow
from hmi.services.port.alarm_rows import order_of
from tests.support.plants import LEVEL, TAGS


def row(
    number: int,
    state: AlarmState = AlarmState.UNACK,
    *,
    priority: Priority = Priority.HIGH,
    at_us: int = 100,
    station: int = 2,
    text: str = "Tank level low",
    record: dict[str, Any] | None = None,
    **facts: Any,
) -> AlarmRow:
    """Return one alarm's row. record: fields of its definition; station 2 is the plant's own."""
    is_active = state in (AlarmState.UNACK, AlarmState.ACKED)
    definition = AlarmDefinition(
        UUID(int=number), TAGS[LEVEL].id, AlarmType.LOW, priority, 1.0, consequence="Dry taps.", action="Start."
    )
    return AlarmRow(
        Occurrence(UUID(int=number), at_us),
        state,
        replace(definition, **(record or {})),
        LEVEL,
        UUID(int=station),
        "Hill borehole",
        text,
        **{
            "value": 0.9,
            "is_active": is_active,
            "order": order_of(state, priority, is_active, at_us),
            **facts,
        },
    )
