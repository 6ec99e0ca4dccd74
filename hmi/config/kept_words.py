"""What a change made of a user, a role or a kind of settings, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from hmi.config.kept_history import ROLE, SETTING, USER
from hmi.config.people_words import PERMISSIONS
from hmi.config.whole.kinds import KINDS
from hmi.domain.accounts import Source
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Role

SHORT: Final = 60
LABELS: Final = {USER: tr("User"), ROLE: tr("Role"), SETTING: tr("Settings")}
FIELDS: Final = {
    "name": tr("name"),
    "full_name": tr("full name"),
    "role": tr("role"),
    "stations": tr("stations"),
    "is_enabled": tr("enabled"),
    "source": tr("password is kept"),
    "shelve_most_s": tr("shelves at most, s"),
}
SOURCES: Final = {Source.LOCAL: tr("here"), Source.DIRECTORY: tr("by the directory")}
_SETTINGS: Final = {kind.key: kind for kind in KINDS}
_PERMISSIONS: Final = {str(each): words for each, words in PERMISSIONS.items()}

Definition = Mapping[str, Any]


def name_of(kind: str, key: str, name: str) -> str:
    """Return what an object is called; settings by what their form is called."""
    return _SETTINGS[key].label if kind == SETTING and key in _SETTINGS else name


def change_words(
    kind: str, key: str, old: Definition | None, new: Definition | None, roles: Mapping[str, Role], plant: Catalogue
) -> str:
    """Return what has changed; old None: nothing was known of it before, new None: deleted."""
    if new is None:
        return tr("deleted")
    if kind == SETTING:
        found = _settings(key, old or {}, new)
    elif kind == ROLE:
        found = _role(old or {}, new)
    else:
        found = _user(old or {}, new, roles, plant)
    return "; ".join(found)


def _user(old: Definition, new: Definition, roles: Mapping[str, Role], plant: Catalogue) -> Iterator[str]:
    def told(name: str, value: object) -> str:
        if name == "role":
            return roles[str(value)].name if value in roles else str(value)
        if name == "stations":
            return tr("all") if value is None else ", ".join(sorted(_station(each, plant) for each in _ids(value)))
        if name == "source":
            return SOURCES[Source(str(value))]
        return _plain(value)

    for name in ("name", "full_name", "role", "stations", "is_enabled", "source"):
        was = told(name, old[name]) if name in old else ""
        is_now = told(name, new[name])
        if was != is_now and (name in old or new[name] != ""):
            yield f"{FIELDS[name]}: {was} → {is_now}" if was else f"{FIELDS[name]}: {is_now}"


def _role(old: Definition, new: Definition) -> Iterator[str]:
    was, is_now = set(old.get("permissions", ())), set(new["permissions"])
    yield from (f"+ {_permission(each)}" for each in sorted(is_now - was))
    yield from (f"− {_permission(each)}" for each in sorted(was - is_now))
    for name in ("name", "shelve_most_s"):
        if old.get(name) != new[name]:
            yield f"{FIELDS[name]}: {_plain(old[name])} → {_plain(new[name])}" if name in old else _plain(new[name])


def _permission(name: str) -> str:
    return f"“{_PERMISSIONS.get(name, name)}”"


def _settings(key: str, old: Definition, new: Definition) -> Iterator[str]:
    fields = _SETTINGS[key].model.model_fields if key in _SETTINGS else {}
    for name, value in new.items():
        if old.get(name) == value:
            continue
        title = (fields[name].title if name in fields else "") or name.replace("_", " ")
        was, is_now = _told(old[name]) if name in old else "", _told(value)
        if not was:
            yield f"{title}: {is_now}"
        else:
            yield tr("{title} changed").format(title=title) if was == is_now else f"{title}: {was} → {is_now}"


def _told(value: object) -> str:
    if isinstance(value, dict | list):
        return tr("1 entry") if len(value) == 1 else tr("{count} entries").format(count=len(value))
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    text = str(value) or "–"
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def _ids(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _station(station_id: str, plant: Catalogue) -> str:
    station = plant.station_by_id.get(UUID(station_id))
    return station.name if station is not None else tr("a station that is gone")
