"""How the audit record is kept: described once, for the form and the checks; kept in roams.db."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Final
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import Engine

from hmi.config.kept_settings import load_kept, save_kept
from hmi.domain.language import tr

KEY: Final = "audit"
INSTALLATION_KEY: Final = "installation"
LOCAL: Final = "local"
"""The system log of this machine."""
PORT_MOST: Final = 65_535


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
    )
    export_daily: bool = Field(default=True, title=tr("Export new rows every day"))
    keep_years: int = Field(
        default=0,
        ge=0,
        le=100,
        title=tr("Keep rows, years"),
        description=tr("Older rows are exported, then removed. 0: keep all."),
        json_schema_extra={"unit": "years"},
    )

    @field_validator("folder")
    @classmethod
    def _whole_path(cls, folder: str) -> str:
        if folder and not (PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).is_absolute()):
            raise ValueError(tr("Type the whole path of the folder."))
        return folder

    @field_validator("syslog")
    @classmethod
    def _address(cls, syslog: str) -> str:
        host, _, port = syslog.rpartition(":")
        is_address = bool(host.strip("[]")) and port.isdecimal() and 0 < int(port) <= PORT_MOST
        if syslog not in ("", LOCAL) and not is_address:
            raise ValueError(tr("Type “local”, or a host and a port such as logs.example:514."))
        return syslog


class Installation(BaseModel):
    """What tells this installation from others, made once; and its record from one that was set aside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID | None = None
    record: UUID | None = None


def installation_ids(engine: Engine, *, is_new_record: bool = False) -> tuple[str, str]:
    """Return the ids of the installation and of its record, made where there are none. Raises StorageError."""
    found = load_kept(engine, INSTALLATION_KEY, Installation)
    if found.id is None or found.record is None or is_new_record:
        found = Installation(id=found.id or uuid4(), record=uuid4())
        save_kept(engine, INSTALLATION_KEY, found, None)
    return str(found.id), str(found.record)
