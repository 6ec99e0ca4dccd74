"""The rules of signing in: described once, for the form and the checks; kept in roams.db."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hmi.config.passwords import LEAST
from hmi.domain.language import tr

KEY: Final = "sign_in"
IDLE_MOST: Final = 1440


class RoleIdle(BaseModel):
    """A role that waits for another time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str = Field(min_length=1)
    minutes: int = Field(ge=0, le=IDLE_MOST)


class SignInSettings(BaseModel):
    """When a window falls back to looking only, and what passwords must be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    idle_minutes: int = Field(
        default=15,
        title=tr("View only after"),
        description=tr("Without a key or the mouse. The picture stays. 0: never."),
        ge=0,
        le=IDLE_MOST,
        json_schema_extra={"unit": tr("min")},
    )
    idle_of_roles: tuple[RoleIdle, ...] = ()
    least_length: int = Field(
        default=LEAST,
        title=tr("Shortest password"),
        description=tr("Holds for new passwords; those in use stay."),
        ge=8,
        le=64,
        json_schema_extra={"unit": tr("characters")},
    )
    offers_names: bool = Field(
        default=False,
        title=tr("Offer the names of users"),
        description=tr("Whoever stands at the screen can then read who may sign in."),
    )

    notice: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        default="",
        title=tr("Notice before signing in"),
        description=tr("Everybody reads it who signs in: who may use this, and that it is recorded. Empty: none."),
        max_length=300,
    )

    def idle_s(self, role: str) -> float:
        """Return after how long a role's session looks only, in s; 0 for never."""
        of_role = next((each.minutes for each in self.idle_of_roles if each.role == role), self.idle_minutes)
        return of_role * 60.0
