"""Step 5: which values become tags: one by one, or a whole folder; no Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from uuid import UUID

from hmi.domain.drafts import TagDraft
from hmi.domain.language import tr
from hmi.panes.station_editor.address_tree import SEPARATOR, AddressTree, Branch, found_text, plain
from hmi.panes.station_editor.tag_drafts import tags_from
from hmi.panes.station_editor.work import Work
from hmi.services.port import DescribeNodes, FoundNodes, Port, RefusedError, SearchNodes

FAULTS_SAID = 5


class Picked(IntEnum):
    """How much of a node is picked."""

    NONE = 0
    SOME = 1
    ALL = 2


class Picking:
    """Adds tags to a draft and takes them away; what the draft holds is said by whoever owns it."""

    def __init__(
        self,
        port: Port,
        tree: AddressTree,
        tags: Callable[[], Sequence[TagDraft]],
        put: Callable[[Sequence[TagDraft]], None],
        changed: Callable[[], None],
    ) -> None:
        self._port = port
        self._tree = tree
        self._tags = tags
        self._put = put
        self._collected: dict[str, frozenset[str]] = {}
        self._taken: tuple[Sequence[TagDraft], frozenset[str]] = ((), frozenset())
        self.work = Work(changed)
        self.note = ""
        self.faults: Sequence[str] = ()
        """What the server said against values that were picked, all of it."""

    def state(self, number: int) -> Picked:
        """Return how much of a node is picked; a folder's as far as it is known."""
        branch, taken = self._tree.nodes[number], self._addresses()
        if not branch.is_folder:
            return Picked.ALL if branch.node.address in taken else Picked.NONE
        if not taken:
            return Picked.NONE
        known = self._collected.get(branch.node.address)
        if known is not None:
            count = len(known & taken)
            return Picked.ALL if count and count == len(known) else Picked.SOME if count else Picked.NONE
        return Picked.SOME if any(self._is_taken(each, taken) for each in self._below(number)) else Picked.NONE

    async def pick(self, exploration: UUID, number: int) -> None:
        """Make a value, or every value below a folder, into tags."""
        branch = self._tree.nodes[number]
        self.note, self.faults = "", ()
        with self.work.doing(tr("Reading what the server says of {name}…").format(name=branch.node.name)):
            try:
                if branch.is_folder:
                    await self._pick_folder(exploration, branch)
                elif branch.can_be_tag:
                    await self._add(exploration, {branch.node.address: branch.path})
            except RefusedError as error:
                self.note = str(error)

    async def pick_all_found(self, exploration: UUID) -> None:
        """Make everything that a search shows into tags."""
        shown = [self._tree.nodes[number] for number in self._tree.top]
        self.note, self.faults = "", ()
        with self.work.doing(tr("Reading what the server says of {count} values…").format(count=len(shown))):
            try:
                await self._add(exploration, {each.node.address: each.path for each in shown if each.can_be_tag})
            except RefusedError as error:
                self.note = str(error)

    def drop(self, number: int) -> None:
        """Take a value, or every value below a folder, out of the draft."""
        branch = self._tree.nodes[number]
        gone = {branch.node.address}
        if branch.is_folder:
            below = {self._tree.nodes[each].node.address for each in self._below(number)}
            gone = set(self._collected.get(branch.node.address, frozenset())) | below
        self._keep(tag for tag in self._tags() if tag.address not in gone)

    def remove(self, rows: Iterable[int]) -> None:
        """Take rows of the table out of the draft."""
        gone = set(rows)
        self._keep(tag for row, tag in enumerate(self._tags()) if row not in gone)

    def _keep(self, tags: Iterable[TagDraft]) -> None:
        self.note, self.faults = "", ()
        self._put(tuple(tags))

    async def _pick_folder(self, exploration: UUID, branch: Branch) -> None:
        found = plain(await self._port.request(SearchNodes(exploration, "", branch.node.address)))
        usable = {each.node.address: branch.path + SEPARATOR + each.path for each in found.nodes if not each.node.fault}
        self._collected[branch.node.address] = frozenset(usable)
        await self._add(exploration, usable)
        self.note = _folder_note(found, len(usable)) + (f" {self.note}" if self.note else "")

    async def _add(self, exploration: UUID, paths: dict[str, str]) -> None:
        new = [address for address in paths if address not in self._addresses()]
        if not new:
            return
        said = await self._port.request(DescribeNodes(exploration, tuple(new)))
        # Thousands take longer than a frame may.
        made, self.faults = await asyncio.to_thread(tags_from, said, paths, self._tags())
        if self.faults:
            self.note = tr("Left out: {faults}").format(faults=_listed(self.faults))
        self._put((*self._tags(), *made))

    def _addresses(self) -> frozenset[str]:
        tags = self._tags()
        if self._taken[0] is not tags:
            self._taken = (tags, frozenset(tag.address for tag in tags))
        return self._taken[1]

    def _is_taken(self, number: int, taken: frozenset[str]) -> bool:
        return self._tree.nodes[number].node.address in taken

    def _below(self, number: int) -> Iterable[int]:
        """Yield the values below a node that are known without asking."""
        waiting = list(self._tree.children(number))
        while waiting:
            each = waiting.pop()
            if self._tree.nodes[each].node.is_value:
                yield each
            waiting += self._tree.children(each)


def _folder_note(found: FoundNodes, usable: int) -> str:
    words = found_text(found) + "."
    left_out = len(found.nodes) - usable
    if left_out:
        words += " " + tr("{count} of them cannot be tags.").format(count=left_out)
    return words


def _listed(faults: Sequence[str]) -> str:
    said = " ".join(faults[:FAULTS_SAID])
    more = len(faults) - FAULTS_SAID
    return said + (" " + tr("And {count} more.").format(count=more) if more > 0 else "")
