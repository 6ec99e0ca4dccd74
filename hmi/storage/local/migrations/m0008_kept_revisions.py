"""Step 8: what each user, role and kind of settings was, by whom and when."""

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
    "CREATE INDEX kept_revision_by_object ON kept_revision (kind, key, seq)",
)
