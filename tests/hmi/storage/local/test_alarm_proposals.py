"""Rows of proposals: what waits is counted, and refused ones do not pile up."""

from __future__ import annotations

from pathlib import Path

from hmi.storage.local import alarm_proposals, database
from hmi.storage.local.alarm_proposals import ProposalRow


def test_only_the_newest_refused_stay_and_none_that_waits_goes(tmp_path: Path) -> None:
    engine = database.open_database(tmp_path / "roams.db")
    with engine.begin() as connection:
        for number in range(6):
            alarm_proposals.put(connection, ProposalRow(str(number), number, "Max", "why", []))
        for number in range(1, 6):
            alarm_proposals.refuse(connection, str(number), "Ada", "no", keep=2)
        assert alarm_proposals.count(connection) == 1
        found = [(row.id, row.refused_by, row.refusal) for row in alarm_proposals.proposals(connection)]
    assert found == [("0", "", ""), ("4", "Ada", "no"), ("5", "Ada", "no")]
    engine.dispose()
