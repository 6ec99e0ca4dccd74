"""Facts of the history of users, roles and settings; no Qt."""

from __future__ import annotations

from collections.abc import Callable

from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.mirror import Mirror
from hmi.services.port import KeptChange, Port, ReadKeptHistory, RefusedError, TakeUpKept
from hmi.ui.words import moment_text

PAGE = 200
PERMISSIONS = (Permission.EDIT_USERS, Permission.EDIT_DATA)


class KeptFacts:
    """The list of changes, newest first, and one of them chosen; `changed` is called after each change."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self.changed: Callable[[], None] = lambda: None
        self.changes: tuple[KeptChange, ...] = ()
        self.has_more = False
        self.chosen: KeptChange | None = None
        self.name = ""
        self.said = ""
        self.fault = ""

    @property
    def may(self) -> bool:
        return all(self._mirror.user.may_everywhere(each) for each in PERMISSIONS)

    @property
    def headline(self) -> str:
        """What is missing, or what can be done with what is chosen."""
        if not self.may:
            return tr("Only administrators look at what users and settings were.")
        if not self.changes:
            return tr("Nothing was changed yet.") if not self.name else tr("Nothing is called so.")
        if self.chosen is None:
            return tr("Choose a change to take up again what it left.")
        if not self.chosen.can_take_up:
            return tr("{name} was deleted here: choose the change before it.").format(name=self.chosen.name)
        return f"{self.chosen.label} {self.chosen.name}: {self.chosen.change}"

    @property
    def can_take_up(self) -> bool:
        return self.may and self.chosen is not None and self.chosen.can_take_up

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Return the changes: when, who, what, which, how; none for who may not see them."""
        if not self.may:
            return []
        return [
            (
                moment_text(each.at_us) if each.user else tr("before"),
                each.user or "–",
                each.label,
                each.name,
                each.change,
            )
            for each in self.changes
        ]

    async def load(self, *, is_more: bool = False) -> None:
        """Read the newest changes, or those before the last one shown. Raises RefusedError."""
        if not self.may:
            self.changes, self.chosen, self.has_more = (), None, False
            self.changed()
            return
        before_us, name = self.changes[-1].at_us if is_more and self.changes else 0, self.name
        found = await self._port.request(ReadKeptHistory(before_us, name, PAGE))
        if name != self.name:  # something else is looked for by now, and its answer comes
            return
        self.changes = (*self.changes, *found) if is_more else found
        self.has_more = len(found) == PAGE
        if self.chosen is not None:
            self.chosen = next((each for each in self.changes if _key(each) == _key(self.chosen)), None)
        self.changed()

    async def search(self, name: str) -> None:
        """Show only changes of what is called so. Raises RefusedError."""
        self.name = name
        await self.load()

    def choose(self, row: int) -> None:
        """Choose a change."""
        self.chosen = self.changes[row] if 0 <= row < len(self.changes) else None
        self.said = self.fault = ""
        self.changed()

    async def take_up(self, reason: str) -> None:
        """Bring the object to what the chosen change left; what is refused stands in `fault`."""
        chosen = self.chosen
        if chosen is None:
            return
        self.said = self.fault = ""
        try:
            await self._port.request(TakeUpKept(chosen.kind, chosen.seq, self.changes[0].at_us, reason))
        except RefusedError as error:
            self.fault = str(error)
            self.changed()
            return
        self.said = tr("{name} is as it was.").format(name=chosen.name)
        await self.load()


def _key(change: KeptChange) -> tuple[str, int]:
    return change.kind, change.seq
