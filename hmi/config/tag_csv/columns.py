"""The columns of a file of tags, and a draft's cells in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hmi.config.csv_files.cells import flag_text, guarded, number_text
from hmi.config.csv_files.columns import Columns
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import PlacedTagDraft, TagDraft
from hmi.domain.language import tr
from hmi.domain.tag_fields import FIELD_LABELS, KIND_LABELS, NUMBERS, STATES, applies

ID: Final = "id"
STATION: Final = "station"
ASSET: Final = "asset"
CONNECTION: Final = "connection"
NAME: Final = "name"
ADDRESS: Final = "address"
KIND: Final = "kind"
WRITABLE: Final = "writable"

_FIRST: Final = ("kind", "unit", "decimals", "low", "high", "scale", "offset", "state_off", "state_on", "writable")
_PLACE: Final = {STATION: tr("Station"), ASSET: tr("Equipment"), CONNECTION: tr("Connection")}
_ORDER: Final = (STATION, ASSET, NAME, CONNECTION, ADDRESS, *_FIRST)

LABELS: Final[Mapping[str, str]] = {
    ID: tr("Id"),
    **{name: {**FIELD_LABELS, **_PLACE}[name] for name in _ORDER},
    **{name: label for name, label in FIELD_LABELS.items() if name not in _ORDER},
}
"""Every column's heading, in the order of a file."""

COLUMNS: Final = Columns(tr("tags"), LABELS, (ID, NAME, ADDRESS))


def text_of(tag: TagDraft, name: str) -> str:
    """Return a field of a tag in words; empty where it means nothing for the kind."""
    if not applies(tag.kind, name):
        return ""
    if name == KIND:
        return KIND_LABELS[tag.kind]
    if name == WRITABLE:
        return flag_text(tag.writable)
    if name in STATES:
        return tag.states[STATES.index(name)]
    return str(getattr(tag, name))


def place_texts(draft: PlacedTagDraft, catalogue: Catalogue) -> dict[str, str]:
    """Return where a tag belongs, in words. Equipment is empty for the station as a whole where none stands for it."""
    station = catalogue.station_by_id.get(draft.station_id)
    connection = catalogue.connection_by_id.get(draft.connection_id)
    asset = catalogue.asset_by_id.get(draft.asset_id) if draft.asset_id is not None else None
    return {
        STATION: station.name if station is not None else "",
        ASSET: asset.name if asset is not None else "",
        CONNECTION: connection.name if connection is not None else "",
    }


def cells_of(draft: PlacedTagDraft, catalogue: Catalogue, decimal: str) -> dict[str, str]:
    """Return a draft's cells by column."""
    cells = {ID: str(draft.tag.id)}
    cells |= {name: guarded(text) for name, text in place_texts(draft, catalogue).items()}
    for name in FIELD_LABELS:
        text = text_of(draft.tag, name)
        cells[name] = number_text(text, decimal) if name in NUMBERS else guarded(text)
    return cells
