"""How many bytes a reading takes once its day is sealed: ours, SQLite and embedded ClickHouse, the same plant data."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.result import Result
from tests.support.peers_of_history import Ours, arriving, peers

LIMITS = {"jittered": 6.5, "whole_seconds": 4.0}


def run(*, quick: bool) -> dict[str, object]:
    """Write some days and divide."""
    result = Result("history_size")
    for label, limit in LIMITS.items():
        for name, make in peers().items():
            with tempfile.TemporaryDirectory() as folder:
                peer = make(Path(folder))
                rows = 0
                for batch in arriving(1 if quick else 3, is_jittered=label == "jittered"):
                    peer.write(batch)
                    rows += len(batch)
                peer.settle()
                if isinstance(peer, Ours):
                    result.at_most(f"{label}_ours", peer.sample_bytes() / rows, limit, "B/row")
                    result.figure(f"{label}_ours_with_averages", peer.bytes() / rows, "B/row")
                else:
                    result.figure(f"{label}_{name}", peer.bytes() / rows, "B/row")
                peer.close()
    return result.as_dict()
