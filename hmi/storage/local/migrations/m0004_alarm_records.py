"""Step 4: what rationalisation says of an alarm (ISA-18.2, clause 10), and what each record said before."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    "ALTER TABLE alarm ADD COLUMN setpoint TEXT",
    "ALTER TABLE alarm ADD COLUMN window_s FLOAT DEFAULT 60 NOT NULL",
    "ALTER TABLE alarm ADD COLUMN cause TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE alarm ADD COLUMN respond_s FLOAT DEFAULT 0 NOT NULL",
    "ALTER TABLE alarm ADD COLUMN alarm_class TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE alarm ADD COLUMN is_latching BOOLEAN DEFAULT 0 NOT NULL",
    "ALTER TABLE alarm ADD COLUMN needs_acknowledgement BOOLEAN DEFAULT 1 NOT NULL",
    "ALTER TABLE alarm ADD COLUMN needs_comment BOOLEAN DEFAULT 0 NOT NULL",
    "ALTER TABLE alarm ADD COLUMN may_shelve BOOLEAN DEFAULT 1 NOT NULL",
    "ALTER TABLE alarm ADD COLUMN shelve_most_s FLOAT DEFAULT 28800 NOT NULL",
    "ALTER TABLE alarm ADD COLUMN suppression TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE alarm ADD COLUMN owner TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE alarm ADD COLUMN advice TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE alarm ADD COLUMN display TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE alarm ADD COLUMN revision INTEGER DEFAULT 1 NOT NULL",
    "ALTER TABLE alarm ADD COLUMN approved_by TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE alarm ADD COLUMN approved_us INTEGER DEFAULT 0 NOT NULL",
    """CREATE TABLE alarm_revision ( alarm_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        definition JSON NOT NULL,
        user TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        reason TEXT NOT NULL,
        is_deleted BOOLEAN NOT NULL,
        PRIMARY KEY (alarm_id, revision) )""",
)
