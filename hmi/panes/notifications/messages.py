"""The messages on their way, as the pane lists them; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmi.domain.language import tr
from hmi.panes.notifications.words import FILTERS, message_cells
from hmi.services.port import (
    DiscardOutgoing,
    OutgoingMessage,
    OutgoingState,
    Port,
    ReadOutgoing,
    RefusedError,
    RetryOutgoing,
)

OPEN: frozenset[OutgoingState] = frozenset({OutgoingState.DEAD, OutgoingState.WAITING, OutgoingState.HELD})


class Messages:
    """A list that is asked for anew, and what can be done with its rows."""

    def __init__(self, port: Port, tell: Callable[[], None]) -> None:
        self._port = port
        self._tell = tell
        self.found: tuple[OutgoingMessage, ...] = ()
        self.filter = 0
        self.message = ""
        self.said = ""

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the messages that the filter lets through, the newest first."""
        return tuple(message_cells(each) for each in self.found)

    def at(self, row: int) -> OutgoingMessage | None:
        """Return a row's message."""
        return self.found[row] if 0 <= row < len(self.found) else None

    def can_retry(self, rows: Sequence[int]) -> bool:
        """Whether one of the rows was given up."""
        return any(each.state is OutgoingState.DEAD for each in self._chosen(rows))

    def can_discard(self, rows: Sequence[int]) -> bool:
        """Whether one of the rows may still go."""
        return any(each.state in OPEN for each in self._chosen(rows))

    async def refresh(self) -> None:
        """Ask again."""
        try:
            self.found = await self._port.request(ReadOutgoing(FILTERS[self.filter][1]))
            self.message = ""
        except RefusedError as error:
            self.message = str(error)
        self._tell()

    async def choose_filter(self, number: int) -> None:
        """Show other messages."""
        self.filter = number
        await self.refresh()

    async def retry(self, rows: Sequence[int]) -> None:
        """Send messages that were given up after all."""
        await self._act(RetryOutgoing(self._seqs(rows)), tr("Sent again: {count}."))

    async def discard(self, rows: Sequence[int]) -> None:
        """Send messages never."""
        await self._act(DiscardOutgoing(self._seqs(rows)), tr("Discarded: {count}."))

    async def _act(self, request: RetryOutgoing | DiscardOutgoing, words: str) -> None:
        try:
            self.said = words.format(count=await self._port.request(request))
        except RefusedError as error:
            self.message = str(error)
            self._tell()
            return
        await self.refresh()

    def _chosen(self, rows: Sequence[int]) -> list[OutgoingMessage]:
        return [found for row in rows if (found := self.at(row)) is not None]

    def _seqs(self, rows: Sequence[int]) -> tuple[int, ...]:
        return tuple(each.seq for each in self._chosen(rows))
