"""From a line's cells to the draft of the tag that it means, with where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from hmi.config.checks import number
from hmi.config.csv_files.cells import CellError, flag_of, meaningless, plain, text_in
from hmi.config.tag_csv.columns import ADDRESS, ASSET, CONNECTION, ID, KIND, NAME, STATION, WRITABLE, cells_of
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import PlacedTagDraft, TagDraft, placed_draft_of
from hmi.domain.language import tr
from hmi.domain.plant import AssetKind, Connection, Station
from hmi.domain.tag_fields import FIELD_LABELS, KIND_LABELS, NUMBERS, STATES, applies
from hmi.domain.tags import Tag, TagKind

_KINDS: Final = {
    **{plain(kind.value): kind for kind in TagKind},
    **{plain(label): kind for kind, label in KIND_LABELS.items()},
}
FOLLOWING: Final = tuple(name for name in FIELD_LABELS if name != KIND)
"""Fields that are read once the kind is known: it says which of them mean anything."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Entity = TypeVar("Entity", bound=_Named)


class Matcher:
    """Finds tags of one catalogue, and where they belong, by what lines call them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._stations = _by_name(catalogue.stations)
        self._connections = _by_name(catalogue.connections)
        self._assets = {each.id: _by_name(catalogue.assets_of_station.get(each.id, ())) for each in catalogue.stations}
        self._by_tag_name: dict[tuple[UUID, str], list[Tag]] = {}
        self._by_address: dict[tuple[UUID, UUID, str], list[Tag]] = {}
        for tag in catalogue.tags:
            self._by_tag_name.setdefault((tag.station_id, plain(tag.name)), []).append(tag)
            self._by_address.setdefault((tag.connection_id, tag.station_id, tag.revision.address), []).append(tag)

    def draft_of(self, cells: Mapping[str, str]) -> PlacedTagDraft:
        """Return what the cells make of the tag that they mean, or a new one. Raises CellError."""
        known = self._known(cells)
        if known is None:
            return _filled(self._new(cells), cells)
        draft = placed_draft_of(known)
        before = cells_of(draft, self._catalogue, ".")
        found_by_name = not cells.get(ID, "").strip() and plain(text_in(cells, NAME)) == plain(known.name)
        same = {NAME} if found_by_name else set()  # written with other capitals, it still is no other name
        cells = {name: cell for name, cell in cells.items() if cell != before[name] and name not in same}
        self._require_same_station(known, cells)
        return _filled(self._moved(draft, cells), cells)

    # ── which tag ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _known(self, cells: Mapping[str, str]) -> Tag | None:
        text = cells.get(ID, "").strip()
        if text:
            return self._of_id(_id_of(text))
        station = self._station(cells)
        name, address = text_in(cells, NAME), text_in(cells, ADDRESS)
        found = self._by_tag_name.get((station.id, plain(name)), []) if name else []
        if len(found) != 1 and text_in(cells, CONNECTION):
            connection = self._connection(cells)
            found = [tag for tag in found if tag.connection_id == connection.id]
            if not found and address:
                found = self._by_address.get((connection.id, station.id, address), [])
        elif not found and address:
            its = self._catalogue.connections_of_station.get(station.id, ())
            found = [tag for each in its for tag in self._by_address.get((each, station.id, address), [])]
        if len(found) > 1:
            words = tr("{station} has several tags that this may mean; give the id of the one that is meant.")
            raise CellError(ID, words.format(station=station.name))
        return found[0] if found else None

    def _of_id(self, tag_id: UUID) -> Tag | None:
        if tag_id in self._catalogue.connection_by_id or tag_id in self._catalogue.control_by_id:
            raise CellError(ID, tr("It is the id of something else; leave it empty for a new tag."))
        return self._catalogue.tag_by_id.get(tag_id)

    def _new(self, cells: Mapping[str, str]) -> PlacedTagDraft:
        station = self._station(cells)
        for column in (NAME, ADDRESS):
            if not text_in(cells, column):
                raise CellError(column, tr("It must not be empty."))
        given = cells.get(ID, "").strip()
        tag = TagDraft(id=_id_of(given)) if given else TagDraft()
        asset = self._asset(station, cells) if text_in(cells, ASSET) else self._site(station)
        return PlacedTagDraft(tag, station.id, self._connection_of_new(station, cells), asset)

    def _require_same_station(self, known: Tag, cells: Mapping[str, str]) -> None:
        if text_in(cells, STATION) and self._station(cells).id != known.station_id:
            name = self._catalogue.station_by_id[known.station_id].name
            words = tr("The tag of this id belongs to {station}; empty the id to make another.")
            raise CellError(STATION, words.format(station=name))

    # ── where it belongs ──────────────────────────────────────────────────────────────────────────────────────────

    def _moved(self, draft: PlacedTagDraft, cells: Mapping[str, str]) -> PlacedTagDraft:
        """Return a known tag's draft where the cells say; an empty cell leaves it where it is."""
        if text_in(cells, CONNECTION):
            draft = replace(draft, connection_id=self._connection(cells).id)
        if text_in(cells, ASSET):
            draft = replace(draft, asset_id=self._asset(self._catalogue.station_by_id[draft.station_id], cells))
        return draft

    def _station(self, cells: Mapping[str, str]) -> Station:
        return _one(self._stations, text_in(cells, STATION), STATION, tr("There is no station called {name}."))

    def _connection(self, cells: Mapping[str, str]) -> Connection:
        words = tr("There is no connection called {name}.")
        return _one(self._connections, text_in(cells, CONNECTION), CONNECTION, words)

    def _asset(self, station: Station, cells: Mapping[str, str]) -> UUID:
        words = tr("Its station has no equipment called {name}. Leave it empty for the station as a whole.")
        return _one(self._assets[station.id], text_in(cells, ASSET), ASSET, words).id

    def _site(self, station: Station) -> UUID | None:
        """Return the asset that stands for the station as a whole; None while there is none."""
        assets = self._catalogue.assets_of_station.get(station.id, ())
        return next((asset.id for asset in assets if asset.kind is AssetKind.SITE), None)

    def _connection_of_new(self, station: Station, cells: Mapping[str, str]) -> UUID:
        if text_in(cells, CONNECTION):
            return self._connection(cells).id
        its = self._catalogue.connections_of_station.get(station.id, ())
        if len(its) != 1:
            names = ", ".join(self._catalogue.connection_by_id[each].name for each in its)
            said = tr("Say which: {names}.").format(names=names) if its else tr("It must not be empty.")
            raise CellError(CONNECTION, said)
        return its[0]


