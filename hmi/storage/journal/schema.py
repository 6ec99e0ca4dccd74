"""The journal's tables, step by step; a step that was released never changes. Rows are only ever added."""

from __future__ import annotations

from typing import Final

_FIRST: Final = (
    """CREATE TABLE alarm_event (
        seq INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        alarm_id TEXT NOT NULL,
        activated_us INTEGER NOT NULL,
        event TEXT NOT NULL,
        state TEXT NOT NULL,
        value REAL,
        user TEXT NOT NULL,
        comment TEXT NOT NULL)""",
    "CREATE INDEX alarm_event_by_alarm ON alarm_event (alarm_id, seq)",
    """CREATE TABLE command_event (
        seq INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        command_id TEXT NOT NULL,
        control_id TEXT NOT NULL,
        station_id TEXT NOT NULL,
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        value REAL NOT NULL,
        label TEXT NOT NULL,
        user TEXT NOT NULL,
        detail TEXT NOT NULL)""",
    "CREATE INDEX command_event_by_command ON command_event (command_id, seq)",
)

_NOTES: Final = (
    """CREATE TABLE note (
        seq INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        written_us INTEGER NOT NULL,
        station_id TEXT NOT NULL,
        tag_id TEXT NOT NULL,
        user TEXT NOT NULL,
        text TEXT NOT NULL)""",
    "CREATE INDEX note_by_time ON note (at_us)",
    "CREATE INDEX alarm_event_by_time ON alarm_event (at_us)",
    "CREATE INDEX command_event_by_time ON command_event (at_us)",
)

STEPS: Final = (_FIRST, _NOTES)
VERSION: Final = len(STEPS)
