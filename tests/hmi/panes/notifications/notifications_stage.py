"""What the services would answer about notifications."""

from __future__ import annotations

import datetime
import time
from uuid import UUID

from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel
from hmi.config.notification_settings import Group, NotificationSettings, Period, Quiet, Recipient, Rule, Step
from hmi.config.sound_settings import SoundSettings
from hmi.domain.alarms import AlarmType, Priority
from hmi.services.port import (
    ChannelState,
    DiscardOutgoing,
    NotificationState,
    OutgoingMessage,
    OutgoingState,
    ReadNotifications,
    ReadOutgoing,
    ReadSoundSettings,
    RetryOutgoing,
    SaveNotifications,
    SetChannelSecret,
    TestChannel,
    TestSound,
)
from tests.support.fake_port import FakePort
from tests.support.plants import AREA, STATION

MAIL = EmailChannel(
    id=UUID(int=1), name="Office mail", host="mail.example.org", sender="roams@example.org", user="roams"
)
HOOK = WebhookChannel(id=UUID(int=2), name="On-call service", url="https://hooks.example.org/services/T0/secret")
SCREEN = DesktopChannel(id=UUID(int=3), name="Control room")
ANA = Recipient(id=UUID(int=11), name="Ana", email="ana@example.org", user="ana")
BO = Recipient(id=UUID(int=12), name="Bo", email="bo@example.org")
CY = Recipient(id=UUID(int=13), name="Cy")
NIGHT = Group(id=UUID(int=21), name="Night shift", members=(ANA.id, BO.id))
URGENT = Rule(
    id=UUID(int=31),
    name="Urgent, around the clock",
    priorities=(Priority.CRITICAL, Priority.HIGH),
    steps=(
        Step(channel=SCREEN.id),
        Step(channel=MAIL.id, recipients=(NIGHT.id,)),
        Step(channel=HOOK.id, after_min=10),
    ),
    on_return=True,
    quiet=Quiet(),
)
HILL = Rule(
    id=UUID(int=32),
    name="Hill, working hours",
    is_on=False,
    areas=(AREA.id,),
    stations=(STATION.id,),
    types=(AlarmType.LOW,),
    periods=(Period(days=(0, 1, 2, 3, 4), begin=datetime.time(7), end=datetime.time(17, 30)),),
    steps=(Step(channel=MAIL.id, recipients=(ANA.id, BO.id)),),
)
SETTINGS = NotificationSettings(
    channels=(MAIL, HOOK, SCREEN), recipients=(ANA, BO, CY), groups=(NIGHT,), rules=(URGENT, HILL)
)
NOW_US = time.time_ns() // 1000
STATE = NotificationState(
    SETTINGS,
    (
        ChannelState(MAIL.id, "The mail server mail.example.org:587 does not answer.", has_secret=True),
        ChannelState(HOOK.id, sent_us=NOW_US, has_secret=True),
        ChannelState(SCREEN.id),
    ),
)


def message(seq: int, state: OutgoingState, error: str = "") -> OutgoingMessage:
    """Return one message to Ana."""
    return OutgoingMessage(
        seq,
        NOW_US - seq * 60_000_000,
        state,
        Priority.HIGH,
        STATION.name,
        URGENT.name,
        MAIL.name,
        "Ana",
        "ana@example.org",
        "High: Hill borehole Tank level low",
        "Alarm: Tank level low\nStation: Hill borehole, North",
        attempts=1 if error else 0,
        next_us=NOW_US + 240_000_000,
        error=error,
    )


MESSAGES = (
    message(4, OutgoingState.WAITING, "The mail server mail.example.org:587 does not answer."),
    message(3, OutgoingState.DEAD, "The mail server mail.example.org:587 did not take the message: 550 no such user"),
    message(2, OutgoingState.HELD),
    message(1, OutgoingState.SENT),
)


def answer(port: FakePort) -> None:
    """Let a port answer the requests of the pane."""
    settings = [STATE]

    def save(request: SaveNotifications) -> None:
        settings[0] = NotificationState(request.settings, STATE.channels)

    port.answers |= {
        ReadNotifications: lambda _request: settings[0],
        ReadSoundSettings: SoundSettings(),
        ReadOutgoing: lambda request: tuple(
            each for each in MESSAGES if not request.states or each.state in request.states
        ),
        SaveNotifications: save,
        SetChannelSecret: "The password is kept in the keyring.",
        TestChannel: "Taken by mail.example.org:587 in 0.3 s.",
        TestSound: "Played with pw-play.",
        RetryOutgoing: 1,
        DiscardOutgoing: 1,
    }
