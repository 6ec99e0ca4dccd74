"""The newest reading of every tag, kept as a table so that a start need not look through the history for it."""

from __future__ import annotations

from typing import Final

import duckdb
import numpy as np

from drivers.api import Batch, Quality

_OF_HOT: Final = """SELECT tag_id, max(ts) FILTER (value IS NOT NULL) AS ts,
        arg_max(value, ts) FILTER (value IS NOT NULL) AS value,
        arg_max(quality, ts) FILTER (value IS NOT NULL) AS quality,
        coalesce(max(seq) FILTER (value IS NULL) > max(seq) FILTER (value IS NOT NULL), count(value) = 0) AS is_ended
    FROM {hot} GROUP BY tag_id"""
_MERGED: Final = """SELECT tag_id,
        CASE WHEN h.ts IS NULL OR l.ts > h.ts THEN l.ts ELSE h.ts END AS ts,
        CASE WHEN h.ts IS NULL OR l.ts > h.ts THEN l.value ELSE h.value END AS value,
        CASE WHEN h.ts IS NULL OR l.ts > h.ts THEN l.quality ELSE h.quality END AS quality,
        coalesce(h.is_ended, l.is_ended) AS is_ended
    FROM latest l FULL JOIN (%s) h USING (tag_id) WHERE l.ts IS NOT NULL OR h.ts IS NOT NULL"""

MERGED_LATEST: Final = _MERGED % _OF_HOT
"""What `latest` holds once the rows of a hot table, `{hot}`, are added."""


def latest(cursor: duckdb.DuckDBPyConnection, since_us: int, before_us: int) -> Batch:
    """Return the newest numeric reading of every tag between two times.

    Its quality is GOOD where nothing came after it, and NOT_CONNECTED where the line was broken properly.
    """
    hot = " UNION ALL ".join(f"SELECT * FROM hot_{name} WHERE ts < make_timestamp({before_us:d})" for name in "ab")
    found = cursor.execute(
        f"""SELECT tag_id, epoch_us(ts) AS t, value AS v, is_ended FROM ({MERGED_LATEST.format(hot=f"({hot})")})
            WHERE ts >= make_timestamp({since_us:d}) AND ts < make_timestamp({before_us:d}) ORDER BY tag_id"""
    ).fetchnumpy()
    is_ended = np.ma.filled(np.ma.asarray(found["is_ended"]), fill_value=False).astype(bool)
    return Batch.of(
        np.asarray(found["tag_id"], np.uint32),
        np.ma.filled(np.ma.asarray(found["v"], np.float64), np.nan),
        np.asarray(found["t"], np.int64),
        quality=np.where(is_ended, Quality.NOT_CONNECTED, Quality.GOOD),
    )
