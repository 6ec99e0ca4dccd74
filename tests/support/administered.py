"""Whole services with two stations at rest and an administrator, Ana, who is signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from drivers.registry import DRIVERS
from hmi.config.profile import open_profile
from hmi.domain.accounts import Account
from hmi.domain.roles import LOCAL_ADMIN
from hmi.services.port import security
from hmi.services.services import Services, Setup
from tests.support.plants import second_station

PASSWORD = "blue heron lake"
QUIET = "keyring", "OPC UA", "secret kept", "audit", "sound"


@asynccontextmanager
async def administered(folder: Path) -> AsyncIterator[Services]:
    plant = second_station(1)
    services = Services(Setup(open_profile(folder), LOCAL_ADMIN, lambda: DRIVERS))
    links = [
        replace(each, driver="opcua", endpoint=f"opc.tcp://127.0.0.1:{number + 1}", enabled=False)
        for number, each in enumerate(plant.connections)
    ]
    await services.start(replace(plant, connections=tuple(links)))
    try:
        await services.handle(security.MakeFirstAdmin("Ana", "", PASSWORD))
        yield services
    finally:
        await services.stop()


async def add(services: Services, name: str, role: str, stations: frozenset[UUID] | None = None) -> None:
    account = Account(uuid4(), name, role=role, stations=stations)
    made = await services.handle(security.SaveAccount(account, 0))
    assert made is not None
    await services.handle(security.SignIn(name, made.secret))
    await services.handle(security.ChangePassword(made.secret, PASSWORD))
    await services.handle(security.SignIn("Ana", PASSWORD))
