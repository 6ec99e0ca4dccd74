"""Settings of notifications: what they refuse, and that they come back as they were."""

from __future__ import annotations

import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from hmi.config.faults import build
from hmi.config.kept_settings import load_kept, save_kept
from hmi.config.message_templates import BODY, PLACEHOLDERS, SUBJECT, fill, template_fault
from hmi.config.notification_channels import DesktopChannel, EmailChannel, Header, Security, WebhookChannel, secret_name
from hmi.config.notification_settings import KEY, Group, NotificationSettings, Period, Quiet, Recipient, Rule, Step
from hmi.domain.alarms import AlarmType, Priority
from hmi.storage.errors import StorageError
from hmi.storage.local.database import open_database

MAIL = EmailChannel(name="Office mail", host="mail.example.org", sender="roams@example.org", user="roams")
HOOK = WebhookChannel(
    name="On-call", url="https://hooks.example.org/x", headers=(Header(name="X-Plant", value="North"),)
)
SCREEN = DesktopChannel(name="Screen")
ANA, BO = Recipient(name="Ana", email="ana@example.org"), Recipient(name="Bo", user="bo")
NIGHT = Group(name="Night shift", members=(ANA.id, BO.id))
RULE = Rule(
    name="Urgent",
    priorities=(Priority.CRITICAL,),
    types=(AlarmType.LOW,),
    periods=(Period(days=(5, 6), begin=datetime.time(22), end=datetime.time(6)),),
    steps=(Step(channel=SCREEN.id), Step(channel=MAIL.id, recipients=(NIGHT.id,), after_min=10)),
    quiet=Quiet(),
    on_return=True,
)
SETTINGS = NotificationSettings(channels=(MAIL, HOOK, SCREEN), recipients=(ANA, BO), groups=(NIGHT,), rules=(RULE,))


def test_they_are_kept_as_they_are_and_without_a_secret(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "roams.db")
    assert load_kept(engine, KEY, NotificationSettings) == NotificationSettings()
    save_kept(engine, KEY, SETTINGS, "Ann")
    assert load_kept(engine, KEY, NotificationSettings) == SETTINGS
    with engine.begin() as database:
        stored = str(database.execute(text("SELECT value FROM setting")).scalar_one())
        assert "password" not in stored
        database.execute(text("""UPDATE setting SET value = '{"channels": [{"kind": "pigeon"}]}'"""))
    with pytest.raises(StorageError, match=r"notifications.*channels\.0"):
        load_kept(engine, KEY, NotificationSettings)
    engine.dispose()
    assert secret_name(MAIL.id) == f"notification:{MAIL.id}"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"host": "mail server"}, "host", "name or address"),
        ({"host": ""}, "host", "name or address"),
        ({"sender": "roams"}, "sender", "ana@example.org"),
        ({"sender": "a@b\nBcc: x@y"}, "sender", "ana@example.org"),
        ({"port": 0}, "port", "Not less than 1."),
        ({"port": "many"}, "port", "Type a whole number."),
        ({"name": "  "}, "name", "Fill this in."),
        ({"name": "two\nlines"}, "name", "Line breaks"),
        ({"security": "none"}, "", "not sent without encryption"),
        ({"password": "x"}, "password", "not known"),
    ],
)
def test_a_mail_server_is_checked_field_by_field(changes: dict[str, object], field: str, words: str) -> None:
    built, faults = build(EmailChannel, MAIL.model_dump() | changes)
    assert built is None
    assert list(faults) == [field]
    assert words in faults[field]


def test_a_relay_without_login_may_be_without_encryption() -> None:
    assert build(EmailChannel, MAIL.model_dump() | {"security": Security.NONE, "user": ""})[1] == {}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("hooks.example.org", "whole address"),
        ("ftp://hooks.example.org", "whole address"),
        ("https://", "whole address"),
        ("https://host:port/", "whole address"),
        ("https://user:secret@hooks.example.org", "password does not belong"),
        ("https://a.org/\r\nX: y", "Line breaks"),
    ],
)
def test_a_web_address_is_checked(url: str, words: str) -> None:
    assert words in build(WebhookChannel, {"name": "x", "url": url})[1]["url"]


@pytest.mark.parametrize(
    ("name", "value"), [("X Y", "a"), ("Authorization", "Bearer x"), ("X-A", "a\r\nB: c"), ("", "a"), ("host", "x")]
)
def test_a_header_cannot_smuggle(name: str, value: str) -> None:
    assert build(Header, {"name": name, "value": value})[0] is None


def test_a_text_knows_a_few_places_and_no_others() -> None:
    for good in (SUBJECT, BODY, "plain", "{{braces}} {text}"):
        assert template_fault(good) == ""
    for bad in ("{nobody}", "{text!r}", "{text:>9999999}", "{text.__class__}", "{text[0]}", "{", "}", "{}", "{0}"):
        assert template_fault(bad)
    assert "{nobody} is not known. There are: {event}" in template_fault("{nobody}")
    assert fill("{text} at {station} {{x}}", {"text": "Low {station}"}) == "Low {station} at – {x}"
    assert all(PLACEHOLDERS.values())
    assert "not known" in build(Rule, RULE.model_dump() | {"body": "{password}"})[1]["body"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"channels": (MAIL, MAIL.model_copy(update={"id": uuid4(), "name": "OFFICE mail"}))}, "there twice"),
        ({"groups": (Group(name="ana", members=()),), "recipients": (ANA,)}, "there twice"),
        ({"groups": (NIGHT,), "recipients": (ANA,)}, "not there any more"),
        ({"rules": (RULE,)}, "uses a channel that is not there"),
        ({"channels": (MAIL, SCREEN), "rules": (RULE,)}, "tells somebody who is not there"),
        (
            {
                "channels": (MAIL,),
                "recipients": (BO,),
                "rules": (Rule(name="r", steps=(Step(channel=MAIL.id, recipients=(BO.id,)),)),),
            },
            "mail to nobody with an address",
        ),
    ],
)
def test_the_parts_have_to_fit(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        NotificationSettings(**settings)  # type: ignore[arg-type]  # the settings' own fields


def test_people_are_found_by_themselves_and_by_groups_each_once() -> None:
    assert SETTINGS.people((NIGHT.id, ANA.id)) == (ANA, BO)
    assert SETTINGS.people((BO.id,)) == (BO,)
    assert SETTINGS.people(()) == ()


def test_every_field_that_a_form_shows_has_a_name() -> None:
    for kind in (EmailChannel, WebhookChannel, DesktopChannel, Recipient, Group, Period, Step, Rule, Quiet, Header):
        for name, field in kind.model_fields.items():
            assert field.title or name in ("id", "kind", "period"), (kind, name)
