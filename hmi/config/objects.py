"""Configured objects as data: told apart by kind and key, written as JSON, read back, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from hmi.domain.alarms import TYPE_LABELS, AlarmDefinition
from hmi.domain.alarms.subjects import subject_name
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control
from hmi.domain.language import tr
from hmi.domain.plant import Area, Asset, Connection, Pipe, Station
from hmi.domain.sequences import CommandSequence
from hmi.domain.tags import Tag, TagRevision


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """One kind of object: its word, where the catalogue has it, and what it is."""

    name: str
    label: str
    attribute: str
    type: type[Any]


KINDS: Final = (
    ObjectKind("area", "Area", "areas", Area),
    ObjectKind("station", "Station", "stations", Station),
    ObjectKind("asset", "Equipment", "assets", Asset),
    ObjectKind("connection", "Connection", "connections", Connection),
    ObjectKind("tag", "Tag", "tags", Tag),
    ObjectKind("alarm", "Alarm", "alarms", AlarmDefinition),
    ObjectKind("control", "Control", "controls", Control),
    ObjectKind("sequence", "Sequence", "sequences", CommandSequence),
    ObjectKind("pipe", "Pipe", "pipes", Pipe),
)
"""In the order in which one may point at those before it."""
LABELS: Final = {kind.name: kind.label for kind in KINDS}
_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {}
SHORT: Final = 60


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object before and after; None where it was not there."""

    kind: str
    key: str
    name: str
    before: Any
    after: Any


def adapter(kind: str) -> TypeAdapter[Any]:
    """Return what reads and writes a kind; made when first wanted, since that takes a while."""
    if kind not in _ADAPTERS:
        found = next(each for each in KINDS if each.name == kind)
        _ADAPTERS[kind] = TypeAdapter(found.type)
    return _ADAPTERS[kind]


def definition_of(kind: str, entity: object) -> dict[str, Any]:
    """Return an object as JSON has it."""
    found: dict[str, Any] = adapter(kind).dump_python(entity, mode="json")
    return found


def entity_of(kind: str, definition: Mapping[str, Any]) -> Any:
    """Return the object that JSON says. Raises pydantic.ValidationError."""
    return adapter(kind).validate_python(dict(definition))


def key_of(entity: Any) -> str:
    """Return what tells an object apart from others of its kind."""
    return f"{entity.start_id}/{entity.end_id}" if isinstance(entity, Pipe) else str(entity.id)


def name_of(entity: Any, catalogue: Catalogue) -> str:
    """Return an object's name as people know it."""
    if isinstance(entity, AlarmDefinition):
        return f"{subject_name(catalogue, entity)} {TYPE_LABELS[entity.type]}"
    if isinstance(entity, Pipe):
        ends = (catalogue.station_by_id.get(entity.start_id), catalogue.station_by_id.get(entity.end_id))
        return " – ".join(end.name if end is not None else "?" for end in ends)
    if isinstance(entity, Tag):
        station = catalogue.station_by_id.get(entity.station_id)
        return f"{station.name} · {entity.name}" if station is not None else entity.name
    return str(entity.name)


def changed_objects(before: Catalogue, after: Catalogue) -> Iterator[ObjectChange]:
    """Yield every object that is another, new or gone. One and the same in both is not looked into: most are."""
    for kind in KINDS:
        old, new = getattr(before, kind.attribute), getattr(after, kind.attribute)
        stay = {id(each) for each in old} & {id(each) for each in new}
        was = {key_of(each): each for each in old if id(each) not in stay}
        now = {key_of(each): each for each in new if id(each) not in stay}
        for key, entity in now.items():
            if was.get(key) != entity:
                yield ObjectChange(kind.name, key, name_of(entity, after), was.get(key), entity)
        for key, entity in was.items():
            if key not in now:
                yield ObjectChange(kind.name, key, name_of(entity, before), entity, None)


def only(catalogue: Catalogue, named: Catalogue) -> Catalogue:
    """Return the part of a catalogue whose objects another one has, too, whatever they say there."""
    parts = {}
    for kind in KINDS:
        keys = {key_of(each) for each in getattr(named, kind.attribute)}
        parts[kind.attribute] = tuple(each for each in getattr(catalogue, kind.attribute) if key_of(each) in keys)
    return Catalogue(version=catalogue.version, **parts)


def catalogue_of(version: int, found: Iterable[tuple[str, Mapping[str, Any]]]) -> Catalogue:
    """Return the catalogue that objects make. Raises pydantic.ValidationError."""
    parts: dict[str, list[Any]] = {kind.name: [] for kind in KINDS}
    for kind, definition in found:
        if kind in parts:
            parts[kind].append(entity_of(kind, definition))
    parts["tag"].sort(key=lambda tag: tag.index)
    return Catalogue(version=version, **{kind.attribute: tuple(parts[kind.name]) for kind in KINDS})


def said(change: ObjectChange, tags: Mapping[int, str] | None = None) -> str:
    """Return a change in words: added, deleted, or which fields say what now. tags: names by dense index."""
    if change.before is None:
        return tr("added")
    if change.after is None:
        return tr("deleted")
    return "; ".join(
        f"{label}: {_short(old, tags)} → {_short(new, tags)}"
        for label, old, new in _fields(change.before, change.after)
        if old != new
    )


POINTS_AT_TAGS: Final = frozenset({"command", "readback", "permissives", "interlocks", "flow_tag"})
UNSAID: Final = frozenset({"index", "valid_from_us", "approved_us", "revision"})


def _fields(before: Any, after: Any) -> Iterator[tuple[str, object, object]]:
    for field in fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if isinstance(old, TagRevision):
            yield from _fields(old, new)
        elif field.name not in UNSAID:
            label = field.name.replace("_", " ")
            yield (
                label,
                _Pointer(old) if field.name in POINTS_AT_TAGS else old,
                (_Pointer(new) if field.name in POINTS_AT_TAGS else new),
            )


@dataclass(frozen=True, slots=True)
class _Pointer:
    """Dense indices of tags, to be shown by name."""

    value: Any


def _short(value: object, tags: Mapping[int, str] | None) -> str:
    if isinstance(value, _Pointer):
        indices = value.value if isinstance(value.value, tuple) else (value.value,)
        text = ", ".join((tags or {}).get(index, str(index)) for index in indices) or tr("none")
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        text = tr("{count} parts").format(count=len(value))
    elif isinstance(value, UUID):
        text = str(value)[:8]
    elif isinstance(value, float):
        text = f"{value:g}"
    else:
        text = str(value) if value != "" else tr("empty")
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
