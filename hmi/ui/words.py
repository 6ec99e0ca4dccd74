"""Times and figures as operators read them; no Qt."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from drivers.api import LinkState, Quality
from hmi.domain.commands import CommandState
from hmi.domain.language import tr
from hmi.services.port import UNREAD_MOST, CommandStatus


def local_time(at_us: int) -> datetime:
    """Return a UTC time in µs as an aware time of this machine's zone."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).astimezone()


def clock_text(at_us: int) -> str:
    """Return hours, minutes and seconds."""
    return local_time(at_us).strftime("%H:%M:%S") if at_us else "–"


def moment_text(at_us: int) -> str:
    """Return the clock for today, date and clock for another day."""
    if not at_us:
        return "–"
    moment = local_time(at_us)
    is_today = moment.date() == datetime.now(UTC).astimezone().date()
    return moment.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M:%S")


def number_of(text: str) -> float | None:
    """Return the number that was typed, with a point or a comma; None for anything that is no number."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def duration_text(seconds: float) -> str:
    """Return a length of time in its two largest units."""
    whole = max(0, round(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s" if minutes else f"{left} s"


def length_text(seconds: float) -> str:
    """Return a round length of time in the one unit that it is whole in: 200 ms, 10 s, 5 min, 2 h, 1 d."""
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        if seconds >= unit_s and not seconds % unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:g} s"


def rate_text(per_second: float) -> str:
    """Return a rate with as many digits as matter."""
    return f"{per_second:,.0f}/s" if per_second >= 10 else f"{per_second:.1f}/s"


def link_text(state: LinkState) -> str:
    """Return a link's state in words."""
    return {
        LinkState.DISABLED: tr("Off"),
        LinkState.CONNECTING: tr("Connecting"),
        LinkState.UP: tr("Up"),
        LinkState.DEGRADED: tr("Slow"),
        LinkState.DOWN: tr("Down"),
    }[state]


def quality_text(quality: Quality) -> str:
    """Return a quality in words; nothing for a good one."""
    return {
        Quality.GOOD: "",
        Quality.UNCERTAIN: tr("Uncertain"),
        Quality.BAD: tr("Bad"),
        Quality.STALE: tr("Stale"),
        Quality.NOT_CONNECTED: tr("No link"),
        Quality.CONFIG_ERROR: tr("Address refused"),
        Quality.SUBSTITUTED: tr("Substituted"),
    }[quality]


def outcome_text(status: CommandStatus) -> str:
    """Return where a command stands in the operator's words."""
    words = {
        CommandState.PENDING: tr("Accepted"),
        CommandState.SENT: tr("Sent, waiting for the readback"),
        CommandState.CONFIRMED: tr("Confirmed by the readback"),
        CommandState.REJECTED: tr("Refused"),
        CommandState.TIMEOUT: tr("No readback"),
        CommandState.MISMATCH: tr("Readback differs"),
        CommandState.UNKNOWN: tr("Outcome unknown"),
    }[status.state]
    return f"{words}: {status.detail}" if status.detail else words


def unread_text(count: int) -> str:
    """Return how many alarms a user has missed; empty for none."""
    if not count:
        return ""
    return f"{UNREAD_MOST:,}+" if count >= UNREAD_MOST else f"{count:,}"
