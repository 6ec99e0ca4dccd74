"""Step 8: what each user, role and kind of settings was, by whom and when; proposals of alarm records."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    """CREATE TABLE kept_revision ( seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        name TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        user TEXT NOT NULL,
        definition JSON )""",
    """CREATE TABLE alarm_proposal ( id TEXT NOT NULL PRIMARY KEY,
        at_us INTEGER NOT NULL,
        user TEXT NOT NULL,
        reason TEXT NOT NULL,
        drafts JSON NOT NULL,
        refused_by TEXT NOT NULL,
        refusal TEXT NOT NULL )""",
    "CREATE INDEX kept_revision_by_object ON kept_revision (kind, key, seq)",
)
