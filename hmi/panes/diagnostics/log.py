"""Facts of the log's page: the newest lines that fit, followed or held still, and one of them in full; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from hmi.config.log_tail import LogLine
from hmi.domain.language import tr
from hmi.services.port import LogPage, Port, ReadLog, RefusedError
from hmi.services.port.diagnostics import MOST_BYTES, MOST_LINES
from hmi.ui.words import moment_text

FIRST_LINES: Final = 300
FIRST_BYTES: Final = 4_000_000
FURTHER: Final = 4
SHOWN_FACTS: Final = 300
LEVELS: Final = (
    (tr("All lines"), ""),
    (tr("Information and above"), "info"),
    (tr("Warnings and above"), "warning"),
    (tr("Errors"), "error"),
)
MARKS: Final = {"critical": "◆ ", "error": "◆ ", "warning": "▲ "}
COLUMNS: Final = (tr("Time"), tr("Level"), tr("What"), tr("Where"))


class LogFacts:
    """Asks for lines and remembers what they were asked by."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._changed: Callable[[], None] = lambda: None
        self._page = LogPage()
        self._limit, self._bytes = FIRST_LINES, FIRST_BYTES
        self._is_asking = False
        self.level = ""
        self.text = ""
        self.is_following = True
        self.fault = ""
        self.chosen: LogLine | None = None

    def listen(self, changed: Callable[[], None]) -> None:
        """Call `changed` when anything shown may differ."""
        self._changed = changed

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """The lines, newest first."""
        return self._page.lines

    def rows(self) -> list[tuple[str, ...]]:
        """Return each line in words."""
        return [
            (moment_text(line.at_us), MARKS.get(line.level, "") + tr(line.level), summary(line), line.logger)
            for line in self._page.lines
        ]

    @property
    def chosen_row(self) -> int:
        """The chosen line's place; −1 when it is not among them."""
        return next((row for row, line in enumerate(self._page.lines) if line == self.chosen), -1)

    @property
    def headline(self) -> str:
        """How much is in sight, and of how much."""
        count = len(self._page.lines)
        if not count:
            return tr("No line fits.") if self._page.is_whole else tr("No line fits in the newest part of the log.")
        if self._page.is_whole:
            return tr("{count:,} lines, all that fit").format(count=count)
        return tr("The newest {count:,} lines that fit").format(count=count)

    @property
    def can_go_further(self) -> bool:
        return not self._page.is_whole and (self._limit < MOST_LINES or self._bytes < MOST_BYTES)

    def detail(self) -> str:
        """Return the chosen line in full, for people and for the clipboard."""
        return text_of(self.chosen) if self.chosen is not None else ""

    # ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────

    def choose(self, row: int) -> None:
        """Choose a line to be shown in full."""
        if 0 <= row < len(self._page.lines):
            self.chosen = self._page.lines[row]
            self._changed()

    async def show(self, *, level: str | None = None, text: str | None = None) -> None:
        """Show lines of a level or with a text, from the newest on."""
        self.level = self.level if level is None else level
        self.text = self.text if text is None else text
        self._limit, self._bytes = FIRST_LINES, FIRST_BYTES
        await self._ask("")

    async def go_further(self) -> None:
        """Show older lines too."""
        self._limit, self._bytes = min(self._limit * FURTHER, MOST_LINES), min(self._bytes * FURTHER, MOST_BYTES)
        await self._ask("")

    def follow(self, is_following: bool) -> None:
        """Follow what is written, or hold still."""
        self.is_following = is_following
        self._changed()

    async def look(self) -> None:
        """Take what was written meanwhile, where it is followed and nothing is being asked already."""
        if self.is_following and not self._is_asking:
            await self._ask(self._page.stamp)

    async def _ask(self, seen: str) -> None:
        request = ReadLog(self.level, self.text, self._limit, self._bytes, seen)
        self._is_asking = True
        try:
            page = await self._port.request(request)
            self.fault = ""
        except RefusedError as error:
            self.fault = str(error)
            self._changed()
            return
        finally:
            self._is_asking = False
        is_wanted = (request.level, request.text, request.limit) == (self.level, self.text, self._limit)
        if page.is_same or not is_wanted:
            return  # nothing new, or somebody wants others by now
        self._page = page
        self._changed()


def summary(line: LogLine) -> str:
    """Return a line's event and its facts in one row, without a trace."""
    facts = ", ".join(f"{name} {_first_line(text)}" for name, text in line.facts)
    return (f"{_first_line(line.event)}: {facts}" if facts else _first_line(line.event))[:SHOWN_FACTS]


def text_of(line: LogLine) -> str:
    """Return a line in full, each fact in its own row."""
    when = datetime.fromtimestamp(line.at_us / 1e6, UTC).isoformat(timespec="milliseconds") if line.at_us else ""
    head = "  ".join(part for part in (when, line.level, line.logger) if part)
    facts = [f"{name}:\n{text}" if "\n" in text else f"{name}: {text}" for name, text in line.facts]
    return "\n".join(part for part in (head, line.event, *facts) if part)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
