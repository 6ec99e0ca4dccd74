"""The tables of the live file and of sealed files, their versions, and the steps from one to the next.

`quality` holds drivers.api.Quality in its low byte and drivers.api.Flag in its high byte. There is no primary key: it
would cost six times the speed and the size, and `seq` already names every row. Times are UTC.

live.duckdb: two hot pairs of tables (samples, texts), of which the writer fills one; runs, which are what was a hot
pair, sorted, and which of their days nobody has sealed yet (`run_day`). A sealed file holds whole UTC days.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = 2
SEALED_VERSION: Final = 1

SAMPLE_COLUMNS: Final = (
    "seq BIGINT NOT NULL, tag_id INTEGER NOT NULL, ts TIMESTAMP NOT NULL, value DOUBLE, quality USMALLINT NOT NULL"
)
TEXT_COLUMNS: Final = (
    "seq BIGINT NOT NULL, tag_id INTEGER NOT NULL, ts TIMESTAMP NOT NULL, text VARCHAR, quality USMALLINT NOT NULL"
)
ROLLUP_COLUMNS: Final = """tag_id INTEGER NOT NULL, bucket TIMESTAMP NOT NULL,
    n UINTEGER NOT NULL, n_bad UINTEGER NOT NULL, vmin DOUBLE, vmax DOUBLE, vsum DOUBLE,
    vfirst DOUBLE, vlast DOUBLE, tfirst TIMESTAMP NOT NULL, tlast TIMESTAMP NOT NULL"""
TAG_COLUMNS: Final = """tag_id INTEGER NOT NULL, id VARCHAR NOT NULL, station VARCHAR NOT NULL, name VARCHAR NOT NULL,
    unit VARCHAR NOT NULL, kind VARCHAR NOT NULL, rollover DOUBLE NOT NULL"""

HOT: Final = ("a", "b")

_BOOKKEEPING: Final = (
    # epoch: of this file; whoever copies rows elsewhere by `seq` begins anew when it changes.
    "CREATE TABLE history (epoch VARCHAR NOT NULL, begun_us BIGINT NOT NULL)",
    "CREATE TABLE progress (last_seq BIGINT NOT NULL)",
    f"CREATE TABLE tag ({TAG_COLUMNS})",
    """CREATE TABLE latest (tag_id INTEGER NOT NULL, ts TIMESTAMP NOT NULL, value DOUBLE, quality USMALLINT NOT NULL,
        is_ended BOOLEAN NOT NULL)""",
    "CREATE TABLE emptying (hot VARCHAR NOT NULL)",
    "CREATE TABLE run_day (run INTEGER NOT NULL, day INTEGER NOT NULL, row_count BIGINT NOT NULL)",
    "CREATE TABLE gap (from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, row_count BIGINT NOT NULL, reason VARCHAR)",
    """CREATE TABLE import (id INTEGER NOT NULL, label VARCHAR NOT NULL, who VARCHAR NOT NULL, at_us BIGINT NOT NULL,
        row_count BIGINT NOT NULL, skipped BIGINT NOT NULL, first_us BIGINT NOT NULL, last_us BIGINT NOT NULL,
        first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, is_undone BOOLEAN NOT NULL)""",
)

STATEMENTS: Final = (
    "CREATE TABLE schema_version (version INTEGER NOT NULL)",
    f"INSERT INTO schema_version VALUES ({VERSION})",
    *(f"CREATE TABLE hot_{name} ({SAMPLE_COLUMNS})" for name in HOT),
    *(f"CREATE TABLE hot_text_{name} ({TEXT_COLUMNS})" for name in HOT),
    *_BOOKKEEPING,
    "INSERT INTO history VALUES (uuid()::VARCHAR, epoch_us(now()))",
    "INSERT INTO progress VALUES (0)",
)

STEPS: Final = {
    1: (  # one table of samples and one of texts become a hot pair
        "ALTER TABLE sample RENAME TO hot_a",
        "ALTER TABLE text_sample RENAME TO hot_text_a",
        f"CREATE TABLE hot_b ({SAMPLE_COLUMNS})",
        f"CREATE TABLE hot_text_b ({TEXT_COLUMNS})",
        *_BOOKKEEPING,
        "INSERT INTO history VALUES (uuid()::VARCHAR, epoch_us(now()))",
        """INSERT INTO progress
            SELECT coalesce(greatest((SELECT max(seq) FROM hot_a), (SELECT max(seq) FROM hot_text_a)), 0)""",
        "UPDATE schema_version SET version = 2",
    ),
}
"""Version to the statements that lead to the next one; a step that was released never changes."""

ROLLUPS: Final = {"r1m": 60_000_000, "r5m": 300_000_000, "r1h": 3_600_000_000}
"""Table of a sealed file to the width of its buckets, µs; the finest first."""

SEALED_TABLES: Final = ("sample", "text_sample", *ROLLUPS)
"""What a sealed file may hold; it lacks what retention has taken."""


def sealed(alias: str, tables: tuple[str, ...]) -> tuple[str, ...]:
    """Return what makes the tables of a sealed file. tables: those of `sample`, `text_sample`, ROLLUPS it has."""
    columns = {"sample": SAMPLE_COLUMNS, "text_sample": TEXT_COLUMNS, **dict.fromkeys(ROLLUPS, ROLLUP_COLUMNS)}
    return (
        f"""CREATE TABLE {alias}.sealed (version INTEGER NOT NULL, generation INTEGER NOT NULL,
            first_day INTEGER NOT NULL, end_day INTEGER NOT NULL, row_count BIGINT NOT NULL, text_count BIGINT NOT NULL,
            first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL)""",
        f"CREATE TABLE {alias}.of_run (run INTEGER NOT NULL, day INTEGER NOT NULL)",
        f"CREATE TABLE {alias}.tag ({TAG_COLUMNS})",
        *(f"CREATE TABLE {alias}.{table} ({columns[table]})" for table in tables),
    )
