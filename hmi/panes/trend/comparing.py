"""Comparing with an earlier period: the same pens once more, looking back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from hmi.domain.language import tr
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.shift import MOST_DAYS, Shift
from hmi.panes.trend.timeline.window import SECOND_US

HOUR_US: Final = 3600 * SECOND_US
SHIFTS: Final = {
    "1 day": Shift(days=1),
    "1 week": Shift(days=7),
    "1 month": Shift(months=1),
    "1 year": Shift(months=12),
}


class Comparison:
    """Holds the pens that look back; at most as many as there are pens."""

    def __init__(self) -> None:
        self.shift: Shift | None = None
        self._pens: dict[tuple[int, int], Pen] = {}

    def set_shift(self, shift: Shift | None) -> None:
        """Look back this far, or not at all."""
        if shift != self.shift:
            self.shift = shift
            self._pens.clear()

    def follow(self, pens: Iterable[Pen]) -> Sequence[Pen]:
        """Return the pens that look back: one for each that is drawn, under its number."""
        if self.shift is None:
            return ()
        kept: dict[tuple[int, int], Pen] = {}
        for pen in pens:
            key = (pen.number, pen.tag.index)
            past = self._pens.get(key) or pen.compared(self.shift)
            past.tag, past.draws, past.axis, past.is_hidden = pen.tag, pen.draws, pen.axis, pen.is_hidden
            kept[key] = past
        self._pens = kept
        return tuple(kept.values())

    @property
    def label(self) -> str:
        """How far back it looks, in words; nothing for no comparison."""
        return "" if self.shift is None else shift_text(self.shift)

    def state(self) -> dict[str, object]:
        """Return it as plain data."""
        shift = self.shift or Shift()
        return {"days": shift.days, "months": shift.months, "hours": shift.rest_us / HOUR_US}

    def restore(self, state: object) -> None:
        """Take up plain data; what does not fit is no comparison."""
        given = state if isinstance(state, dict) else {}
        days, months, hours = (given.get(name, 0) for name in ("days", "months", "hours"))
        is_whole = all(type(each) is int and 0 <= each <= MOST_DAYS for each in (days, months))
        if is_whole and isinstance(hours, int | float) and 0 <= hours <= 24 * MOST_DAYS and months <= 120:
            shift = Shift(days, months, round(hours * HOUR_US))
            self.set_shift(shift if shift != Shift() else None)


def free_shift(text: str) -> Shift | None:
    """Return what was typed, such as 3 d, 36 h or 2 d 12 h; None for what is no length of time."""
    days = hours = 0.0
    parts = text.lower().replace("days", "d").replace("day", "d").replace("hours", "h").replace("hour", "h")
    words = parts.replace("d", " d ").replace("h", " h ").split()
    if not words or len(words) % 2:
        return None
    for number, unit in zip(words[::2], words[1::2], strict=True):
        try:
            value = float(number.replace(",", "."))
        except ValueError:
            return None
        if unit == "d":
            days += value
        elif unit == "h":
            hours += value
        else:
            return None
    whole_days, rest = divmod(days, 1)
    if not 0 < days * 24 + hours <= MOST_DAYS * 24 or days < 0 or hours < 0:
        return None
    return Shift(int(whole_days), 0, round((hours + rest * 24) * HOUR_US))


def shift_text(shift: Shift) -> str:
    """Return how far back, in words."""
    for name, known in SHIFTS.items():
        if known == shift:
            return tr("{span} before").format(span=tr(name))
    hours = shift.rest_us / HOUR_US
    parts = [f"{shift.days} d"] if shift.days else []
    parts += [f"{shift.months} mon"] if shift.months else []
    parts += [f"{hours:g} h"] if hours else []
    return tr("{span} before").format(span=" ".join(parts))
