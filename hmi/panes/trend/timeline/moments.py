"""Local moments that people type or mean: today, a calendar's days, and times that a zone leaves out or has twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from time import time_ns
from typing import Final

from hmi.domain.language import tr
from hmi.panes.trend.timeline.ticks import local, midnight_us
from hmi.panes.trend.timeline.window import MAX_SPAN_US, MIN_SPAN_US, SECOND_US

DATES: Final = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
TIMES: Final = ("%H:%M:%S", "%H:%M")
OFFSET: Final = re.compile(r"(.*?)\s*([zZ]|[+\-\u2212]\d\d:\d\d)")
""""… +01:00", and the Z of UTC, with or without a space before."""

OLDEST: Final = datetime(1990, 1, 1)  # noqa: DTZ001  # a local date, compared with local dates only


class Named(StrEnum):
    """A stretch that has a name."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this week"
    LAST_WEEK = "last week"
    THIS_MONTH = "this month"
    LAST_MONTH = "last month"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another, UTC µs."""

    start_us: int
    end_us: int

    @property
    def span_us(self) -> int:
        return self.end_us - self.start_us


@dataclass(frozen=True, slots=True)
class Moment:
    """A typed local time as UTC µs, and what has to be said about it. time_us: None when it is no time."""

    time_us: int | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A wished stretch: what is shown of it, None for nothing, and the sentence to it."""

    stretch: Stretch | None
    remark: str = ""


