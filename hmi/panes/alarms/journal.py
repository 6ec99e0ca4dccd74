"""Facts of the journal of alarms: what is asked, the pages that were read, the file and the paper; no Qt."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

from hmi.domain.alarms import AlarmEvent, Priority
from hmi.domain.language import tr
from hmi.services.mirror import Mirror
from hmi.services.port import ExportAlarmJournal, JobState, JournalQuestion, JournalRow, Port, ReadAlarmJournal
from hmi.services.port.alarms import JOURNAL_PAGE
from hmi.ui.alarm_words import event_text, state_name
from hmi.ui.navigator import Navigator
from hmi.ui.words import local_time

HOUR_US: Final = 3_600_000_000
SPANS: Final = (
    ("8 hours", 8 * HOUR_US),
    ("24 hours", 24 * HOUR_US),
    ("7 days", 168 * HOUR_US),
    ("30 days", 720 * HOUR_US),
    ("1 year", 8760 * HOUR_US),
    ("Everything", 0),
)
PRINT_MOST: Final = 5000
EVER_US: Final = 10**17


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks of the journal. span_us: back from now, 0 for everything; end_us: 0 for now."""

    span_us: int = SPANS[1][1]
    end_us: int = 0
    start_us: int = 0
    station_id: UUID | None = None
    tag: int = -1
    priority: Priority | None = None
    event: AlarmEvent | None = None
    user: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """The journal as it is printed."""

    title: str
    asked: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    is_cut: bool


class JournalFacts:
    """Reads pages, newest first."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self.wanted = Wanted()
        self.rows: list[JournalRow] = []
        self.total = 0
        self.users: tuple[str, ...] = ()
        self.notice = ""
        self._job: UUID | None = None
        self._asked = JournalQuestion(0, 0)
        self._read_version = -1

    @property
    def has_more(self) -> bool:
        """Whether there are older rows than those that were read."""
        return len(self.rows) < self.total

    @property
    def headline(self) -> str:
        """The journal in one line."""
        if not self.total:
            return tr("Nothing happened to these alarms in this time")
        words = tr("{total:,} changes").format(total=self.total)
        return words + tr(", the newest {shown:,} shown").format(shown=len(self.rows)) if self.has_more else words

    def stations(self) -> Sequence[tuple[str, UUID | None]]:
        """Return the stations to choose from."""
        known = sorted((station.name, station.id) for station in self._mirror.catalogue.stations)
        return [(tr("All stations"), None), *known]

    def tags(self) -> Sequence[tuple[str, int]]:
        """Return the tags of the chosen station that have alarms."""
        catalogue = self._mirror.catalogue
        if self.wanted.station_id is None:
            return [(tr("All tags"), -1)]
        tags = catalogue.tags_of_station.get(self.wanted.station_id, ())
        return [
            (tr("All tags"), -1),
            *sorted((tag.name, tag.index) for tag in tags if tag.id in catalogue.alarms_of_tag),
        ]

    def want(self, wanted: Wanted) -> None:
        """Ask for something else; `read` then answers."""
        if wanted.station_id != self.wanted.station_id:
            wanted = replace(wanted, tag=-1)
        self.wanted = wanted

    async def read(self) -> None:
        """Read the newest page. Raises RefusedError."""
        self._asked, self._read_version = self._question(), self._mirror.board.version
        found = await self._port.request(ReadAlarmJournal(self._asked))
        self.rows, self.total, self.users = list(found.rows), found.total, found.users
        self._say_damaged(found.damaged)

    @property
    def is_old(self) -> bool:
        """Whether something has happened since the first page was read that belongs on it."""
        is_first = len(self.rows) <= JOURNAL_PAGE and not self.wanted.end_us
        return is_first and self._mirror.board.version != self._read_version

    async def read_more(self) -> None:
        """Read the page before the oldest row. Raises RefusedError."""
        before = (self.rows[-1].at_us, self.rows[-1].seq) if self.rows else None
        found = await self._port.request(ReadAlarmJournal(self._asked, before=before))
        self.rows = [*self.rows, *found.rows]
        self._say_damaged(found.damaged)

    async def export(self, path: Path) -> None:
        """Begin to write what was asked for to a file. Raises RefusedError."""
        self._job = await self._port.request(ExportAlarmJournal(self._question(), path))
        self.notice = tr("Writing {name}…").format(name=path.name)

    def job_ended(self) -> bool:
        """Whether the file that was begun has just been ended; then the notice says how."""
        job = next((each for each in self._mirror.jobs if each.id == self._job), None)
        if job is None or job.state is JobState.RUNNING:
            return False
        self.notice, self._job = job.detail, None
        return True

    async def paper(self) -> Paper:
        """Return what was asked for as it is printed, the newest rows of it. Raises RefusedError."""
        question = self._question()
        found = await self._port.request(ReadAlarmJournal(question, most=PRINT_MOST))
        return Paper(
            tr("Alarm journal"),
            self.asked_text(question),
            HEADS,
            [cells_of(row) for row in found.rows],
            found.total > len(found.rows),
        )

    def open_trend(self, row: JournalRow) -> None:
        """Show the trend of a row's tag at its moment."""
        if row.tag in self._mirror.catalogue.tag_by_index:
            self._navigator.open_trend(row.tag, row.station_id, row.at_us)

    def asked_text(self, question: JournalQuestion) -> str:
        """Return in words what was asked."""
        stations = self._mirror.catalogue.station_by_id
        parts = [
            tr("{start} to {end}").format(start=_minute(question.start_us), end=_minute(question.end_us))
            if question.start_us
            else tr("all that is recorded, to {end}").format(end=_minute(question.end_us)),
            *(stations[each].name for each in question.stations if each in stations),
            *(tr("priority {number}").format(number=int(each)) for each in question.priorities),
            *(event_text(each) for each in question.events),
            question.user,
            f"“{question.text}”" if question.text else "",
        ]
        return ", ".join(part for part in parts if part)

    def _question(self) -> JournalQuestion:
        wanted, now_us = self.wanted, time.time_ns() // 1000
        end_us = wanted.end_us or now_us + HOUR_US  # a source's clock may be ahead of ours
        start_us = wanted.start_us or (max(0, min(end_us, now_us) - wanted.span_us) if wanted.span_us else 0)
        return JournalQuestion(
            start_us,
            end_us,
            (wanted.station_id,) if wanted.station_id else (),
            (wanted.tag,) if wanted.tag >= 0 else (),
            (wanted.priority,) if wanted.priority else (),
            (wanted.event,) if wanted.event else (),
            wanted.user,
            wanted.text,
        )

    def _say_damaged(self, count: int) -> None:
        self.notice = tr("{count} damaged rows are left out.").format(count=count) if count else ""


HEADS: Final = (
    "Time",
    "Priority",
    "Station",
    "Alarm",
    "What happened",
    "State then",
    "Value",
    "Limit",
    "By",
    "Comment",
)


def cells_of(row: JournalRow) -> tuple[str, ...]:
    """Return a row as a table shows it, in the order of HEADS."""
    return (
        local_time(row.at_us).strftime("%Y-%m-%d %H:%M:%S"),
        tr("event") if row.is_event else str(int(row.priority)),
        row.source,
        row.text,
        event_text(row.event),
        state_name(row.state),
        row.value,
        row.limit,
        row.user,
        row.comment,
    )


def _minute(at_us: int) -> str:
    return local_time(at_us).strftime("%Y-%m-%d %H:%M")
