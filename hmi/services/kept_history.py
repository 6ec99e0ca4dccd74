"""The history of users, roles and settings, and taking one up again. On the I/O thread; files on others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from sqlalchemy import Engine

from hmi.config import audit_settings
from hmi.config.kept_history import ROLE, SETTING, USER
from hmi.config.kept_settings import save_kept
from hmi.config.kept_words import LABELS, change_words, name_of
from hmi.config.people_definitions import GivenRole, GivenUser
from hmi.config.people_words import account_words, role_words
from hmi.config.whole.kinds import KINDS
from hmi.domain.accounts import Account
from hmi.domain.audit import AuditAction, by
from hmi.domain.language import tr
from hmi.domain.roles import Permission, Role, User
from hmi.services import port
from hmi.services.database_thread import DatabaseThread
from hmi.services.engineering import Configuration
from hmi.services.security.accounts import Accounts
from hmi.services.whole_configuration import WholeSurroundings
from hmi.storage.local import kept_revisions
from hmi.storage.local.accounts import StoredRole
from hmi.storage.local.kept_revisions import KeptRow

Result = TypeVar("Result")

NEWEST: Final = 2**62
REASON_MOST: Final = 300
_SETTINGS: Final = {kind.key: kind for kind in KINDS}
OF_PEOPLE: Final = frozenset({USER, ROLE})


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """Where it is kept: what concerns people apart, since the demo's users must not outlive the program."""

    settings: Engine
    people: Engine


class KeptHistory:
    """Answers its two requests."""

    def __init__(
        self,
        files: KeptFiles,
        thread: DatabaseThread,
        configuration: Configuration,
        accounts: Accounts,
        around: WholeSurroundings,
    ) -> None:
        self._files = files
        self._thread = thread
        self._configuration = configuration
        self._accounts = accounts
        self._around = around

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {port.ReadKeptHistory: self._read, port.TakeUpKept: self._take_up}

    async def _read(self, request: port.ReadKeptHistory) -> tuple[port.KeptChange, ...]:
        self._require(USER, "")
        self._configuration.require(Permission.EDIT_DATA)
        limit = min(request.limit, port.MOST_KEPT)
        found: list[tuple[KeptRow, KeptRow | None]] = []
        for engine in {self._files.settings, self._files.people}:
            found += await self._run(engine, _page, request.before_us or NEWEST, request.name.strip(), limit)
        found.sort(key=lambda pair: (-pair[0].at_us, -pair[0].seq))
        return tuple(self._told(row, before) for row, before in found[:limit])

    async def _run(self, engine: Engine, read: Callable[..., Result], *arguments: object) -> Result:
        """Read beside its thread; what is in memory has one connection, which only that thread may use."""
        if engine is self._files.settings:
            return await asyncio.to_thread(read, engine, *arguments)
        return await self._thread.run(read, engine, *arguments)

    def _told(self, row: KeptRow, before: KeptRow | None) -> port.KeptChange:
        roles, plant = self._accounts.book.roles, self._configuration.catalogue()
        old = before.definition if before is not None else None
        words = change_words(row.kind, row.key, old, row.definition, roles, plant)
        label, name = LABELS[row.kind], name_of(row.kind, row.key, row.name)
        can = row.definition is not None and (row.kind in OF_PEOPLE or row.key in _SETTINGS)
        return port.KeptChange(row.kind, row.seq, row.at_us, row.user, label, name, words, can)

    async def _take_up(self, request: port.TakeUpKept) -> None:
        engine = self._files.people if request.kind in OF_PEOPLE else self._files.settings
        row, newest = await self._run(engine, _one, request.kind, request.seq)
        self._require(request.kind, row.key if row is not None else "")
        reason = request.reason.strip()[:REASON_MOST]
        if not reason:
            raise port.RefusedError(tr("Write why it is taken up again."))
        if row is None or row.definition is None or newest is None:
            raise port.RefusedError(tr("This change is no longer there."))
        if newest.at_us > request.seen_us:
            raise port.RefusedError(tr("{name} was changed meanwhile. Look again.").format(name=row.name))
        user = self._around.user()
        try:
            if row.kind == USER:
                await self._take_up_user(GivenUser.model_validate(row.definition), user, reason)
            elif row.kind == ROLE:
                await self._take_up_role(GivenRole.model_validate(row.definition), user, reason)
            else:
                await self._take_up_settings(row, user)
        except ValidationError as error:
            raise port.RefusedError(tr("What was kept of {name} makes no sense.").format(name=row.name)) from error

    async def _take_up_user(self, given: GivenUser, user: User, reason: str) -> None:
        book, now_us = self._accounts.book, self._accounts.now_us()
        now = book.accounts.get(given.id)
        begun = now or Account(given.id, "", source=given.source, must_change=True, created_us=now_us)
        account = replace(
            begun,
            name=given.name,
            full_name=given.full_name,
            role=given.role,
            stations=given.stations,
            is_enabled=given.is_enabled,
            changed_us=now_us,
            changed_by=user.name,
        )
        await self._accounts.change(self._accounts.store.put_account, account, now.revision if now else 0)
        plant = self._configuration.catalogue()
        await self._accounts.record(
            by(
                user,
                AuditAction.USER,
                target=account.name,
                old=account_words(now, book.roles, plant) if now is not None else "",
                new=account_words(account, self._accounts.book.roles, plant),
                reason=reason,
                result=tr("taken up again"),
            )
        )

    async def _take_up_role(self, given: GivenRole, user: User, reason: str) -> None:
        book = self._accounts.book
        known = {str(each): each for each in Permission}
        permissions = frozenset(known[each] for each in given.permissions if each in known)
        role = Role(given.key, given.name, permissions, given.shelve_most_s)
        stored = StoredRole(role, 1, self._accounts.now_us(), user.name)
        await self._accounts.change(self._accounts.store.put_role, stored, book.role_revision(given.key))
        await self._accounts.record(
            by(
                user,
                AuditAction.ROLE,
                target=role.name,
                old=role_words(book.roles[role.key]) if role.key in book.roles else "",
                new=role_words(role),
                reason=reason,
                result=tr("taken up again"),
            )
        )

    async def _take_up_settings(self, row: KeptRow, user: User) -> None:
        kind = _SETTINGS[row.key]
        settings = kind.model.model_validate(row.definition)
        if isinstance(settings, audit_settings.AuditSettings):
            await self._around.require_folder(settings.folder)
        await self._thread.run(save_kept, self._files.settings, row.key, settings, user.name)
        await self._around.takers[row.key](settings)

    def _require(self, kind: str, key: str) -> None:
        permission = _SETTINGS[key].permission if kind == SETTING and key in _SETTINGS else Permission.EDIT_USERS
        self._configuration.require(permission)


def _page(engine: Engine, before_us: int, name: str, limit: int) -> list[tuple[KeptRow, KeptRow | None]]:
    """Return rows, each with the one that it followed."""
    with engine.connect() as database:
        keys = [kind.key for kind in KINDS if name.casefold() in kind.label.casefold()]
        rows = kept_revisions.page(database, before_us, name, keys, limit)
        return [(row, kept_revisions.latest(database, row.kind, row.key, row.seq)) for row in rows]


def _one(engine: Engine, kind: str, seq: int) -> tuple[KeptRow | None, KeptRow | None]:
    """Return a row, and the newest of the same object."""
    with engine.connect() as database:
        row = kept_revisions.one(database, seq)
        if row is None or row.kind != kind:
            return None, None
        return row, kept_revisions.latest(database, row.kind, row.key)
