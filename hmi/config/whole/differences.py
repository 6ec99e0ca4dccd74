"""What an import would change, in words, before it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from drivers.api import DriverType
from hmi.config import objects, package
from hmi.config.account_store import PeopleChange
from hmi.config.kept_history import ROLE, SETTING, USER
from hmi.config.kept_words import LABELS, change_words
from hmi.config.notification_channels import LEFT_OUT, WebhookChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.config.package import Difference
from hmi.config.people_definitions import given_role, given_user
from hmi.config.whole.file import ConfigurationFile, Here, settings_of
from hmi.config.whole.kinds import KINDS, SettingsKind
from hmi.domain.accounts import with_built_in
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr


def differences(
    file: ConfigurationFile,
    here: Here,
    people: PeopleChange,
    driver_types: Sequence[DriverType],
    *,
    removes: bool,
) -> tuple[Difference, ...]:
    """Return what importing would change, nothing when all is alike. Raises PackageError when it cannot be imported."""
    found: list[Difference] = []
    if file.stations is not None:
        found += package.compare(file.stations, here.catalogue, driver_types)
    if removes:
        found += _gone(file, here.catalogue)
    found += _people(people, here)
    settings = settings_of(file, here)
    for kind in KINDS:
        if kind.key in settings:
            found += _settings(kind, here.settings[kind.key], settings[kind.key], here)
    found += _groups(file, here, removes=removes)
    return tuple(found)


def _gone(file: ConfigurationFile, catalogue: Catalogue) -> Iterator[Difference]:
    plant = package.as_plant(file.stations) if file.stations is not None else Catalogue()
    for change in objects.changed_objects(catalogue, objects.only(catalogue, plant)):
        yield Difference(tr(objects.LABELS[change.kind]), change.name, tr("deleted"))


def _people(people: PeopleChange, here: Here) -> Iterator[Difference]:
    book, plant = here.people, here.catalogue
    roles = with_built_in((*(each.role for each in book.stored.values()), *people.roles))
    for role in people.roles:
        before = book.roles.get(role.key)
        old = _dump(given_role(before)) if before is not None else None
        words = change_words(ROLE, role.key, old, _dump(given_role(role)), roles, plant)
        if before is None:
            words = tr("added: {words}").format(words=words)
        yield Difference(LABELS[ROLE], role.name, words)
    for key in people.gone_roles:
        yield Difference(LABELS[ROLE], book.roles[key].name, tr("deleted"))
    for account in people.accounts:
        now = book.accounts.get(account.id)
        old = _dump(given_user(now)) if now is not None else None
        words = change_words(USER, str(account.id), old, _dump(given_user(account)), roles, plant)
        if now is None:
            words = tr("added, without a password until an administrator gives one: {words}").format(words=words)
        yield Difference(LABELS[USER], now.name if now is not None else account.name, words)
    for account_id in people.gone_accounts:
        yield Difference(LABELS[USER], book.accounts[account_id].name, tr("deleted"))


def _settings(kind: SettingsKind, before: BaseModel, after: BaseModel, here: Here) -> Iterator[Difference]:
    if before != after:
        words = change_words(SETTING, kind.key, _dump(before), _dump(after), here.people.roles, here.catalogue)
        yield Difference(LABELS[SETTING], kind.label, words)
    if isinstance(after, NotificationSettings):
        for channel in after.channels:
            if isinstance(channel, WebhookChannel) and channel.url.endswith(LEFT_OUT) and not channel.is_on:
                words = tr("switched off: its address is in no file. Type it, then switch the channel on")
                yield Difference(kind.label, channel.name, words)


def _dump(given: BaseModel) -> dict[str, Any]:
    return given.model_dump(mode="json")


def _groups(file: ConfigurationFile, here: Here, *, removes: bool) -> Iterable[Difference]:
    known = {each.name.casefold(): each for each in here.groups}
    for group in file.trend_groups:
        now = known.get(group.name.casefold())
        if now is None or dict(now.definition) != group.definition:
            yield Difference(tr("Trend group"), group.name, tr("added") if now is None else tr("changed"))
    if removes:
        named = {group.name.casefold() for group in file.trend_groups}
        for key, now in known.items():
            if key not in named:
                yield Difference(tr("Trend group"), now.name, tr("deleted"))
