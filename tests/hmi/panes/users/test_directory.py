"""What is typed of the directory's settings, beside roles that are renamed."""

from __future__ import annotations

import pytest

from hmi.config.directory_settings import DirectorySettings, GroupRole
from hmi.panes.users.directory import DirectoryFacts
from hmi.services.port.security import ReadDirectory
from tests.support.fake_port import FakePort

pytestmark = pytest.mark.asyncio

KEPT = DirectorySettings(groups=(GroupRole(group="cn=operators", role="operator"),))


async def test_a_role_that_is_renamed_is_no_change_that_somebody_typed() -> None:
    port = FakePort()
    port.answers[ReadDirectory] = KEPT
    facts = DirectoryFacts(port, lambda: None)
    await facts.refresh((("Operator", "operator"),))
    renamed = (("Plant operator", "operator"),)
    await facts.refresh(renamed)
    assert facts.groups == "Plant operator: cn=operators"
    assert not facts.is_changed(renamed)
    assert facts.build(renamed) == KEPT


async def test_what_is_being_typed_stays_while_a_role_is_renamed() -> None:
    port = FakePort()
    port.answers[ReadDirectory] = KEPT
    facts = DirectoryFacts(port, lambda: None)
    roles = (("Operator", "operator"),)
    await facts.refresh(roles)
    facts.type("groups", "Operator: cn=night shift", roles)
    await facts.refresh((("Plant operator", "operator"),))
    assert facts.groups == "Operator: cn=night shift"
