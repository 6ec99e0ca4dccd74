"""An alarm that a server owns, in the program's own lists: seen, acknowledged there, gone, and in the journal."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.registry import DRIVERS
from hmi.config.profile import open_profile
from hmi.domain.alarms import AlarmState
from hmi.domain.roles import DEMO_OPERATOR
from hmi.services import port
from hmi.services.mirror import Mirror
from hmi.services.services import Services, Setup
from hmi.storage.journal.alarm_events import AlarmEventReader, AlarmFilter
from hmi.storage.journal.journal import JournalReader
from tests.support.node_opcua import HAS_NODE, NodeServer
from tests.support.plants import CATALOGUE, CONNECTION, LEVEL, TAGS
from tests.support.waiting import until

LEVEL_ADDRESS = "nsu=urn:peer:a;s=Level"


@pytest.mark.skipif(not HAS_NODE, reason="node-opcua is not installed")
@pytest.mark.asyncio
async def test_a_servers_alarm_is_seen_acknowledged_there_and_looked_back_on(tmp_path: Path) -> None:
    with NodeServer(items=1) as node:
        node.set_value("Level", 50.0)
        services, mirror = Services(Setup(open_profile(tmp_path), DEMO_OPERATOR, lambda: DRIVERS)), Mirror()
        level = replace(TAGS[LEVEL], revision=replace(TAGS[LEVEL].revision, address=LEVEL_ADDRESS))
        connection = replace(CONNECTION, driver="opcua", endpoint=node.url)
        plant = replace(
            CATALOGUE, tags=(replace(level, index=0),), connections=(connection,), alarms=(), controls=(), pipes=()
        )
        await services.start(plant)
        try:

            def theirs() -> list[port.AlarmRow]:
                mirror.take(services.outbox.pull())
                return [row for row in mirror.board.by_id.values() if row.owner == CONNECTION.id]

            await until(lambda: services.stations_up == 1, 20)
            node.set_value("Level", 90.0)
            await until(lambda: any(row.state is AlarmState.UNACK for row in theirs()), 20)
            row = next(row for row in theirs() if row.state is AlarmState.UNACK)
            assert (row.source, row.is_active) == ("Hill borehole", True)
            assert row in mirror.alarms
            assert await services.handle(port.Acknowledge((row.occurrence,), "on my way")) == 1
            await until(lambda: any(each.state is AlarmState.ACKED for each in theirs()), 20)
            node.set_value("Level", 50.0)
            await until(lambda: not any(each.is_active for each in theirs()), 20)
            wanted = {"ACTIVATE", "ACKNOWLEDGE", "CLEAR"}
            with closing(JournalReader(open_profile(tmp_path).journal)) as reader:
                events = AlarmEventReader(reader)
                asked = AlarmFilter(0, 10**18, alarms=(str(row.id),))
                await until(lambda: wanted <= {told.event.event for told in events.find(asked, 99)}, 10)
        finally:
            await services.stop()
