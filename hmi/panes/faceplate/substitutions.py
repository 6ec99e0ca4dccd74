"""Facts about the selected station's substituted values, and the way to begin and end one; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.domain.tags import TagKind
from hmi.services.mirror import Mirror
from hmi.services.port import EndSubstitution, Port, SubstituteValue
from hmi.ui.words import moment_text

HOUR_S: Final = 3600.0
LENGTHS: Final = (
    (tr("1 hour"), HOUR_S),
    (tr("8 hours"), 8 * HOUR_S),
    (tr("1 day"), 24 * HOUR_S),
    (tr("1 week"), 168 * HOUR_S),
)
"""For how long a value is substituted: label and seconds."""


@dataclass(frozen=True, slots=True)
class SubstitutionRow:
    """One value that stands for a measured one, in words."""

    tag_id: UUID
    words: str
    detail: str


class SubstitutionDesk:
    """Reads what is substituted at a station."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port

    def may(self, station_id: UUID) -> bool:
        """Whether the user may substitute values there."""
        return self._mirror.user.may(Permission.SUBSTITUTE, station_id)

    def rows(self, station_id: UUID) -> tuple[SubstitutionRow, ...]:
        """Return what is substituted at a station."""
        catalogue, found = self._mirror.catalogue, []
        for each in self._mirror.upkeep.substitutions:
            tag = catalogue.tag_by_id.get(each.tag_id)
            if tag is not None and tag.station_id == station_id:
                value = f"{tag.text(each.value)} {tag.unit}".strip()
                words = tr("{name}: {value} by {user}, until {until}")
                said = words.format(name=tag.name, value=value, user=each.user, until=moment_text(each.until_us))
                found.append(SubstitutionRow(tag.id, said, each.reason))
        return tuple(found)

    def choices(self, station_id: UUID) -> tuple[tuple[str, UUID], ...]:
        """Return the tags of a station whose value can be substituted."""
        tags = self._mirror.catalogue.tags_of_station.get(station_id, ())
        measured = [tag for tag in tags if tag.kind is not TagKind.TEXT and not tag.writable]
        return tuple((tag.name, tag.id) for tag in sorted(measured, key=lambda tag: tag.name.casefold()))

    def hint(self, tag_id: UUID) -> str:
        """Return what a value of a tag looks like."""
        tag = self._mirror.catalogue.tag_by_id.get(tag_id)
        if tag is None:
            return ""
        if tag.kind is TagKind.DISCRETE:
            return tr("{first} or {second}").format(first=tag.revision.states[0], second=tag.revision.states[1])
        return tr("{low:g} to {high:g} {unit}").format(low=tag.revision.low, high=tag.revision.high, unit=tag.unit)

    async def begin(self, tag_id: UUID, value: str, reason: str, seconds: float) -> None:
        """Substitute a tag's value. Raises RefusedError."""
        await self._port.request(SubstituteValue(tag_id, value, reason, seconds))

    async def end(self, tag_id: UUID) -> None:
        """Let a tag show what is measured again. Raises RefusedError."""
        await self._port.request(EndSubstitution(tag_id))
