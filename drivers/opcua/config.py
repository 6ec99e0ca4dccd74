"""The options of an OPC UA connection, described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class OpcUaConfig(BaseModel):
    """What may be set for one connection; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    security: Annotated[
        Literal["none", "basic256sha256"],
        Field(title="Security", description="Policy of the secure channel; a password needs more than none."),
    ] = "none"
    pki_folder: Annotated[
        Path | None,
        Field(title="Certificates", description="Folder of this program's own certificate; made when missing."),
    ] = None
    publishing_ms: Annotated[
        int, Field(title="Publishing interval", description="How often the server sends changes, ms.", ge=50, le=60_000)
    ] = 250
    queue_size: Annotated[
        int, Field(title="Queue", description="Changes that the server keeps for each item.", ge=1, le=1000)
    ] = 10
    request_timeout_s: Annotated[
        float, Field(title="Request timeout", description="Longest wait for an answer, s.", ge=0.5, le=60)
    ] = 4.0
    watchdog_s: Annotated[
        float,
        Field(title="Watchdog", description="The link is lost when a status read takes longer, s.", ge=0.5, le=30),
    ] = 2.0
