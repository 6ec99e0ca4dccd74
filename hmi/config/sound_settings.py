"""How alarms sound: described once, for the form and the checks; kept in roams.db."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from hmi.domain.alarms import Priority
from hmi.domain.language import tr

KEY: Final = "sound"
LEAST_GAP_S: Final = 3.0
"""At most one sound in this time, whatever is wrong with the plant (EEMUA 191: operators switch a nuisance off)."""


class PrioritySound(BaseModel):
    """The sound of one priority."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_on: bool = Field(default=True, title=tr("Sounds"))
    repeat_s: float = Field(
        default=10.0,
        title=tr("Repeat every"),
        description=tr("Until acknowledged or silenced. 0: it sounds once."),
        ge=0,
        le=600,
        json_schema_extra={"unit": "s"},
    )


class SoundSettings(BaseModel):
    """How each priority sounds, and how loud."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_quiet: bool = Field(
        default=False, title=tr("No sound at all"), description=tr("Alarms are then only seen. A test still sounds.")
    )
    volume: int = Field(default=70, title=tr("Volume"), ge=1, le=100, json_schema_extra={"unit": "%"})
    critical: PrioritySound = PrioritySound(repeat_s=3.0)
    high: PrioritySound = PrioritySound(repeat_s=5.0)
    medium: PrioritySound = PrioritySound(repeat_s=7.0)
    low: PrioritySound = PrioritySound(repeat_s=10.0)

    def of(self, priority: Priority) -> PrioritySound:
        """Return the sound of a priority."""
        return {
            Priority.CRITICAL: self.critical,
            Priority.HIGH: self.high,
            Priority.MEDIUM: self.medium,
            Priority.LOW: self.low,
        }[priority]
