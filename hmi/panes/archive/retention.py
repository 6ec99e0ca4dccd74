"""Facts of the retention form: what is typed, what is wrong with it at the field, and what it would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hmi.config.history_settings import FieldText, HistorySettings, check, describe
from hmi.domain.language import tr
from hmi.panes.archive.words import days_text
from hmi.services.port import RetentionLoss
from hmi.ui.words import number_of

NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class LossQuestion:
    """What is asked before anything goes. button: what the answer yes does."""

    text: str
    button: str


class RetentionDraft:
    """Texts of the fields; they follow the settings until somebody types."""

    def __init__(self) -> None:
        self.fields: tuple[FieldText, ...] = describe()
        self.texts: dict[str, str] = {}
        self.faults: dict[str, str] = {}
        self._kept = HistorySettings()
        self._show(self._kept)

    @property
    def is_changed(self) -> bool:
        return self.texts != _texts(self._kept)

    @property
    def settings(self) -> HistorySettings | None:
        """What was typed, or None while something is wrong with it."""
        return self._check()[0]

    def take(self, kept: HistorySettings) -> None:
        """Take up the settings that are kept; what is being typed stays."""
        if not self.is_changed:
            self._show(kept)
        self._kept = kept

    def type(self, name: str, text: str) -> None:
        """Change one field."""
        self.texts[name] = text.strip()
        self.faults = self._check()[1]

    def let_go(self) -> None:
        """Go back to what is kept."""
        self._show(self._kept)

    def _show(self, settings: HistorySettings) -> None:
        self.texts = _texts(settings)
        self.faults = {}

    def _check(self) -> tuple[HistorySettings | None, dict[str, str]]:
        values: dict[str, object] = {}
        for field in self.fields:
            number = number_of(self.texts[field.name])
            values[field.name] = self.texts[field.name] or "?" if number is None else number
        return check(values)


def _texts(settings: HistorySettings) -> dict[str, str]:
    return {name: f"{value:g}" for name, value in settings.model_dump().items()}


def loss_question(losses: Sequence[RetentionLoss]) -> LossQuestion:
    """Return what to ask before files lose what settings do not keep: how much, of which days, and what stays."""
    readings = sum(loss.readings for loss in losses)
    first, end = min(loss.first_day_us for loss in losses), max(loss.end_day_us for loss in losses)
    if readings:
        words = tr("{rows:,} readings of the days {days} are deleted now, from {files} files of the history.")
    else:
        words = tr("Averages of the days {days} are deleted now, from {files} files of the history.")
    lines = [words.format(rows=readings, days=days_text(first, end), files=len(losses)), ""]
    lines += [f"{days_text(loss.first_day_us, loss.end_day_us)}: {_what_goes(loss)}" for loss in losses[:NAMED]]
    if len(losses) > NAMED:
        lines.append(tr("… and {count} more files.").format(count=len(losses) - NAMED))
    lines += ["", tr("This cannot be undone. To keep them, cancel, and back up or choose more days first.")]
    button = tr("Delete {rows:,} readings").format(rows=readings) if readings else tr("Delete these averages")
    return LossQuestion("\n".join(lines), button)


def _what_goes(loss: RetentionLoss) -> str:
    if loss.is_whole and not loss.readings:
        return tr("all averages that are left")
    if loss.is_whole:
        return tr("everything, {rows:,} readings and their averages").format(rows=loss.readings)
    if loss.readings:
        return tr("{rows:,} readings; averages stay").format(rows=loss.readings)
    return tr("averages that are too old")
