"""Tags to CSV files and from them. On the I/O thread; what is large or blocks is handed to others.

Everybody may export and compare; importing needs the right to edit stations, at every station that it touches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from drivers.api import DriverType
from hmi.config import tag_csv
from hmi.config.catalogue import CatalogueStore
from hmi.config.csv_files import CsvDifferences
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import PlacedTagDraft
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.domain.tags import Tag
from hmi.services import port
from hmi.services.csv_files import CHANGED, preview_of, write_text
from hmi.services.engineering import Configuration


class TagFiles:
    """Answers the requests about files of tags."""

    def __init__(self, driver_types: Sequence[DriverType], store: CatalogueStore, configuration: Configuration) -> None:
        self._driver_types = tuple(driver_types)
        self._store = store
        self._configuration = configuration

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.ExportTagCsv: self._export,
            port.CompareTagCsv: self._compare,
            port.ApplyTagCsv: self._apply,
        }

    async def _export(self, request: port.ExportTagCsv) -> int:
        catalogue = self._configuration.catalogue()
        wanted = set(request.station_ids)
        stations = [station.id for station in catalogue.stations if not wanted or station.id in wanted]
        tags = [tag for each in stations for tag in catalogue.tags_of_station.get(each, ())]
        if not tags:
            raise port.RefusedError(tr("There is nothing to export."))
        await asyncio.to_thread(_write, request.path, tags, catalogue, is_european=request.is_european)
        return len(tags)

    async def _compare(self, request: port.CompareTagCsv) -> port.CsvPreview[PlacedTagDraft]:
        return await self._look(request, self._configuration.catalogue())

    async def _look(self, request: port.CompareTagCsv, catalogue: Catalogue) -> port.CsvPreview[PlacedTagDraft]:
        compare = partial(tag_csv.compare, catalogue=catalogue, driver_types=self._driver_types)
        return await asyncio.to_thread(preview_of, request.path, catalogue.version, compare, removes=request.removes)

    async def _apply(self, request: port.ApplyTagCsv) -> int:
        self._configuration.require_somewhere(Permission.EDIT_STATIONS)
        catalogue = self._configuration.catalogue()
        preview = await self._look(port.CompareTagCsv(request.path, request.removes), catalogue)
        if preview.seal != request.seal:
            raise port.RefusedError(CHANGED)
        found = preview.differences
        stations = _touched(found, catalogue)
        if not stations:
            return 0
        self._configuration.require(Permission.EDIT_STATIONS, *stations)
        drafts = tuple(change.draft for change in found.changes)
        words = tr("Imported tags: {name}").format(name=request.path.name)
        await self._configuration.change(
            self._store.change_tags,
            self._driver_types,
            drafts,
            found.removed,
            catalogue.version,
            self._configuration.user(),
            words,
        )
        return len(drafts) + len(found.removed)


def _touched(found: CsvDifferences[PlacedTagDraft], catalogue: Catalogue) -> tuple[UUID, ...]:
    """Return the stations of all tags that an import adds, changes or deletes; before it and after."""
    known = [change.draft.tag.id for change in found.changes if change.draft.tag.id in catalogue.tag_by_id]
    before = (catalogue.tag_by_id[each].station_id for each in (*known, *found.removed))
    return tuple(dict.fromkeys((*(change.draft.station_id for change in found.changes), *before)))


def _write(path: Path, tags: list[Tag], catalogue: Catalogue, *, is_european: bool) -> None:
    write_text(path, tag_csv.write(tags, catalogue, is_european=is_european))
