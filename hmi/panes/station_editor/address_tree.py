"""What a server has, one level at a time, and what a search found; no Qt.

A node is known by its row in `nodes`: the same address may be reached on several ways, so it is no identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from drivers.api import BrowsedNode
from hmi.domain.language import tr
from hmi.panes.station_editor.work import Work
from hmi.services.port import BrowseLevel, FoundNode, FoundNodes, Port, RefusedError, SearchNodes

ROOT = -1
SEPARATOR = " › "


@dataclass(slots=True)
class Branch:
    """One node in its place. children: row numbers, None until they were asked for. path: names from the top."""

    number: int
    parent: int
    row: int
    node: BrowsedNode
    path: str
    children: list[int] | None = None
    is_loading: bool = False
    reason: str = ""

    @property
    def can_be_tag(self) -> bool:
        return self.node.is_value and not self.node.fault

    @property
    def is_folder(self) -> bool:
        """Whether it stands for what lies below it rather than for a value."""
        return not self.node.is_value and self.node.has_children and self.node.is_plant


@dataclass
class _Level:
    children: list[int] | None = None
    is_loading: bool = False
    reason: str = ""


class AddressTree:
    """Grows as it is opened. generation: changes whenever the numbers begin anew."""

    def __init__(self, port: Port, changed: Callable[[], None]) -> None:
        self._port = port
        self._changed = changed
        self._top = _Level()
        self._before_search: tuple[list[Branch], list[int], _Level] | None = None
        self.nodes: list[Branch] = []
        self.loaded: list[int] = []
        """Nodes whose level is known, in the order it came; ROOT among them."""
        self.generation = 0
        self.searching = Work(changed)
        self.note = ""

    @property
    def is_begun(self) -> bool:
        return self._top.children is not None or self._top.is_loading

    @property
    def shows_search(self) -> bool:
        return self._before_search is not None

    @property
    def top(self) -> list[int]:
        return self._top.children or []

    def children(self, number: int) -> list[int]:
        """Return what is known to lie below a node; the top level for ROOT."""
        return self.top if number == ROOT else (self.nodes[number].children or [])

    async def load(self, exploration: UUID, number: int = ROOT) -> None:
        """Ask for one level, once; a refusal is kept where the level would be, and it can be asked again."""
        place: _Level | Branch = self._top if number == ROOT else self.nodes[number]
        if place.children is not None or place.is_loading:
            return
        generation = self.generation
        place.is_loading, place.reason = True, ""
        self._changed()
        try:
            address = None if number == ROOT else self.nodes[number].node.address
            found = await self._port.request(BrowseLevel(exploration, address))
        except RefusedError as error:
            place.reason = str(error)
        else:
            if generation == self.generation:
                place.children = list(self._add(number, found))
                self.loaded.append(number)
        finally:
            place.is_loading = False
            self._changed()

    async def search(self, exploration: UUID, text: str) -> None:
        """Show what has a text in its path instead of the tree; an empty text brings the tree back."""
        self.end_search()
        if not text.strip():
            return
        with self.searching.doing(tr("Searching for {text}…").format(text=text.strip())):
            try:
                found = plain(await self._port.request(SearchNodes(exploration, text)))
            except RefusedError as error:
                self.note = str(error)
                return
        self._show_found(found)
        self._changed()

    def end_search(self) -> None:
        """Bring the tree back, as it was."""
        self.searching.cancel()
        self.note = ""
        if self._before_search is not None:
            self.nodes, self.loaded, self._top = self._before_search
            self._before_search = None
            self.generation += 1
        self._changed()

    def forget(self) -> None:
        """Forget everything, as when another server is looked at."""
        self.searching.cancel()
        self.nodes, self.loaded, self._top = [], [], _Level()
        self._before_search, self.note = None, ""
        self.generation += 1
        self._changed()

    @property
    def top_reason(self) -> str:
        return self._top.reason

    @property
    def is_loading_top(self) -> bool:
        return self._top.is_loading

    def _add(self, parent: int, found: tuple[BrowsedNode, ...]) -> Iterator[int]:
        above = "" if parent == ROOT else self.nodes[parent].path + SEPARATOR
        for row, node in enumerate(found):
            number = len(self.nodes)
            self.nodes.append(Branch(number, parent, row, node, above + node.name))
            yield number

    def _show_found(self, found: FoundNodes) -> None:
        self._before_search = (self.nodes, self.loaded, self._top)
        self.nodes = [_found_branch(row, each) for row, each in enumerate(found.nodes)]
        self._top = _Level(list(range(len(self.nodes))))
        self.loaded = [ROOT]
        self.generation += 1
        self.note = found_text(found)


def plain(found: FoundNodes) -> FoundNodes:
    """Return what was found without what only describes another value: its range, its unit, its texts.

    Whoever wants such a part as a tag finds it in the tree, below its value.
    """
    values = {each.path for each in found.nodes if not each.node.fault}
    kept = tuple(each for each in found.nodes if each.path.rpartition(SEPARATOR)[0] not in values)
    return replace(found, nodes=kept)


def found_text(found: FoundNodes) -> str:
    """Return how much a walk found, in words."""
    words = tr("{count} values found").format(count=len(found.nodes))
    if not found.is_whole:
        words += " " + tr("(there may be more; search for something longer)")
    return words


def _found_branch(row: int, found: FoundNode) -> Branch:
    return Branch(row, ROOT, row, found.node, found.path, children=[])
