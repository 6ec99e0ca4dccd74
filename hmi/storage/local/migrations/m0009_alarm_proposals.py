"""Step 9: alarm records as somebody proposes them who may not change them."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    """CREATE TABLE IF NOT EXISTS alarm_proposal ( id TEXT NOT NULL PRIMARY KEY,
        at_us INTEGER NOT NULL,
        user TEXT NOT NULL,
        reason TEXT NOT NULL,
        drafts JSON NOT NULL,
        refused_by TEXT NOT NULL,
        refusal TEXT NOT NULL )""",
)
