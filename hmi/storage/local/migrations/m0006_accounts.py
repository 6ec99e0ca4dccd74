"""Step 6: users, roles that were edited or added, and sealed codes."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    """CREATE TABLE account ( id TEXT NOT NULL,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        full_name TEXT NOT NULL,
        role TEXT NOT NULL,
        stations JSON,
        is_enabled BOOLEAN NOT NULL,
        source TEXT NOT NULL,
        is_break_glass BOOLEAN NOT NULL,
        is_spent BOOLEAN NOT NULL,
        must_change BOOLEAN NOT NULL,
        password_hash TEXT NOT NULL,
        password_us INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        not_before_us INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        created_us INTEGER NOT NULL,
        changed_us INTEGER NOT NULL,
        changed_by TEXT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (name_key) )""",
    """CREATE TABLE role ( "key" TEXT NOT NULL,
        name TEXT NOT NULL,
        permissions JSON NOT NULL,
        shelve_most_s FLOAT NOT NULL,
        revision INTEGER NOT NULL,
        changed_us INTEGER NOT NULL,
        changed_by TEXT NOT NULL,
        PRIMARY KEY ("key") )""",
    """CREATE TABLE sealed_code ( purpose TEXT NOT NULL,
        code_hash TEXT NOT NULL,
        made_us INTEGER NOT NULL,
        made_by TEXT NOT NULL,
        failures INTEGER NOT NULL,
        not_before_us INTEGER NOT NULL,
        PRIMARY KEY (purpose) )""",
)
