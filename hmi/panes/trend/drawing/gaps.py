"""Where a line is broken: the stretches without a value that can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from hmi.ui.decimation import Line

Gap = tuple[int, int]
MOST_GAPS: Final = 400


def gaps_of(line: Line, start_us: int, end_us: int) -> list[Gap]:
    """Return from and to of each gap between two times, UTC µs; a line that begins late or ends early has one there."""
    if end_us <= start_us:
        return []
    finite = np.flatnonzero(np.isfinite(line.value))
    if not len(finite):
        return [(start_us, end_us)]
    found = []
    first_us, last_us = int(line.time_us[finite[0]]), int(line.time_us[finite[-1]])
    if first_us > start_us:
        found.append((start_us, first_us))
    breaks = np.flatnonzero(np.diff(finite) > 1)
    for place in breaks[: MOST_GAPS - 2].tolist():
        # The gap begins where the NaN stands, not at the last reading: that one held until then.
        begin_us = int(line.time_us[finite[place] + 1])
        found.append((begin_us, int(line.time_us[finite[place + 1]])))
    if last_us < end_us:
        after = int(finite[-1]) + 1
        found.append((int(line.time_us[after]) if after < len(line.value) else last_us, end_us))
    return [(begin, end) for begin, end in found if end > begin]


def split_at(gaps: Sequence[Gap], begins_us: int, least_us: int) -> tuple[list[Gap], list[Gap]]:
    """Return the gaps before anything was recorded, and those of bad quality since then.

    What is left of a gap after the first reading is of bad quality when it is at least as long as `least_us`: lines
    are drawn by pixels, and may begin one later than the reading.
    """
    before = [(begin, min(end, begins_us)) for begin, end in gaps if begin < begins_us]
    after = [(begin, end) for begin, end in gaps if begin >= begins_us]
    after += [(begins_us, end) for begin, end in gaps if begin < begins_us and end - begins_us >= least_us]
    return before, after


def merged(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Return the stretches that any of the gaps covers, ascending, apart from each other."""
    found: list[Gap] = []
    for begin, end in sorted(gaps):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)
