"""How the audit record is kept: described once, for the form and the checks; kept in roams.db."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine

from hmi.config.kept_settings import load_kept, save_kept
from hmi.domain.language import tr

KEY: Final = "audit"
INSTALLATION_KEY: Final = "installation"


class AuditSettings(BaseModel):
    """Where the head of the record is kept besides, and for how long rows are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str = Field(
        default="",
        max_length=1000,
        title=tr("Second folder"),
        description=tr("On another machine, where files can be added but not changed. Empty for none."),
    )
    in_keyring: bool = Field(default=True, title=tr("Keep the head in the keyring"))
    syslog: str = Field(
        default="",
        max_length=300,
        title=tr("Syslog"),
        description=tr("“local”, or host:port of a log server (UDP). Empty for none."),
        pattern=r"^(|local|[^\s:]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5})$",
    )
    export_daily: bool = Field(default=True, title=tr("Export new rows every day"))
    keep_years: int = Field(
        default=0,
        ge=0,
        le=100,
        title=tr("Keep rows for"),
        description=tr("Older rows are exported, then removed. 0: keep all."),
        json_schema_extra={"unit": "years"},
    )


class Installation(BaseModel):
    """What tells this installation's record from others; made once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID | None = None


def installation_id(engine: Engine) -> str:
    """Return the installation's id, made at the first call. Raises StorageError."""
    found = load_kept(engine, INSTALLATION_KEY, Installation)
    if found.id is None:
        found = Installation(id=uuid4())
        save_kept(engine, INSTALLATION_KEY, found)
    return str(found.id)
