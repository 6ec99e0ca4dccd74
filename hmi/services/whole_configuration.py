"""The whole configuration to a file and from one. On the I/O thread; files on workers, the store on the journal's."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from hmi.config import audit_settings
from hmi.config.account_store import AccountBook
from hmi.config.package import PackageError
from hmi.config.people_words import account_words, role_words
from hmi.config.whole.file import BYTES_MOST, ConfigurationFile, read
from hmi.config.whole.store import Imported, WholeStore
from hmi.domain.audit import AuditAction, by
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission, User
from hmi.services import port
from hmi.services.background import CarriedThrough
from hmi.services.database_thread import DatabaseThread
from hmi.services.engineering import Configuration
from hmi.services.port.versions import MOST_DIFFERENCES
from hmi.services.security.accounts import Accounts
from hmi.storage.errors import StorageError

_log = structlog.get_logger(__name__)

EVERYTHING: Final = (
    Permission.EDIT_STATIONS,
    Permission.EDIT_ALARMS,
    Permission.EDIT_USERS,
    Permission.EDIT_NOTIFICATIONS,
    Permission.EDIT_DATA,
)


@dataclass(frozen=True, slots=True)
class WholeSurroundings:
    """What is needed around it. takers: by the settings' key, who works with them from now on.

    require_folder: raises RefusedError for a folder of the audit record's heads that is not there.
    """

    user: Callable[[], User]
    takers: Mapping[str, Callable[[Any], Awaitable[None]]]
    require_folder: Callable[[str], Awaitable[None]]


class WholeConfiguration:
    """Answers its three requests."""

    def __init__(
        self,
        store: WholeStore,
        thread: DatabaseThread,
        configuration: Configuration,
        accounts: Accounts,
        around: WholeSurroundings,
    ) -> None:
        self._store = store
        self._thread = thread
        self._configuration = configuration
        self._accounts = accounts
        self._around = around
        self._importing = CarriedThrough()

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.ExportConfiguration: self._export,
            port.CompareConfiguration: self._compare,
            port.ImportConfiguration: self._import,
        }

    async def stop(self) -> None:
        """Wait for an import that is under way."""
        await self._importing.wait()

    async def _export(self, request: port.ExportConfiguration) -> str:
        self._configuration.require(Permission.EDIT_USERS)
        self._configuration.require(Permission.EDIT_DATA)
        text = await self._thread.run(self._store.export)
        await asyncio.to_thread(_write, request.path, text)
        return tr("Everything but passwords, keys and certificates is in {name}.").format(name=request.path.name)

    async def _compare(self, request: port.CompareConfiguration) -> port.ConfigurationPreview:
        self._require_everything()
        file = await asyncio.to_thread(_read, request.path)
        found = await self._thread.run(self._preview, file, request.removes, self._around.user().name)
        return port.ConfigurationPreview(found.differences[:MOST_DIFFERENCES], len(found.differences), found.seal)

    async def _import(self, request: port.ImportConfiguration) -> str:
        self._require_everything()
        file = await asyncio.to_thread(_read, request.path)
        folder = file.settings.get(audit_settings.KEY, {}).get("folder")
        if isinstance(folder, str):
            await self._around.require_folder(folder)
        return await self._importing.do(self._bring(request, file), "import of the configuration")

    async def _bring(self, request: port.ImportConfiguration, file: ConfigurationFile) -> str:
        user, found = self._around.user(), []
        reason = tr("Imported {name}").format(name=request.path.name)

        def on_thread() -> Catalogue:
            found.append(self._store.bring(file, request.seal, removes=request.removes, user=user.name, reason=reason))
            return found[0].catalogue

        async def change() -> AccountBook:
            await self._configuration.change(on_thread)
            return found[0].book

        await self._accounts.take_over(change)
        imported: Imported = found[0]
        await self._record(user, imported)
        said = tr("Imported {name}.").format(name=request.path.name)
        for key, settings in imported.settings.items():
            try:
                await self._around.takers[key](settings)
            except (port.RefusedError, StorageError) as error:  # it is kept: the next start works with it
                _log.error("imported settings not taken up", settings=key, reason=str(error))
                said += " " + tr("Start the program anew: {why}").format(why=error)
        return said

    async def _record(self, user: User, imported: Imported) -> None:
        """Write down of each user and role what became of it; the import itself is written down with its request."""
        people, before, book, plant = imported.people, imported.before, imported.book, imported.catalogue
        for role in people.roles:
            old = role_words(before.roles[role.key]) if role.key in before.roles else ""
            entry = by(user, AuditAction.ROLE, target=role.name, old=old, new=role_words(role), result=tr("imported"))
            await self._accounts.record(entry)
        for account in people.accounts:
            now = before.accounts.get(account.id)
            old = account_words(now, before.roles, plant) if now is not None else ""
            new = account_words(account, book.roles, plant)
            await self._accounts.record(
                by(user, AuditAction.USER, target=account.name, old=old, new=new, result=tr("imported"))
            )
        for account_id in people.gone_accounts:
            gone = before.accounts[account_id]
            old = account_words(gone, before.roles, plant)
            await self._accounts.record(by(user, AuditAction.USER, target=gone.name, old=old, result=tr("deleted")))
        for key in people.gone_roles:
            old = role_words(before.roles[key])
            entry = by(user, AuditAction.ROLE, target=before.roles[key].name, old=old, result=tr("deleted"))
            await self._accounts.record(entry)

    def _preview(self, file: ConfigurationFile, removes: bool, user: str) -> Any:
        return self._store.preview(file, removes=removes, user=user)

    def _require_everything(self) -> None:
        for permission in EVERYTHING:
            self._configuration.require(permission)


def _read(path: Path) -> ConfigurationFile:
    try:
        if path.stat().st_size > BYTES_MOST:
            raise PackageError(tr("The file is larger than 100 MB; no configuration is."))
        return read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PackageError(tr("The file cannot be read: {reason}.").format(reason=error.strerror or error)) from error
    except UnicodeDecodeError as error:
        raise PackageError(tr("The file is no text, so it is no configuration.")) from error


def _write(path: Path, text: str) -> None:
    """Write beside and replace, so that a failure leaves what was there; only this user may read it."""
    part = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        words = tr("The file cannot be written: {reason}. Choose another folder, or free some space.")
        raise port.RefusedError(words.format(reason=error.strerror or error)) from error
