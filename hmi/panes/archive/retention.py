"""Facts of the retention form: what is typed, and what is wrong with it at the field."""

from __future__ import annotations

from hmi.config.history_settings import FieldText, HistorySettings, check, describe
from hmi.ui.words import number_of


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
