"""Facts of the directory's page: what is typed of its settings, and how trying them went; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from hmi.config.directory_settings import DirectorySecurity, DirectorySettings
from hmi.config.faults import build
from hmi.domain.accounts import name_key
from hmi.domain.language import tr
from hmi.services.port import Port, RefusedError
from hmi.services.port.security import ReadDirectory, SaveDirectory, TestDirectory

TEXTS: Final = ("host", "port", "authorities", "bind", "base", "name_attribute", "timeout_s", "offline_days")
SECURITIES: Final = ((tr("LDAPS"), DirectorySecurity.LDAPS), (tr("StartTLS"), DirectorySecurity.STARTTLS))
Roles = Sequence[tuple[str, str]]
"""Name and key of each role."""


class DirectoryFacts:
    """The settings as they are kept, and as they are typed."""

    def __init__(self, port: Port, tell: Callable[[], None]) -> None:
        self._port = port
        self._tell = tell
        self.seen: DirectorySettings | None = None
        self.values: dict[str, Any] = {}
        self.groups = ""
        self._groups_shown = ""
        """The text as the settings made it: while it stands so, a role's new name is no change of anybody's."""
        self.faults: dict[str, str] = {}
        self.message = ""
        self.said = ""
        self.is_busy = False

    async def refresh(self, roles: Roles) -> None:
        """Ask for the settings; what is being typed stays. Raises RefusedError."""
        found = await self._port.request(ReadDirectory())
        if self.seen is not None and self.groups == self._groups_shown:
            self._show_groups(self.seen, roles)
        if self.seen is None or not self.is_changed(roles):
            self.seen = found
            self._show(found, roles)

    def type(self, name: str, value: object, roles: Roles) -> None:
        """Change one field."""
        if name == "groups":
            self.groups = str(value)
        else:
            self.values[name] = value
        self.said = ""
        self.build(roles)
        self._tell()

    def is_changed(self, roles: Roles) -> bool:
        """Whether something else is typed than is kept."""
        return self.seen is not None and self._built(roles)[0] != self.seen

    def build(self, roles: Roles) -> DirectorySettings | None:
        """Return the settings, or None with `faults` filled."""
        built, self.faults = self._built(roles)
        return built

    async def save(self, roles: Roles) -> None:
        """Keep what is typed."""
        settings, seen = self.build(roles), self.seen
        if settings is None or seen is None:
            self._tell()
            return

        async def work() -> str:
            await self._port.request(SaveDirectory(settings, seen))
            self.seen = settings
            return tr("Saved.")

        await self._do(work)

    async def test(self, name: str, password: str, roles: Roles) -> None:
        """Try what is typed with somebody's name and password."""
        settings = self.build(roles)
        if settings is not None:
            await self._do(lambda: self._port.request(TestDirectory(settings, name, password)))
        self._tell()

    def let_go(self, roles: Roles) -> None:
        """Forget what was typed."""
        if self.seen is not None:
            self._show(self.seen, roles)
        self.faults, self.message, self.said = {}, "", ""
        self._tell()

    def _show(self, settings: DirectorySettings, roles: Roles) -> None:
        self.values = {name: str(getattr(settings, name)) for name in TEXTS}
        self.values |= {"is_on": settings.is_on, "security": settings.security}
        self._show_groups(settings, roles)

    def _show_groups(self, settings: DirectorySettings, roles: Roles) -> None:
        names = {key: name for name, key in roles}
        self.groups = "\n".join(f"{names.get(each.role, each.role)}: {each.group}" for each in settings.groups)
        self._groups_shown = self.groups

    def _built(self, roles: Roles) -> tuple[DirectorySettings | None, dict[str, str]]:
        keys = {name_key(name): key for name, key in roles}
        groups = []
        for line in self.groups.splitlines():
            role, colon, group = line.partition(":")
            if not line.strip():
                continue
            if not colon or name_key(role) not in keys:
                words = tr("“{line}”: write a role, a colon and a group, such as operator: cn=operators,dc=example.")
                return None, {"groups": words.format(line=line.strip()[:60])}
            groups.append({"group": group.strip(), "role": keys[name_key(role)]})
        typed = {name: value.strip() if isinstance(value, str) else value for name, value in self.values.items()}
        return build(DirectorySettings, {**typed, "groups": tuple(groups)})

    async def _do(self, work: Callable[[], Any]) -> None:
        self.is_busy, self.message, self.said = True, "", ""
        self._tell()
        try:
            self.said = await work()
        except RefusedError as error:
            self.message = str(error)
        finally:
            self.is_busy = False
            self._tell()
