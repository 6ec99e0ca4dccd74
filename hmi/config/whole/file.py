"""What the file holds, and reading it: every word of it is checked before anything is compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hmi.config.account_store import AccountBook
from hmi.config.package import Package, PackageError, pack, require_whole
from hmi.config.people_definitions import GivenRole, GivenUser, given_role, given_user
from hmi.config.whole.kinds import KINDS
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.storage.local.trend_groups import StoredGroup

FORMAT: Final = "roams-configuration"
VERSION: Final = 1
BYTES_MOST: Final = 100 * 2**20


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GivenGroup(_Given):
    """A group of trend pens."""

    id: UUID
    name: str = Field(min_length=1, max_length=200)
    definition: dict[str, Any]


class ConfigurationFile(_Given):
    """All of it; an unknown key is an error. settings: by the keys of hmi.config.whole.kinds."""

    format: Literal["roams-configuration"]
    version: Literal[1]
    exported_at: datetime
    stations: Package | None
    roles: tuple[GivenRole, ...]
    users: tuple[GivenUser, ...]
    settings: dict[str, dict[str, Any]]
    trend_groups: tuple[GivenGroup, ...]


@dataclass(frozen=True, slots=True)
class Here:
    """What is configured here. settings: by key."""

    catalogue: Catalogue
    people: AccountBook
    settings: dict[str, BaseModel]
    groups: tuple[StoredGroup, ...]


def write(here: Here) -> str:
    """Return all that is configured as the text of a file. Raises PackageError."""
    catalogue, people = here.catalogue, here.people
    stations = [station.id for station in catalogue.stations]
    return ConfigurationFile(
        format="roams-configuration",
        version=1,
        exported_at=datetime.now(UTC),
        stations=pack(catalogue, stations) if stations else None,
        roles=tuple(given_role(role) for role in people.roles.values()),
        users=tuple(given_user(each) for each in people.accounts.values() if not each.is_break_glass),
        settings={kind.key: kind.bare(here.settings[kind.key]).model_dump(mode="json") for kind in KINDS},
        trend_groups=tuple(
            GivenGroup(id=each.id, name=each.name, definition=dict(each.definition)) for each in here.groups
        ),
    ).model_dump_json(indent=1)


def read(text: str) -> ConfigurationFile:
    """Return what a file's text is. Raises PackageError in words."""
    if len(text) > BYTES_MOST:
        raise PackageError(tr("The file is larger than 100 MB; no configuration is."))
    try:
        found = ConfigurationFile.model_validate_json(text)
    except ValidationError as error:
        raise PackageError(_why(error)) from error
    if found.stations is not None:
        require_whole(found.stations)
    return found


def settings_of(file: ConfigurationFile, here: Here) -> dict[str, BaseModel]:
    """Return the file's settings by key, with what was left out put back from here. Raises PackageError."""
    known = {kind.key: kind for kind in KINDS}
    found: dict[str, BaseModel] = {}
    for key, values in file.settings.items():
        kind = known.get(key)
        if kind is None:
            raise PackageError(
                tr("The file is of a newer version of the program: it has settings “{key}”.").format(key=key)
            )
        try:
            found[key] = kind.filled(kind.model.model_validate(values), here.settings[key])
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors()[0]["loc"])
            words = tr("The file is damaged at {label}, {place}: {why}.")
            raise PackageError(words.format(label=kind.label, place=place, why=error.errors()[0]["msg"])) from error
    return found


def _why(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return tr("The file is no configuration: it is not JSON, or it was cut short.")
    if place == "format" and first.get("input") == "roams-stations":
        return tr("This is a package of stations. Import it under Setup, Stations.")
    if not place or place in ("format", "version"):
        return tr("The file is no configuration, or one of a newer version of the program.")
    return tr("The file is damaged at {place}: {why}.").format(place=place, why=first["msg"])
