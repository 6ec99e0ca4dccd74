"""Saved groups of pens: a list from the services, and saving, renaming, deleting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

from hmi.services.port import DeleteTrendGroup, ListTrendGroups, Port, SaveTrendGroup, TrendGroup


class Groups:
    """Holds the groups as last answered. Every coroutine raises RefusedError in the operator's words."""

    def __init__(self, port: Port, changed: Callable[[], None]) -> None:
        self._port = port
        self._changed = changed
        self.groups: tuple[TrendGroup, ...] = ()
        self.current: UUID | None = None
        """The group that was opened or saved last."""

    async def load(self) -> None:
        """Ask for the groups."""
        self.groups = await self._port.request(ListTrendGroups())
        self._changed()

    async def save(self, name: str, definition: Mapping[str, object]) -> None:
        """Save pens, axes, span and modes under a new name, or over the current group's when the name is its."""
        current = self.current_group
        key = current.id if current and current.name == " ".join(name.split()) else uuid4()
        self.groups = await self._port.request(SaveTrendGroup(TrendGroup(key, name, definition)))
        self.current = key
        self._changed()

    async def rename(self, name: str) -> None:
        """Give the current group another name."""
        current = self.current_group
        if current is not None:
            request = SaveTrendGroup(TrendGroup(current.id, name, current.definition))
            self.groups = await self._port.request(request)
            self._changed()

    async def delete(self) -> None:
        """Delete the current group."""
        if self.current is not None:
            self.groups = await self._port.request(DeleteTrendGroup(self.current))
            self.current = None
            self._changed()

    def opened(self, group_id: UUID) -> Mapping[str, object] | None:
        """Return what a group says, and let it be the current one."""
        found = next((each for each in self.groups if each.id == group_id), None)
        self.current = found.id if found else None
        return found.definition if found else None

    @property
    def current_group(self) -> TrendGroup | None:
        return next((each for each in self.groups if each.id == self.current), None)
