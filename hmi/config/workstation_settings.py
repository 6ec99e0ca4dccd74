"""What is so of this one computer; kept in roams.db, and not taken along to another."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

KEY: Final = "workstation"


class WorkstationSettings(BaseModel):
    """Where the computer stands: maintenance operates only from a computer at the station itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stands_at: frozenset[UUID] = frozenset()
