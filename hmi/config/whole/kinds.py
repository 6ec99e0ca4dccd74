"""The settings that belong to the configuration: described once, for the file, its differences and the rights.

Not among them is what is of this one computer: which installation it is, and at which stations it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from hmi.config import (
    alarm_settings,
    alarm_templates,
    audit_settings,
    directory_settings,
    history_settings,
    notification_settings,
    sign_in_settings,
    sound_settings,
)
from hmi.config.notification_channels import LEFT_OUT, WebhookChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.domain.language import tr
from hmi.domain.roles import Permission


@dataclass(frozen=True, slots=True)
class SettingsKind:
    """One kind of settings: its key in roams.db, what it is called, what it is, and who may change it.

    bare: leaves out what may be a secret. filled: puts back what was left out, from the settings that are here.
    """

    key: str
    label: str
    model: type[BaseModel]
    permission: Permission
    bare: Callable[[Any], Any] = lambda settings: settings
    filled: Callable[[Any, Any], Any] = lambda given, _here: given


def _bare(settings: NotificationSettings) -> NotificationSettings:
    return settings.to_remember()


def _filled(given: NotificationSettings, here: NotificationSettings) -> NotificationSettings:
    """Take what was left out of each channel from the one here; a channel without its address stays switched off."""
    known = {each.id: each for each in here.channels if isinstance(each, WebhookChannel)}
    channels = tuple(
        _filled_channel(each, known.get(each.id)) if isinstance(each, WebhookChannel) else each
        for each in given.channels
    )
    return given.model_copy(update={"channels": channels})


def _filled_channel(given: WebhookChannel, now: WebhookChannel | None) -> WebhookChannel:
    is_same = now is not None and now.bare().url == given.url  # whose rest is kept here, or in the clear still
    if now is not None:
        values = {each.name.lower(): each.value for each in now.headers}
        headers = tuple(
            each.model_copy(update={"value": each.value or values.get(each.name.lower(), "")}) for each in given.headers
        )
        given = given.model_copy(update={"headers": headers, "url": now.url if is_same else given.url})
    if not given.url.endswith(LEFT_OUT):
        return given
    is_on = given.is_on and is_same and now is not None and now.is_on  # else nobody has given its address here
    return given.model_copy(update={"is_on": is_on})


KINDS: Final = (
    SettingsKind(
        sign_in_settings.KEY, tr("Rules of signing in"), sign_in_settings.SignInSettings, Permission.EDIT_USERS
    ),
    SettingsKind(directory_settings.KEY, tr("Directory"), directory_settings.DirectorySettings, Permission.EDIT_USERS),
    SettingsKind(alarm_settings.KEY, tr("Rules of alarms"), alarm_settings.AlarmSettings, Permission.EDIT_ALARMS),
    SettingsKind(
        alarm_templates.KEY, tr("Templates of alarms"), alarm_templates.AlarmTemplates, Permission.EDIT_ALARMS
    ),
    SettingsKind(sound_settings.KEY, tr("Sound"), sound_settings.SoundSettings, Permission.EDIT_NOTIFICATIONS),
    SettingsKind(
        notification_settings.KEY,
        tr("Notifications"),
        NotificationSettings,
        Permission.EDIT_NOTIFICATIONS,
        _bare,
        _filled,
    ),
    SettingsKind(history_settings.KEY, tr("History"), history_settings.HistorySettings, Permission.EDIT_DATA),
    SettingsKind(audit_settings.KEY, tr("Audit record"), audit_settings.AuditSettings, Permission.EDIT_DATA),
)
