"""The record beside a real keyring: its key, its head, and what a cut tail leaves there."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import keyring
import pytest

from hmi.config.secrets import SERVICE, refused_backend
from hmi.services import port
from hmi.services.port import AuditProof, AuditState
from tests.support.archives import running_services
from tests.support.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.keyring,
    pytest.mark.skipif(
        "DBUS_SESSION_BUS_ADDRESS" not in os.environ or bool(refused_backend(keyring.get_keyring())),
        reason="needs a D-Bus session with a Secret Service; installer/dev.py test starts one",
    ),
]


async def state_of(folder: Path) -> tuple[AuditState, str]:
    """Run the services until the record is checked; return its state and the installation's id."""
    async with running_services(folder) as services:
        await until(lambda: services.audit.checking.check.at_us > 0 and services.audit.checking.check.job is None)
        return await services.handle(port.ReadAuditState()), services.audit.installation


async def test_the_key_and_the_newest_head_outlive_the_program(tmp_path: Path) -> None:
    first, installation = await state_of(tmp_path)
    assert first.proof is AuditProof.KEYED
    second, _ = await state_of(tmp_path)
    assert second.check.is_sound
    assert {anchor.name: anchor.fault for anchor in second.anchors}["the keyring"] == ""
    name = f"audit key {installation}"
    key = keyring.get_password(SERVICE, name)
    assert key
    keyring.delete_password(SERVICE, name)
    without, _ = await state_of(tmp_path)
    assert (without.proof, without.check.is_sound) == (AuditProof.MISSING, False)
    assert "key is not here" in without.check.result
    keyring.set_password(SERVICE, name, key)
    again, _ = await state_of(tmp_path)
    assert (again.proof, again.check.is_sound) == (AuditProof.KEYED, True)


async def test_a_cut_tail_is_known_to_the_keyring_alone_and_stays_known(tmp_path: Path) -> None:
    await state_of(tmp_path)
    for path in (tmp_path / "audit_anchors").rglob("*.json"):
        path.unlink()
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute("DELETE FROM audit WHERE seq > 2")
    connection.commit()
    connection.close()
    for _ in range(2):
        state, _ = await state_of(tmp_path)
        assert not state.check.is_sound
        assert "the keyring" in state.check.result
