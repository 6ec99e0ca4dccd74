"""What an import would change, in words, before it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pydantic import BaseModel

from drivers.api import DriverType
from hmi.config import objects, package
from hmi.config.account_store import PeopleChange
from hmi.config.notification_channels import WebhookChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.config.package import Difference
from hmi.config.people_words import account_parts, account_words, role_words
from hmi.config.whole.file import ConfigurationFile, Here, settings_of
from hmi.config.whole.kinds import KINDS, LEFT_OUT, SettingsKind
from hmi.domain.accounts import with_built_in
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr

SHORT: Final = 60
PLAIN: Final = (str, int, float, bool)


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
            found += _settings(kind, here.settings[kind.key], settings[kind.key])
    found += _groups(file, here, removes=removes)
    return tuple(found)


def _gone(file: ConfigurationFile, catalogue: Catalogue) -> Iterator[Difference]:
    plant = package.as_plant(file.stations) if file.stations is not None else Catalogue()
    for change in objects.changed_objects(catalogue, objects.only(catalogue, plant)):
        yield Difference(tr(objects.LABELS[change.kind]), change.name, tr("deleted"))


def _people(people: PeopleChange, here: Here) -> Iterator[Difference]:
    book = here.people
    roles = with_built_in((*(each.role for each in book.stored.values()), *people.roles))
    for role in people.roles:
        before = book.roles.get(role.key)
        old = f"{role_words(before)} → " if before is not None else tr("added: ")
        yield Difference(tr("Role"), role.name, old + role_words(role))
    for key in people.gone_roles:
        yield Difference(tr("Role"), book.roles[key].name, tr("deleted"))
    for account in people.accounts:
        now = book.accounts.get(account.id)
        if now is not None:
            pairs = zip(
                account_parts(now, book.roles, here.catalogue),
                account_parts(account, roles, here.catalogue),
                strict=True,
            )
            words = "; ".join(f"{old or '–'} → {new or '–'}" for old, new in pairs if old != new)
            yield Difference(tr("User"), now.name, words)
        else:
            note = tr("added, without a password until an administrator gives one: ")
            yield Difference(tr("User"), account.name, note + account_words(account, roles, here.catalogue))
    for account_id in people.gone_accounts:
        yield Difference(tr("User"), book.accounts[account_id].name, tr("deleted"))


def _settings(kind: SettingsKind, before: BaseModel, after: BaseModel) -> Iterator[Difference]:
    for name, field in type(after).model_fields.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Difference(kind.label, field.title or name.replace("_", " "), _change(old, new))
    if isinstance(after, NotificationSettings):
        for channel in after.channels:
            if isinstance(channel, WebhookChannel) and channel.url.endswith(LEFT_OUT):
                words = tr("switched off: its address is in no file. Type it, then switch the channel on")
                yield Difference(kind.label, channel.name, words)


def _change(old: object, new: object) -> str:
    if isinstance(old, PLAIN) and isinstance(new, PLAIN):
        return f"{_short(old)} → {_short(new)}"
    if isinstance(old, tuple | frozenset) and isinstance(new, tuple | frozenset) and len(old) != len(new):
        return tr("changed, {old} → {new} entries").format(old=len(old), new=len(new))
    return tr("changed")


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


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
