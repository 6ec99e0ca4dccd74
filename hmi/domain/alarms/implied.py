"""Alarms that a catalogue has without anybody writing them down; a record of the same id takes their place.

- a quality alarm for each tag with a process alarm: a value that cannot be trusted guards nothing;
- one communication alarm for each connection;
- one discrepancy alarm for each control: the equipment does not do what was commanded;
- the program's own alarms, one for each part that can fail (ISA-18.2, 3.1.3: system alarms).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from hmi.domain.alarms.records import PROCESS_TYPES, AlarmDefinition, AlarmType, Priority

if TYPE_CHECKING:
    from hmi.domain.catalogue import Catalogue

_SYSTEM: Final = UUID("6e0f5b0e-52a4-4c0c-9d55-3f0c1d9b6a10")
"""The namespace of the program's own alarms."""

LINK_DELAY_S: Final = 2.0
QUALITY_DELAY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class SystemAlarm:
    """One thing of the program itself that can go wrong."""

    text: str
    priority: Priority
    consequence: str
    action: str


SYSTEM_ALARMS: Final = {
    "disk": SystemAlarm(
        "Disk nearly full",
        Priority.HIGH,
        "History, alarms and commands can soon no longer be recorded.",
        "Free space on the disk, or shorten what the history keeps (History, Overview).",
    ),
    "history": SystemAlarm(
        "History is not being recorded",
        Priority.HIGH,
        "Readings wait in memory; when it is full the oldest are lost.",
        "Look at History, Overview for the reason; free space on the disk.",
    ),
    "journal": SystemAlarm(
        "Journal does not record",
        Priority.CRITICAL,
        "Acknowledgements and commands are refused; a restart would forget what happened meanwhile.",
        "Free space on the disk; check that the profile's folder can be written.",
    ),
    "audit": SystemAlarm(
        "Audit record is not kept as it should be",
        Priority.CRITICAL,
        "Entries wait in the emergency spool, or are lost; then only safe commands pass.",
        "Free space on the disk; look at Setup, Audit for the reason.",
    ),
    "audit_check": SystemAlarm(
        "Audit record does not pass its check",
        Priority.HIGH,
        "What was done cannot be proven from there on, or the record's head is not kept elsewhere.",
        "Look at Setup, Audit; keep a copy of the profile's folder as it is and tell who is responsible for it.",
    ),
    "alone": SystemAlarm(
        "Critical command without a second person",
        Priority.HIGH,
        "Nobody else has looked at what was done.",
        "Check that the plant is as it should be, and why the second person was missing.",
    ),
    "clock": SystemAlarm(
        "Clock of this computer jumped",
        Priority.MEDIUM,
        "Times of alarms and readings may be wrong or out of order.",
        "Check the computer's time and its time server.",
    ),
    "certificate": SystemAlarm(
        "Certificate expires soon",
        Priority.MEDIUM,
        "Servers will refuse the connection when it has expired.",
        "Renew the certificate and have the server trust the new one.",
    ),
    "certificate_urgent": SystemAlarm(
        "Certificate expires within a week",
        Priority.HIGH,
        "Servers will refuse the connection, or be refused, when it has expired.",
        "Renew it now: Setup, Certificates says which one it is and who uses it.",
    ),
    "vault": SystemAlarm(
        "Vault of passwords is not open",
        Priority.HIGH,
        "Links that need a password do not connect once they are lost.",
        "Type its passphrase in the bar above, or look at Setup, Passwords for what is wrong with it.",
    ),
    "sound": SystemAlarm(
        "Alarm sound failed",
        Priority.HIGH,
        "New alarms make no sound.",
        "Watch the banner; check the loudspeaker and test the sound in Setup, Notifications.",
    ),
    "notification": SystemAlarm(
        "Notifications are not delivered",
        Priority.HIGH,
        "People who are called by message do not hear of alarms.",
        "Test the channel in Setup, Notifications; call the people yourself until it works.",
    ),
    "break_glass": SystemAlarm(
        "Account for emergencies was used",
        Priority.CRITICAL,
        "Somebody opened the envelope and acts with its rights.",
        "Find out who and why; then seal it anew in Setup, Users.",
    ),
    "suppression": SystemAlarm(
        "Suppression logic has an error",
        Priority.LOW,
        "Alarms that should be suppressed by design are shown.",
        "Correct the expression in Setup, Alarms.",
    ),
}


def system_alarm_id(key: str) -> UUID:
    """Return the id of one of the program's own alarms."""
    return uuid5(_SYSTEM, key)


SYSTEM_KEYS: Final = {system_alarm_id(key): key for key in SYSTEM_ALARMS}


def quality_alarm_id(tag_id: UUID) -> UUID:
    """Return the id of a tag's quality alarm."""
    return uuid5(tag_id, "quality")


def discrepancy_alarm_id(control_id: UUID) -> UUID:
    """Return the id of a control's discrepancy alarm."""
    return uuid5(control_id, "discrepancy")


def implied_alarms(catalogue: Catalogue) -> tuple[AlarmDefinition, ...]:
    """Return the alarms that nobody wrote down, in the order of what they belong to."""
    written = {alarm.id for alarm in catalogue.alarms}
    return tuple(alarm for alarm in _all(catalogue) if alarm.id not in written)


def communication_alarm(connection_id: UUID, priority: Priority = Priority.HIGH) -> AlarmDefinition:
    """Return the one alarm that a connection has when its link is lost."""
    return AlarmDefinition(
        id=connection_id,
        subject=connection_id,
        type=AlarmType.COMMUNICATION,
        priority=priority,
        on_delay_s=LINK_DELAY_S,
        consequence="Values of its stations are not live and commands are refused.",
        action="Check the server and the network. Values return by themselves.",
    )


def _all(catalogue: Catalogue) -> Iterator[AlarmDefinition]:
    types_of: dict[UUID, set[AlarmType]] = {}
    for alarm in catalogue.alarms:
        types_of.setdefault(alarm.subject, set()).add(alarm.type)
    for connection in catalogue.connections:
        if AlarmType.COMMUNICATION not in types_of.get(connection.id, ()):
            yield communication_alarm(connection.id)
    for tag in catalogue.tags:
        types = types_of.get(tag.id, set())
        if types & PROCESS_TYPES and AlarmType.QUALITY not in types:
            yield _quality_alarm(tag.id)
    for control in catalogue.controls:
        yield _discrepancy_alarm(control.id)
    for key, system in SYSTEM_ALARMS.items():
        own = system_alarm_id(key)
        yield AlarmDefinition(
            own, own, AlarmType.SYSTEM, system.priority, consequence=system.consequence, action=system.action
        )


def _quality_alarm(tag_id: UUID) -> AlarmDefinition:
    return AlarmDefinition(
        id=quality_alarm_id(tag_id),
        subject=tag_id,
        type=AlarmType.QUALITY,
        priority=Priority.LOW,
        on_delay_s=QUALITY_DELAY_S,
        consequence="The value is not trusted, and its alarms are frozen as they were.",
        action="Check the sensor and its wiring; watch the equipment itself meanwhile.",
    )


def _discrepancy_alarm(control_id: UUID) -> AlarmDefinition:
    return AlarmDefinition(
        id=discrepancy_alarm_id(control_id),
        subject=control_id,
        type=AlarmType.DISCREPANCY,
        priority=Priority.MEDIUM,
        consequence="The equipment does not do what was commanded.",
        action="Look at the equipment; check its mode, its interlocks and its supply before you command it again.",
    )
