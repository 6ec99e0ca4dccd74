"""What is being typed of how the audit record is kept; no Qt."""

from __future__ import annotations

from typing import Any

from hmi.config.audit_settings import AuditSettings
from hmi.config.faults import build


class AuditDraft:
    """The settings as they are typed; they follow those that are kept until somebody types."""

    def __init__(self) -> None:
        self.kept = AuditSettings()
        self.values: dict[str, Any] = {}
        self.let_go()

    @property
    def is_changed(self) -> bool:
        return self.values != self._values_of(self.kept)

    def take(self, kept: AuditSettings) -> None:
        """Take up the settings that are kept; what is being typed stays."""
        is_changed = self.is_changed
        self.kept = kept
        if not is_changed:
            self.let_go()

    def let_go(self) -> None:
        """Go back to what is kept."""
        self.values = self._values_of(self.kept)

    def type(self, name: str, value: object) -> None:
        """Take what was typed or ticked."""
        self.values[name] = value.strip() if isinstance(value, str) else value

    def check(self) -> tuple[AuditSettings | None, dict[str, str]]:
        """Return the settings, or what is wrong, by field."""
        return build(AuditSettings, self.values)

    @staticmethod
    def _values_of(kept: AuditSettings) -> dict[str, Any]:
        values = kept.model_dump()
        values["keep_years"] = str(kept.keep_years)
        return values
