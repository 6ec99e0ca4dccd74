"""What the diagnostics page says of a link: only what is known, in words."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from drivers.api import Item
from drivers.opcua.acquiring import Acquiring
from drivers.opcua.codec import Decoder
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.diagnosing import diagnose
from drivers.opcua.items import ItemTable
from drivers.opcua.judging import Judging
from drivers.opcua.trust import facts_of
from tests.drivers.opcua.fake_session import FakeSession, address
from tests.support.pki import make

pytestmark = pytest.mark.asyncio

URL = "opc.tcp://plc-7:4840"


async def test_before_a_session_there_is_only_what_was_configured() -> None:
    config = OpcUaConfig()
    assert diagnose(URL, config, None, None, ItemTable(), Judging(config), "") == {"Endpoint": URL, "Security": "None"}
    secured = OpcUaConfig(security="basic256sha256", mode="sign")
    found = diagnose(URL, secured, None, None, ItemTable(), Judging(secured), "")
    assert found["Security"] == "Basic256Sha256, signed"


async def test_a_certificate_is_named_with_its_days() -> None:
    config = OpcUaConfig()
    judging = Judging(config)
    facts = facts_of(make().der)
    judging.believed = replace(facts, valid_to_us=round((time.time() + 99.4 * 86_400) * 1e6))
    assert diagnose(URL, config, None, None, ItemTable(), judging, "")["Certificate"] == "Server, 99 days left"


async def test_counts_are_shown_once_there_are_some_and_revised_intervals_as_they_are() -> None:
    session, table = FakeSession(), ItemTable()
    session.resumed = 0  # type: ignore[attr-defined]  # what a session counts
    table.replace([Item(tag, address(f"Tag{tag}"), 100) for tag in (1, 2)])
    acquiring = Acquiring(session.as_session(), table, Decoder(), lambda _: None)

    def shown() -> dict[str, str]:
        config = session.config
        return dict(diagnose(URL, config, session.as_session(), acquiring, table, Judging(config), ""))

    first = shown()
    assert "Sampling" not in first
    assert "Clock offset" not in first
    assert not {"Messages lost", "Values dropped by the server", "Sessions taken up again", "Note"} & set(first)
    table.accept(np.array([0, 1]), [(1, 100.0, 10), (2, 1000.0, 10)], 7, 0.0)
    acquiring.dropped, acquiring.note, acquiring.pump.figures.lost = 1234, "Trying.", 2
    acquiring.health._offsets_us.append(-1_500_000)
    found = shown()
    assert found["Sampling"] == "100 to 1000 ms, 1 slower than asked"
    assert found["Values dropped by the server"] == "1,234"
    assert (found["Messages lost"], found["Note"], found["Clock offset"]) == ("2", "Trying.", "-1500 ms")
