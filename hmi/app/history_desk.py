"""Where the command line's requests are answered: by the running program, or by a history opened for the while."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any, Protocol, TypeVar

from hmi.config.catalogue import CatalogueStore
from hmi.config.instance import InstanceLock, TakenError
from hmi.config.logs import start_logging
from hmi.config.profile import Profile
from hmi.domain.accounts import COMMAND_LINE
from hmi.domain.roles import Permission
from hmi.services.archive import Archive, KeptSettings, Surroundings
from hmi.services.attach import Caller
from hmi.services.database_thread import DatabaseThread
from hmi.services.history import History
from hmi.services.jobs import Jobs
from hmi.services.port import JobStatus, RefusedError, Request
from hmi.storage.errors import StorageError
from hmi.storage.local.database import open_database

Answer = TypeVar("Answer")


class Desk(Protocol):
    """Answers requests. Raises RefusedError, or AttachError when the running program went away."""

    async def ask(self, request: Request[Answer]) -> Answer: ...

    async def close(self) -> None: ...


async def open_desk(profile: Profile) -> Desk:
    """Return the running program's desk, or one of our own. Raises AttachError and StorageError."""
    try:
        lock = InstanceLock(profile.lock, has_window=False)
    except TakenError:
        return _Attached(Caller(profile.folder))
    desk = _Own(profile, lock)
    try:
        await desk.open()
    except BaseException:
        await desk.close()
        raise
    return desk


class _Attached:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def ask(self, request: Request[Answer]) -> Answer:
        return await asyncio.to_thread(self._caller.ask, request)

    async def close(self) -> None:
        return None


class _Own:
    """Holds the profile's lock as long as it is open, so that no program starts meanwhile."""

    def __init__(self, profile: Profile, lock: InstanceLock) -> None:
        self._profile = profile
        self._ending = AsyncExitStack()
        self._ending.callback(lock.release)

    async def open(self) -> None:
        profile, ending = self._profile, self._ending
        start_logging(profile.logs)
        thread = DatabaseThread("configuration")
        ending.push_async_callback(asyncio.to_thread, thread.stop)
        engine = await thread.run(open_database, profile.configuration)
        store = CatalogueStore(engine)
        ending.push_async_callback(thread.run, store.close)
        catalogue = await thread.run(store.load)
        history = History(profile.history)
        history.start()
        ending.push_async_callback(asyncio.to_thread, history.stop)
        history.apply(catalogue)
        jobs = Jobs(_nobody)
        ending.push_async_callback(jobs.stop)
        around = Surroundings(lambda: catalogue, _allow, lambda: COMMAND_LINE.name)
        self._handlers = Archive(history, jobs, KeptSettings(thread, engine), around).handlers()

    async def ask(self, request: Request[Answer]) -> Answer:
        handler: Any = self._handlers[type(request)]
        try:
            answer: Answer = await handler(request)
        except StorageError as error:
            raise RefusedError(str(error)) from error
        return answer

    async def close(self) -> None:
        await self._ending.aclose()


def _nobody(_jobs: tuple[JobStatus, ...]) -> None:
    """Nobody looks: the command asks for its one job."""


def _allow(_permission: Permission) -> None:
    """Whoever can open the profile's files may do everything with them."""
