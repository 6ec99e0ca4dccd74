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

# What an alarm was called, how urgent it was and where it belonged when it happened: told once, not with every row,
# and kept when the alarm is changed or its tag deleted. regions: bits, see alarm_events.Regions.
_ALARM_RECORDS: Final = (
    """CREATE TABLE alarm_record (
        seq INTEGER PRIMARY KEY,
        alarm_id TEXT NOT NULL,
        subject TEXT NOT NULL,
        station_id TEXT NOT NULL,
        tag INTEGER NOT NULL,
        type TEXT NOT NULL,
        priority INTEGER NOT NULL,
        source TEXT NOT NULL,
        text TEXT NOT NULL,
        unit TEXT NOT NULL,
        decimals INTEGER NOT NULL,
        limit_value REAL NOT NULL,
        states TEXT NOT NULL,
        is_event INTEGER NOT NULL)""",
    "CREATE INDEX alarm_record_by_alarm ON alarm_record (alarm_id, seq)",
    "CREATE INDEX alarm_event_by_occurrence ON alarm_event (alarm_id, activated_us)",
    "ALTER TABLE alarm_event ADD COLUMN record INTEGER",
    "ALTER TABLE alarm_event ADD COLUMN regions INTEGER NOT NULL DEFAULT 2",
    "ALTER TABLE alarm_event ADD COLUMN until_us INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE alarm_event ADD COLUMN is_annunciated INTEGER NOT NULL DEFAULT 0",
    """UPDATE alarm_event SET
        regions = CASE state WHEN 'UNACK' THEN 1 WHEN 'ACKED' THEN 3 WHEN 'RTNUN' THEN 0 ELSE 2 END,
        is_annunciated = (event = 'ACTIVATE')""",
)

# Messages on their way out; unlike the others these rows change until they have arrived. key: what a message is about,
# so that none is made twice, whatever is told again after a restart. part_of: the summary that tells it, too.
_NOTIFICATIONS: Final = (
    """CREATE TABLE notification (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        made_us INTEGER NOT NULL,
        alarm_id TEXT NOT NULL,
        activated_us INTEGER NOT NULL,
        rule TEXT NOT NULL,
        told TEXT NOT NULL,
        priority INTEGER NOT NULL,
        place TEXT NOT NULL,
        channel TEXT NOT NULL,
        recipient TEXT NOT NULL,
        name TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_us INTEGER NOT NULL,
        sent_us INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        part_of INTEGER)""",
    "CREATE INDEX notification_by_state ON notification (state, channel, next_us)",
    "CREATE INDEX notification_by_alarm ON notification (alarm_id, activated_us)",
    "CREATE TABLE inbox_seen (user TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX alarm_event_by_call ON alarm_event (seq) WHERE is_annunciated",
)

# Notes of a shift, too: an empty station_id is the shift's own. corrects: the seq of another note; a note itself never
# changes. place: what station and tag were called when it was written, so that it means something without them.
_SHIFT_LOG: Final = (
    "ALTER TABLE note ADD COLUMN place TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE note ADD COLUMN kind TEXT NOT NULL DEFAULT 'note'",
    "ALTER TABLE note ADD COLUMN corrects INTEGER",
    "ALTER TABLE note ADD COLUMN handing_over TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE note ADD COLUMN taking_over TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX note_by_written ON note (written_us)",
    "CREATE INDEX note_by_corrects ON note (corrects) WHERE corrects IS NOT NULL",
)

# The audit record: a chain of texts, see audit_chain. What is filtered by is made from the text by SQLite, so that
# nothing stands beside it to be altered; a text that somebody made unreadable is still a row, for the check to name.
AUDIT: Final = (
    """CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        body TEXT NOT NULL,
        previous_mac BLOB NOT NULL,
        mac BLOB NOT NULL,
        at_us INTEGER AS (CASE WHEN json_valid(body) THEN body ->> 'at_us' END),
        action TEXT AS (CASE WHEN json_valid(body) THEN body ->> 'action' END),
        user TEXT AS (CASE WHEN json_valid(body) THEN body ->> 'user' END),
        station TEXT AS (CASE WHEN json_valid(body) THEN body ->> 'station' END),
        result TEXT AS (CASE WHEN json_valid(body) THEN body ->> 'result' END),
        spool TEXT AS (CASE WHEN json_valid(body) THEN body ->> 'spool' END))""",
    "CREATE INDEX audit_by_time ON audit (at_us)",
    "CREATE INDEX audit_by_user ON audit (user, at_us)",
    "CREATE INDEX audit_by_action ON audit (action, at_us)",
    "CREATE INDEX audit_by_station ON audit (station, at_us)",
    "CREATE INDEX audit_by_spool ON audit (spool) WHERE spool IS NOT NULL",
)

STEPS: Final = (_FIRST, _NOTES, _ALARM_RECORDS, _NOTIFICATIONS, _SHIFT_LOG, AUDIT)
VERSION: Final = len(STEPS)
