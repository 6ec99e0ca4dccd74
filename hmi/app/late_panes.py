"""Panes that few look at: made, and their code loaded, when somebody does; behind the start it is loaded anyway.

Those that hear wishes of others, such as that of stations, are no such panes: they must be there to hear them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from hmi.domain.language import tr
from hmi.ui.pane import PaneContext

MakePane = Callable[[PaneContext], QWidget]
LoadPane = Callable[[], MakePane]
"""Loads the code of a pane, and returns what makes it."""


def _archive() -> MakePane:
    from hmi.panes.archive.view import ArchiveView

    return ArchiveView


def _alarm_records() -> MakePane:
    from hmi.panes.alarm_records.view import AlarmRecordsView

    return AlarmRecordsView


def _control_records() -> MakePane:
    from hmi.panes.control_records.view import ControlRecordsView

    return ControlRecordsView


def _notifications() -> MakePane:
    from hmi.panes.notifications.view import NotificationsView

    return NotificationsView


def _audit() -> MakePane:
    from hmi.panes.audit.view import AuditView

    return AuditView


def _users() -> MakePane:
    from hmi.panes.users.view import UsersView

    return UsersView


def _certificates() -> MakePane:
    from hmi.panes.certificates.view import CertificatesView

    return CertificatesView


def _secrets() -> MakePane:
    from hmi.panes.secrets.view import SecretsView

    return SecretsView


def _versions() -> MakePane:
    from hmi.panes.versions.view import VersionsView

    return VersionsView


LATE_PANES: Final[dict[str, tuple[str, LoadPane]]] = {
    "archive": (tr("History"), _archive),
    "alarm_records": (tr("Setup of alarms"), _alarm_records),
    "control_records": (tr("Setup of controls"), _control_records),
    "notifications": (tr("Setup of notifications"), _notifications),
    "audit": (tr("Audit record"), _audit),
    "users": (tr("Setup of users"), _users),
    "certificates": (tr("Certificates"), _certificates),
    "secrets": (tr("Setup of passwords"), _secrets),
    "versions": (tr("Versions of the configuration"), _versions),
}


def load_all() -> None:
    """Load the code of all of them, so that the first look at one waits for nothing. Blocks; on a worker thread."""
    for _, load in LATE_PANES.values():
        load()
