"""Reading all that is configured, and bringing it to a file: in one transaction; on the configuration thread."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import uuid4

from pydantic import BaseModel
from sqlalchemy import Connection as Database
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from drivers.api import DriverType
from hmi.config.account_store import AccountBook, PeopleChange, people_in, put_people
from hmi.config.catalogue import InvalidError
from hmi.config.catalogue_change import CatalogueChange
from hmi.config.kept_settings import keep_in, kept_in
from hmi.config.package import Difference, as_plant
from hmi.config.whole.differences import differences
from hmi.config.whole.file import ConfigurationFile, Here, settings_of, write
from hmi.config.whole.kinds import KINDS
from hmi.config.whole.people import people_change
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.storage.errors import StorageError
from hmi.storage.local import configuration, trend_groups
from hmi.storage.local.trend_groups import StoredGroup


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would change. seal: of the file and of what is here, so that only what was seen is imported."""

    differences: tuple[Difference, ...]
    seal: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What is so now. people: what became of users and roles; before: how they were."""

    catalogue: Catalogue
    book: AccountBook
    settings: dict[str, BaseModel]
    people: PeopleChange
    before: AccountBook


class WholeStore:
    """people: the file of the users, which is another where they must not outlive the program."""

    def __init__(self, engine: Engine, people: Engine, driver_types: Sequence[DriverType]) -> None:
        self._engine = engine
        self._people = people
        self._driver_types = tuple(driver_types)

    def export(self) -> str:
        """Return all that is configured as the text of a file. Raises PackageError, StorageError."""
        with ExitStack() as stack:
            return write(self._here(*self._begun(stack)))

    def preview(self, file: ConfigurationFile, *, removes: bool, user: str) -> Preview:
        """Return what importing would change. Raises PackageError, StorageError."""
        with ExitStack() as stack:
            here = self._here(*self._begun(stack))
            return self._seen(file, here, self._people_change(file, here, user, removes=removes), removes=removes)

    def bring(self, file: ConfigurationFile, seal: str, *, removes: bool, user: str, reason: str) -> Imported:
        """Import what was seen, all of it or nothing. Raises PackageError, InvalidError, StorageError."""
        try:
            with ExitStack() as stack:
                database, people_database = self._begun(stack)
                here = self._here(database, people_database)
                people = self._people_change(file, here, user, removes=removes)
                if self._seen(file, here, people, removes=removes).seal != seal:
                    raise InvalidError(
                        tr("The file or the configuration was changed meanwhile. Look at the differences again.")
                    )
                book = put_people(people_database, people)
                settings = settings_of(file, here)
                for key, values in settings.items():
                    keep_in(database, key, values, user)
                _put_groups(database, file, here, removes=removes)
                plant = as_plant(file.stations) if file.stations is not None else Catalogue()
                catalogue = CatalogueChange(database).put_plant(plant, user, reason, is_all=removes)
                return Imported(catalogue, book, settings, people, here.people)
        except DatabaseError as error:
            words = tr("Nothing was imported: {error}. Free some space on the disk.")
            raise StorageError(words.format(error=error.orig)) from error

    def _begun(self, stack: ExitStack) -> tuple[Database, Database]:
        database = stack.enter_context(self._engine.begin())
        return database, database if self._people is self._engine else stack.enter_context(self._people.begin())

    def _here(self, database: Database, people_database: Database) -> Here:
        return Here(
            configuration.load(database),
            people_in(people_database),
            {kind.key: kept_in(database, kind.key, kind.model) for kind in KINDS},
            trend_groups.groups(database),
        )

    def _people_change(self, file: ConfigurationFile, here: Here, user: str, *, removes: bool) -> PeopleChange:
        at_us = time.time_ns() // 1000
        return people_change(file.roles, file.users, here.people, removes=removes, by=user, at_us=at_us)

    def _seen(self, file: ConfigurationFile, here: Here, people: PeopleChange, *, removes: bool) -> Preview:
        found = differences(file, here, people, self._driver_types, removes=removes)
        sealed = hashlib.sha256(file.model_dump_json().encode())
        sealed.update(repr((here.catalogue.version, removes, found)).encode())
        return Preview(found, sealed.hexdigest())


def _put_groups(database: Database, file: ConfigurationFile, here: Here, *, removes: bool) -> None:
    """Bring the groups to the file's; one of the same name is the same group."""
    known = {each.name.casefold(): each for each in here.groups}
    taken = {each.id for each in here.groups}
    for group in file.trend_groups:
        now = known.pop(group.name.casefold(), None)
        free = group.id if group.id not in taken else uuid4()
        trend_groups.put_group(database, StoredGroup(now.id if now else free, group.name, group.definition))
    if removes:
        for gone in known.values():
            trend_groups.delete_group(database, gone.id)
