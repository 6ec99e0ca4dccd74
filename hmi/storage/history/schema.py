"""The history's tables and the version they have.

`quality` holds drivers.api.Quality in its low byte and drivers.api.Flag in its high byte. There is no primary key: it
would cost six times the speed and the size, and `seq` already names every row.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = 1

STATEMENTS: Final = (
    "CREATE TABLE schema_version (version INTEGER NOT NULL)",
    f"INSERT INTO schema_version VALUES ({VERSION})",
    """CREATE TABLE sample (
        seq BIGINT NOT NULL, tag_id INTEGER NOT NULL, ts TIMESTAMP NOT NULL,
        value DOUBLE, quality USMALLINT NOT NULL)""",
    """CREATE TABLE text_sample (
        seq BIGINT NOT NULL, tag_id INTEGER NOT NULL, ts TIMESTAMP NOT NULL,
        text VARCHAR, quality USMALLINT NOT NULL)""",
)
