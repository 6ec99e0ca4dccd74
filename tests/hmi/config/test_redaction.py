"""No canary gets through; names of users and hosts do."""

from __future__ import annotations

import json
import time

import pytest

from hmi.config.redaction import redact, redact_tree

CANARY = "Kanarienvogel-7319"
TEXTS = [
    f"password={CANARY}",
    f"Password: {CANARY}",
    f'{{"password": "{CANARY}"}}',
    f'{{"user": "ana", "db_password": "{CANARY} with spaces, and more", "x": 1}}',
    json.dumps({"event": json.dumps({"password": f'{CANARY} and "quotes" inside'})}),
    f"{{'passphrase': '{CANARY} two words'}}",
    f"PWD={CANARY};Server=db",
    f"postgresql://roams:{CANARY}@db.example.org:5432/plant",
    f"postgresql://roams:p@{CANARY}/x@db.example.org/plant".replace("/x@", "@"),
    f"opc.tcp://ana:{CANARY}@plc:4840",
    f"host=db user=roams password='{CANARY} x' dbname=plant",
    f"Authorization: Bearer {CANARY}",
    f"authorization: Basic {CANARY}==",
    f"sent Bearer {CANARY} to it",
    f"X-Api-Key: {CANARY}",
    f'"X-Auth-Token": "{CANARY}"',
    f"Cookie: session={CANARY}; other={CANARY}",
    f"https://hooks.slack.com/services/T000/B000/{CANARY}",
    f"https://outlook.office.com/webhook/{CANARY}/IncomingWebhook/1",
    f"https://discord.com/api/webhooks/1/{CANARY}",
    f"https://api.telegram.org/bot123:{CANARY}/sendMessage",
    f"https://example.org/x?token={CANARY}&user=ana",
    f"https://example.org/x?sig={CANARY}",
    f"https://example.org/x?access_key={CANARY}",
    f"api_key => {CANARY}",
    f"client_secret={CANARY}",
    f"roams --password {CANARY} run",
    f"the password is {CANARY}",
    f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
    f"-----BEGIN RSA PRIVATE KEY-----\\n{CANARY}\\nno end",
    "$argon2id$v=19$m=19456,t=2,p=1$" + CANARY,
    f"token eyJhbGciOiJIUzI1NiJ9.{CANARY.replace('-', '')}AAAA.sig",
]


@pytest.mark.parametrize("text", TEXTS)
def test_no_secret_gets_through(text: str) -> None:
    found, count = redact(f"before {text} ")
    assert CANARY not in found, found
    assert "7319" not in found
    assert found.startswith("before ")
    assert count >= 1


@pytest.mark.parametrize(
    "text",
    [
        "user=ana host=plc.example.org port=4840",
        "link lost connection=North reason=The server does not answer.",
        "opc.tcp://plc.example.org:4840/path",
        "Signed in: ana at 10:15:02",
        '{"event": "figures", "received": 12}',
        'File "/x/passage.py", line 3, in compass',
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert redact(text) == (text, 0)


def test_what_stands_behind_the_secret_stays() -> None:
    found, _ = redact('{"password": "abc def", "host": "plc1"} postgresql://ana:x@db/plant?y=1')
    assert found == '{"password": •••, "host": "plc1"} postgresql://ana:•••@db/plant?y=1'


def test_settings_lose_what_their_names_say_is_secret() -> None:
    settings = {
        "channels": [
            {
                "kind": "webhook",
                "name": "Chat",
                "url": f"https://h.example.org/in/{CANARY}",
                "headers": {"X-A": CANARY},
            },
            {"kind": "mail", "host": "mail.example.org", "user": "ana", "password": CANARY, "has_password": True},
        ],
        "database": f"postgresql://ana:{CANARY}@db/plant",
        "token_days": 30,
        "secret": "",
    }
    found, count = redact_tree(settings)
    assert CANARY not in json.dumps(found)
    assert count == 4
    assert "https://h.example.org/" in json.dumps(found)
    assert isinstance(found, dict)
    assert found["token_days"] == 30
    assert found["channels"][1] == {
        "kind": "mail",
        "host": "mail.example.org",
        "user": "ana",
        "password": "•••",
        "has_password": True,
    }


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "-",
        "_",
        "a",
        "A ",
        "http://",
        "https://a:",
        "x-",
        "password",
        "password=",
        "-----BEGIN ",
        "eyJ",
        '\\"',
        "bearer ",
        "?sig",
    ],
)
def test_a_long_line_is_redacted_in_time(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 2
