"""Step 7: what each configured object was from which version on; substituted values; running hours."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    """CREATE TABLE object_revision ( kind TEXT NOT NULL,
        object_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        name TEXT NOT NULL,
        definition JSON,
        PRIMARY KEY (kind, object_id, version) )""",
    "CREATE INDEX object_revision_by_version ON object_revision (version)",
    """CREATE TABLE substitution ( tag_id TEXT NOT NULL PRIMARY KEY,
        value FLOAT NOT NULL,
        user TEXT NOT NULL,
        reason TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        until_us INTEGER NOT NULL )""",
    """CREATE TABLE running_time ( asset_id TEXT NOT NULL PRIMARY KEY,
        seconds FLOAT NOT NULL,
        starts INTEGER NOT NULL,
        since_us INTEGER NOT NULL,
        reset_by TEXT NOT NULL,
        service_every_s FLOAT NOT NULL )""",
)
