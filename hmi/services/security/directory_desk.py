"""The requests about the directory; each needs the right to edit users. On the I/O thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from hmi.config.directory_settings import DirectorySettings
from hmi.domain.audit import AuditAction, by
from hmi.domain.language import tr
from hmi.domain.roles import Permission, User
from hmi.services import port
from hmi.services.port import security
from hmi.services.security.accounts import Accounts
from hmi.services.security.directory import Directory, DirectoryError, role_of
from hmi.services.security.sessions import Sessions
from hmi.services.security.sign_in_desk import Handlers


class DirectoryDesk:
    """Reads, keeps and tries the settings."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        directory: Directory,
        settings: Callable[[], DirectorySettings],
        save: Callable[[DirectorySettings], Awaitable[None]],
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._directory = directory
        self._settings = settings
        self._save_settings = save

    def handlers(self) -> Handlers:
        """Return what answers each request."""
        return {
            security.ReadDirectory: self._read,
            security.SaveDirectory: self._save,
            security.TestDirectory: self._test,
        }

    async def _read(self, _request: security.ReadDirectory) -> DirectorySettings:
        self._require()
        return self._settings()

    async def _save(self, request: security.SaveDirectory) -> None:
        user, before = self._require(), self._settings()
        if request.seen != before:
            raise port.RefusedError(tr("The directory was changed meanwhile. Look again; nothing was overwritten."))
        if unknown := [each.role for each in request.settings.groups if each.role not in self._accounts.book.roles]:
            raise port.RefusedError(tr("There is no role {role}.").format(role=unknown[0]))
        await self._save_settings(request.settings)
        await self._accounts.record(
            by(
                user,
                AuditAction.CONFIGURATION,
                target=tr("Directory"),
                old=before.model_dump_json(),
                new=request.settings.model_dump_json(),
                result=tr("changed"),
            )
        )

    async def _test(self, request: security.TestDirectory) -> str:
        user = self._require()
        try:
            person = await self._directory.check(request.settings, request.name, request.password)
        except DirectoryError as error:
            raise port.RefusedError(str(error)) from error
        await self._accounts.record(
            by(user, AuditAction.CONFIGURATION, target=tr("Directory"), result=tr("tried with a name"))
        )
        if person is None:
            raise port.RefusedError(tr("The directory answers; it refused this name and password."))
        role = self._accounts.book.roles.get(role_of(request.settings, person))
        words = tr("{name} is in {count} groups and would be: {role}.")
        return words.format(
            name=person.full_name or person.name, count=len(person.groups), role=role.name if role else tr("refused")
        )

    def _require(self) -> User:
        user = self._sessions.user()
        if not user.may_everywhere(Permission.EDIT_USERS):
            raise port.RefusedError(tr("{name} may not do this.").format(name=user.name))
        return user
