from __future__ import annotations

import ast
import importlib
import pkgutil
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hmi.config.notification_settings import EmailChannel
from hmi.config.sound_settings import SoundSettings
from hmi.domain.alarms import Occurrence
from hmi.domain.audit import AuditAction
from hmi.domain.drafts import ConnectionDraft, StationDraft
from hmi.services import port
from hmi.services.audit.describing import ENTRIES, ESSENTIAL, NAMED, WITHOUT, WRITE_THEMSELVES, Names
from hmi.services.port.requests import Request
from tests.support.plants import CATALOGUE, STATION

NAMES = Names(lambda: CATALOGUE, lambda alarm: (f"Alarm {alarm.int}", STATION.id))
CANARY = "canary-7f3a"


def every_request() -> set[type[Request[Any]]]:
    package = importlib.import_module("hmi.services.port")
    found = set()
    for info in pkgutil.iter_modules(package.__path__, "hmi.services.port."):
        module = importlib.import_module(info.name)
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Request) and each is not Request:
                found.add(each)
    return found


def test_every_request_is_in_the_table_or_says_that_it_needs_no_entry() -> None:
    known = set(ENTRIES) | WITHOUT
    unknown = {
        each.__name__ for each in every_request() if each not in known and each.__module__ not in WRITE_THEMSELVES
    }
    assert not unknown, "say in hmi/services/audit/describing.py what these leave in the audit record"
    assert not set(ENTRIES) & WITHOUT
    assert known <= every_request()
    assert not ESSENTIAL & known, "these say there whether they are essential"
    assert {each.__module__ for each in ESSENTIAL} <= set(WRITE_THEMSELVES)


def test_what_needs_no_entry_is_called_so_that_nobody_expects_one() -> None:
    """Requests that change something are called by what they change: none of these verbs may go without an entry."""
    verbs = ("Save", "Delete", "Apply", "Approve", "Import", "Set", "Enter", "Trust", "Enable", "Acknowledge", "Shelve")
    assert not [each.__name__ for each in WITHOUT if each.__name__.startswith(verbs)]


def test_ten_thousand_alarms_make_one_entry_with_the_first_names() -> None:
    occurrences = tuple(Occurrence(uuid4(), 7) for _ in range(10_000))
    said = ENTRIES[port.Acknowledge](port.Acknowledge(occurrences, "all seen"), NAMES)
    assert said.action is AuditAction.ALARM
    assert said.target.startswith("10,000: Alarm ")
    assert said.target.count("Alarm") == NAMED
    assert (said.reason, said.is_essential) == ("all seen", True)


def test_one_alarm_is_named_with_its_station_and_its_id() -> None:
    alarm = uuid4()
    said = ENTRIES[port.ShelveAlarms](port.ShelveAlarms((alarm,), 60, "noisy"), NAMES)
    assert (said.target, said.target_id, said.station_id) == (f"Alarm {alarm.int}", str(alarm), STATION.id)
    assert "60 s" in said.new


@pytest.mark.parametrize(
    "request_",
    [
        port.EnterCredentials(CATALOGUE.connections[0].id, "ann", CANARY),
        port.SetChannelSecret(uuid4(), CANARY),
        port.TestChannel(EmailChannel(name="Mail", host="mail", sender="a@b.example"), "x@y.example", CANARY),
        port.SaveStation(StationDraft(name="North", connection=ConnectionDraft()), CANARY),
    ],
    ids=lambda each: type(each).__name__,
)
def test_no_entry_tells_a_secret(request_: Request[Any]) -> None:
    assert CANARY not in str(ENTRIES[type(request_)](request_, NAMES))


def test_settings_that_were_saved_are_told() -> None:
    said = ENTRIES[port.SaveSoundSettings](port.SaveSoundSettings(SoundSettings(volume=41)), NAMES)
    assert (said.action, '"volume":41' in said.new, said.is_essential) == (AuditAction.CONFIGURATION, True, False)


def test_no_description_takes_a_field_that_its_request_does_not_have() -> None:
    """Each description is called with what the field types stand for, so that a renamed field shows here."""
    for kind, describe in ENTRIES.items():
        request_ = object.__new__(kind)
        for each in fields(kind):  # type: ignore[arg-type]  # every request is a dataclass
            object.__setattr__(request_, each.name, _stand_in(each.name))
        assert describe(request_, NAMES).action in AuditAction


class _Anything:
    """Has every attribute and stands for every value."""

    value = "always"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything()

    def __call__(self) -> str:
        return "text"

    def __len__(self) -> int:
        return 1


ANYTHING = frozenset({"draft", "plan", "group", "channel", "decision", "settings", "sequence", "wish"})


def _stand_in(name: str) -> Any:
    if name in ("alarms", "alarm_ids", "station_ids"):
        return (uuid4(),)
    if name == "occurrences":
        return (Occurrence(uuid4(), 1),)
    if name == "seen":
        return ((uuid4(), 1),)
    if name == "drafts":
        return ()
    if name in ("path", "folder"):
        return Path("/tmp/x")
    if name == "seconds":
        return 5.0
    return _Anything() if name in ANYTHING else "text"


def test_nothing_but_the_table_decides_what_is_written_down() -> None:
    """Services.handle gives every request to the audit record."""
    source = Path(importlib.import_module("hmi.services.services").__file__ or "").read_text(encoding="utf-8")
    (handle,) = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AsyncFunctionDef) and node.name == "handle"
    ]
    assert "self.audit.handle(request, handler)" in ast.unparse(handle)
