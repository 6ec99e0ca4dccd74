"""Step 3: what the history leaves out of a tag and where a counter begins again; settings; groups of trend pens."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    "ALTER TABLE tag_revision ADD COLUMN log_deadband FLOAT DEFAULT 0 NOT NULL",
    "ALTER TABLE tag_revision ADD COLUMN log_least_s FLOAT DEFAULT 0 NOT NULL",
    "ALTER TABLE tag_revision ADD COLUMN log_most_s FLOAT DEFAULT 0 NOT NULL",
    "ALTER TABLE tag_revision ADD COLUMN rollover FLOAT DEFAULT 0 NOT NULL",
    'CREATE TABLE setting ( "key" TEXT NOT NULL, value JSON NOT NULL, PRIMARY KEY ("key") )',
    """CREATE TABLE trend_group ( id TEXT NOT NULL,
        name TEXT NOT NULL,
        definition JSON NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (name) )""",
)
