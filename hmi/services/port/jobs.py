"""Work that takes long: it answers at once with an id, and a frame says how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class CancelJob(Request[None]):
    """Stop a piece of long work; what it wrote so far is taken back. Of one that has ended nothing is said."""

    job: UUID
