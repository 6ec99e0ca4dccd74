"""Rules that hold for all alarms: described once, for the form and the checks; kept in roams.db."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from hmi.domain.alarms import Priority
from hmi.domain.language import tr

KEY: Final = "alarms"


class AlarmSettings(BaseModel):
    """Rules beside those of each record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    comment_for: frozenset[Priority] = Field(
        default=frozenset(),
        title=tr("Needs a comment"),
        description=tr("Alarms of these priorities are acknowledged with a comment only."),
    )