def _filled(draft: PlacedTagDraft, cells: Mapping[str, str]) -> PlacedTagDraft:
    """Return the draft with what the cells say; an empty cell says something of the unit only. Raises CellError."""
    tag = draft.tag
    kind = _kind_of(cells[KIND]) if cells.get(KIND, "").strip() else tag.kind
    values: dict[str, Any] = {}
    states = list(tag.states)
    for name in FOLLOWING:
        cell = cells.get(name)
        if cell is None or not applies(kind, name) or not (cell.strip() or name == "unit"):
            continue
        if name in STATES:
            states[STATES.index(name)] = _text(cells, name, tag.states[STATES.index(name)])
        elif name == WRITABLE:
            values[name] = _flag(cell)
        elif name in NUMBERS:
            values[name] = _number(cell, getattr(tag, name))
        else:
            values[name] = _text(cells, name, getattr(tag, name))
    return replace(draft, tag=replace(tag, kind=kind, states=(states[0], states[1]), **values))


def _number(cell: str, before: str) -> str:
    """Return a number's text; one that reads as it did stays as it was written."""
    text = cell.strip().replace(",", ".")
    found = number(text)
    return before if found is not None and found == number(before) else text


def _text(cells: Mapping[str, str], name: str, before: str) -> str:
    text = text_in(cells, name)
    return before if text == before.strip() else text


def _flag(cell: str) -> bool:
    found = flag_of(cell)
    if found is None:
        raise meaningless(WRITABLE, cell, tr("yes or no"))
    return found


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CellError(ID, tr("It is no id; leave it empty for a new tag.")) from None


def _kind_of(cell: str) -> TagKind:
    found = _KINDS.get(plain(cell))
    if found is None:
        raise meaningless(KIND, cell, tr("Analog, Discrete, Counter or Text"))
    return found


def _by_name(entities: Iterable[Entity]) -> dict[str, list[Entity]]:
    found: dict[str, list[Entity]] = {}
    for entity in entities:
        found.setdefault(plain(entity.name), []).append(entity)
    return found


def _one(known: Mapping[str, Sequence[Entity]], name: str, column: str, nobody: str) -> Entity:
    """Return what is called so. Raises CellError. nobody: the sentence where nothing is, with {name}."""
    if not name:
        raise CellError(column, tr("It must not be empty."))
    found = known.get(plain(name), ())
    if not found:
        raise CellError(column, nobody.format(name=name))
    if len(found) > 1:
        raise CellError(column, tr("Several are called {name}.").format(name=name))
    return found[0]
