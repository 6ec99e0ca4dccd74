"""Notifications: their settings, the messages on their way out, and each user's inbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.domain.alarms import Occurrence, Priority
from hmi.services.port.requests import Request

MOST_OUTGOING = 500
MOST_INBOX = 500
UNREAD_MOST = 10_000
"""What is counted of an inbox; beyond it, that many and more."""


class OutgoingState(StrEnum):
    """How a message stands. HELD: until quiet hours end. MERGED: told by a summary. DEAD: given up."""

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    MERGED = "merged"
    DEAD = "dead"
    DISCARDED = "discarded"


# ── what frames bring ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DesktopNotice:
    """One notice for the screen. priority: of the alarm, or of the most urgent one that it tells of."""

    id: UUID
    at_us: int
    title: str
    text: str
    priority: Priority
    occurrence: Occurrence | None = None


@dataclass(frozen=True, slots=True)
class InboxStatus:
    """How many annunciations the signed-in user has missed, UNREAD_MOST at most."""

    unread: int = 0


@dataclass(frozen=True, slots=True)
class OutgoingStatus:
    """The messages on their way. fault: what keeps them, in words."""

    waiting: int = 0
    held: int = 0
    dead: int = 0
    fault: str = ""


# ── settings ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One channel as it works. sent_us: when it last took a message since the start; has_secret: one is kept."""

    channel: UUID
    fault: str = ""
    sent_us: int = 0
    has_secret: bool = False


@dataclass(frozen=True, slots=True)
class NotificationState:
    """The settings, and how the channels work."""

    settings: NotificationSettings
    channels: tuple[ChannelState, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadNotifications(Request[NotificationState]):
    """Ask for the settings and how the channels work."""


@dataclass(frozen=True, slots=True)
class SaveNotifications(Request[None]):
    """Keep other settings; they hold at once."""

    settings: NotificationSettings


@dataclass(frozen=True, slots=True)
class SetChannelSecret(Request[str]):
    """Hand over a channel's password or token, empty to forget it; answers where it is kept."""

    channel: UUID
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TestChannel(Request[str]):
    """Send a message that is marked as a test now, over a channel that need not be saved yet; answers how it went.

    address: of mail. secret: None for the one that is kept. Refused within 15 s, in words, when it was not taken.
    """

    __test__ = False  # no test of pytest's

    channel: EmailChannel | WebhookChannel | DesktopChannel
    address: str = ""
    secret: str | None = field(default=None, repr=False)


# ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message. channel, rule: their names, as long as they are there. next_us: of one that waits, the next try."""

    seq: int
    made_us: int
    state: OutgoingState
    priority: Priority
    place: str
    rule: str
    channel: str
    name: str
    recipient: str
    subject: str
    body: str
    attempts: int = 0
    next_us: int = 0
    sent_us: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class ReadOutgoing(Request[tuple[OutgoingMessage, ...]]):
    """Ask for messages, the newest first, MOST_OUTGOING at most. states: those wanted, none for all."""

    states: tuple[OutgoingState, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryOutgoing(Request[int]):
    """Send messages that were given up after all; answers how many there were."""

    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DiscardOutgoing(Request[int]):
    """Send messages never; answers how many there were."""

    seqs: tuple[int, ...]


# ── inbox ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One annunciation that the user has missed, as the alarm was called then."""

    seq: int
    at_us: int
    occurrence: Occurrence
    priority: Priority
    station_id: UUID | None
    source: str
    text: str
    value: float


@dataclass(frozen=True, slots=True)
class InboxPage:
    """What a user has missed: all counted up to UNREAD_MOST, the newest MOST_INBOX listed, newest first."""

    unread: int
    rows: tuple[InboxRow, ...]


@dataclass(frozen=True, slots=True)
class ReadInbox(Request[InboxPage]):
    """Ask what the signed-in user has missed."""


@dataclass(frozen=True, slots=True)
class MarkInboxRead(Request[int]):
    """Note that the signed-in user has seen everything up to a row; answers how many are left."""

    seq: int