def typed_moment(text: str, zone: tzinfo | None = None, today: date | None = None) -> Moment:
    """Return what was typed as local time, "2026-03-29 02:30", with or without seconds or an offset such as +01:00.

    "2026-03-29T02:30", "29.3.2026 02:30" and "2026/03/29 02:30" are taken as well, and a time alone, of today. A time
    that the clocks skip is moved on by what they skip; of one that comes twice the first is taken: both are said.
    zone None is this machine's, today None its clock's.
    """
    wall, offset = _read(text, today or local(time_ns() // 1000, zone).date())
    if wall is None or wall < OLDEST or wall.year > 9000:
        return Moment(None, tr("Type the date and time like 2026-03-29 14:30 or 29.3.2026 14:30, or 14:30 for today."))
    first, second = _utc_us(wall, zone, 0), _utc_us(wall, zone, 1)
    if offset:
        return _with_offset(wall, offset)
    if first == second:
        return Moment(first)
    if local(first, zone).replace(tzinfo=None) != wall:
        taken = local(first, zone)
        sentence = tr("{wall:%H:%M} does not exist on this day, the clocks go forward: {taken:%H:%M} was taken.")
        return Moment(first, sentence.format(wall=wall, taken=taken))
    early, late = min(first, second), max(first, second)
    sentence = tr("{wall:%H:%M} comes twice on this day: the first was taken. For the second type {offset} after it.")
    return Moment(early, sentence.format(wall=wall, offset=local(late, zone).isoformat()[-6:]))


def typed_text(time_us: int, zone: tzinfo | None = None) -> str:
    """Return a moment as it is typed, with its offset when that hour comes twice."""
    moment = local(time_us, zone)
    text = f"{moment:%Y-%m-%d %H:%M:%S}"
    found = typed_moment(text, zone).time_us
    return text if found == time_us // SECOND_US * SECOND_US else f"{text} {moment.isoformat()[-6:]}"


def checked(start_us: int, end_us: int, now_us: int) -> Checked:
    """Return what can be shown of a wished stretch; a sentence for one that cannot, and for one that is cut."""
    if end_us == start_us:
        return Checked(None, tr("From and to are the same moment. Make “to” later."))
    if end_us < start_us:
        return Checked(None, tr("“To” is before “from”. Swap them, or change one."))
    if start_us >= now_us:
        return Checked(None, tr("All of this is in the future: nothing is recorded there yet."))
    if min(end_us, now_us) - start_us > MAX_SPAN_US:
        return Checked(None, tr("Ten years are the most that one chart shows. Choose a shorter stretch."))
    if end_us > now_us:
        return Checked(
            Stretch(min(start_us, now_us - MIN_SPAN_US), now_us), tr("“To” is in the future: shown up to now.")
        )
    return Checked(Stretch(min(start_us, end_us - MIN_SPAN_US), end_us))


def named(name: Named, now_us: int, zone: tzinfo | None = None) -> Stretch:
    """Return a named stretch in local days, up to now for one that is not over. A week begins on Monday."""
    today = local(now_us, zone).date()
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    last_first = (first - timedelta(days=1)).replace(day=1)
    tomorrow = today + timedelta(days=1)
    start, end = {
        Named.TODAY: (today, tomorrow),
        Named.YESTERDAY: (today - timedelta(days=1), today),
        Named.THIS_WEEK: (monday, tomorrow),
        Named.LAST_WEEK: (monday - timedelta(days=7), monday),
        Named.THIS_MONTH: (first, tomorrow),
        Named.LAST_MONTH: (last_first, first),
    }[name]
    start_us = midnight_us(start, zone)
    return Stretch(start_us, max(start_us + MIN_SPAN_US, min(now_us, midnight_us(end, zone))))


def moved_by_its_length(stretch: Stretch, direction: int, zone: tzinfo | None = None) -> Stretch:
    """Return the stretch of the same length before (−1) or after (1); whole local days stay whole local days."""
    start, end = local(stretch.start_us, zone), local(stretch.end_us, zone)
    if _is_midnight(start) and _is_midnight(end):
        days = (end.date() - start.date()).days * direction
        return Stretch(*(midnight_us(each.date() + timedelta(days=days), zone) for each in (start, end)))
    by_us = stretch.span_us * direction
    return Stretch(stretch.start_us + by_us, stretch.end_us + by_us)


def _with_offset(wall: datetime, offset: str) -> Moment:
    try:
        exact = datetime.fromisoformat(f"{wall.isoformat()}{offset}")
    except ValueError:
        return Moment(None, tr("The offset from UTC looks like +02:00."))
    return Moment(round(exact.timestamp()) * SECOND_US)


def _is_midnight(moment: datetime) -> bool:
    return moment.time() == time(0)


def _utc_us(wall: datetime, zone: tzinfo | None, fold: int) -> int:
    moment = wall.replace(fold=fold)
    aware = moment.astimezone() if zone is None else moment.replace(tzinfo=zone)
    return round(aware.timestamp()) * SECOND_US


def _read(text: str, today: date) -> tuple[datetime | None, str]:
    """Return the wall clock's time and the offset in a typed text."""
    bare, offset = " ".join(text.split()), ""
    found = OFFSET.fullmatch(bare)
    if found is not None:
        bare, offset = found[1], found[2].replace("\u2212", "-").upper().replace("Z", "+00:00")
    bare = re.sub(r"(?<=\d)[tT](?=\d)", " ", bare)
    for clock in TIMES:
        for form in (f"{day} {clock}" for day in DATES):
            moment = _parsed(bare, form)
            if moment is not None:
                return moment, offset
        moment = _parsed(bare, clock)
        if moment is not None:
            return datetime.combine(today, moment.time()), offset
    return next((day for each in DATES if (day := _parsed(bare, each)) is not None), None), offset


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007  # a wall clock's time; its zone is the caller's
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """Return the date in a typed time, for a calendar to show; None when there is none."""
    found, _ = _read(text, local(time_ns() // 1000).date())
    return found.date() if found else None


def field_remarks(start: Moment, end: Moment) -> str:
    """Return what has to be said of two typed moments, each with its field's name; nothing for nothing."""
    named_remarks = ((tr("From"), start.remark), (tr("To"), end.remark))
    return " ".join(f"{name}: {remark}" for name, remark in named_remarks if remark)
