"""An acknowledgement that was answered is there after a kill -9, whatever else was going on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hmi.domain.alarms import AlarmState
from tests.support.alarm_rig import AlarmRig
from tests.support.big_plant import big_plant
from tests.support.whole_program import ROOT

TAGS = 40
CHILD = """
import asyncio, sys
from pathlib import Path
import numpy as np
from drivers.api import Batch
from hmi.domain.roles import DEMO_OPERATOR
from tests.support.alarm_rig import AlarmRig
from tests.support.big_plant import big_plant

async def main():
    rig = AlarmRig(Path(sys.argv[1]), checks=False)
    await rig.start(big_plant(40))
    rig.engine.process(Batch.of(np.arange(40), np.full(40, 12.0), rig.now_us))
    for row in sorted(rig.engine.rows(), key=lambda row: row.tag):
        rig.engine.process(Batch.of([39], [5.0 if row.tag % 2 else 12.0], rig.now_us + row.tag))
        if row.tag < 39:
            await rig.engine.acknowledge([row.occurrence], DEMO_OPERATOR, "seen")
            print(row.tag, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("answers", [1, 7, 20])
def test_what_was_answered_survives_a_kill(tmp_path: Path, answers: int) -> None:
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        answered = [int(child.stdout.readline()) for _ in range(answers)]
        child.send_signal(signal.SIGKILL)
        answered += [int(line) for line in child.stdout.read().split()]

    async def states() -> dict[int, AlarmState]:
        rig = AlarmRig(tmp_path)
        await rig.start(big_plant(TAGS))
        found = {row.tag: row.state for row in rig.engine.rows()}
        await rig.stop()
        rig.thread.stop()
        return found

    found = asyncio.run(states())
    assert {found[tag] for tag in answered} == {AlarmState.ACKED}
    assert len(found) == TAGS, "what nobody acknowledged stands as well"
