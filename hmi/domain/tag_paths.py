"""Tags by the names that people write: `Station · Tag`, and `Tag` alone where the station is clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from hmi.domain.catalogue import Catalogue
from hmi.domain.expressions import ExpressionError
from hmi.domain.language import tr
from hmi.domain.tags import Tag

BETWEEN: Final = " · "


def full_name(catalogue: Catalogue, tag: Tag) -> str:
    """Return a tag's name with its station's, as files and lists have it."""
    return f"{catalogue.station_by_id[tag.station_id].name}{BETWEEN}{tag.name}"


class TagPaths:
    """All names of one catalogue; capitals and blanks do not matter."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._full: dict[str, list[Tag]] = {}
        self._own: dict[tuple[UUID, str], list[Tag]] = {}
        for tag in catalogue.tags:
            self._full.setdefault(_plain(full_name(catalogue, tag)), []).append(tag)
            self._own.setdefault((tag.station_id, _plain(tag.name)), []).append(tag)

    def find(self, name: str, station_id: UUID | None = None) -> Tag:
        """Return a tag of the station by its own name, or of any station by its full one.

        Raises KeyError for a name that nobody has, ExpressionError for one that several have.
        """
        found = self._own.get((station_id, _plain(name)), []) if station_id is not None else []
        found = found or self._full.get(_plain(name), [])
        if not found:
            raise KeyError(name)
        if len(found) > 1:
            raise ExpressionError(tr("Several tags are called {name}.").format(name=name))
        return found[0]

    def is_own(self, name: str, station_id: UUID | None) -> bool:
        """Whether a name is one that a tag of the station has by itself."""
        return station_id is not None and (station_id, _plain(name)) in self._own

    def resolver(self, station_id: UUID | None) -> Callable[[str], int]:
        """Return what an expression of a station is bound with: from a name to the tag's dense index."""
        return lambda name: self.find(name, station_id).index


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
