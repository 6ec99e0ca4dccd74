"""Step 5: what the gate asks of a control, sequences of commands, and lock-out tags."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    "ALTER TABLE control RENAME COLUMN blocks TO interlocks",
    "ALTER TABLE control ADD COLUMN level TEXT DEFAULT 'confirm' NOT NULL",
    "ALTER TABLE control ADD COLUMN is_alone_allowed BOOLEAN DEFAULT 0 NOT NULL",
    "ALTER TABLE control ADD COLUMN fresh_s FLOAT DEFAULT 0 NOT NULL",
    "ALTER TABLE control ADD COLUMN rate_s FLOAT DEFAULT 2 NOT NULL",
    "ALTER TABLE control ADD COLUMN step_most FLOAT DEFAULT 0 NOT NULL",
    "ALTER TABLE control ADD COLUMN ramp_per_s FLOAT DEFAULT 0 NOT NULL",
    "ALTER TABLE control ADD COLUMN decimals INTEGER DEFAULT -1 NOT NULL",
    "ALTER TABLE control ADD COLUMN states JSON DEFAULT '[]' NOT NULL",
    "ALTER TABLE control ADD COLUMN choices JSON DEFAULT '[]' NOT NULL",
    "ALTER TABLE control ADD COLUMN method_owner TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE control ADD COLUMN method TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE control ADD COLUMN inputs JSON DEFAULT '[]' NOT NULL",
    """CREATE TABLE sequence ( id TEXT NOT NULL PRIMARY KEY,
        station_id TEXT NOT NULL REFERENCES station (id),
        name TEXT NOT NULL,
        steps JSON NOT NULL )""",
    """CREATE TABLE lockout_tag ( id TEXT NOT NULL PRIMARY KEY,
        asset_id TEXT NOT NULL,
        user TEXT NOT NULL,
        reason TEXT NOT NULL,
        at_us INTEGER NOT NULL )""",
)
