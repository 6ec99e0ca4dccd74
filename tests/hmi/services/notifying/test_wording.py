"""The words of messages: complete, and harmless whatever the plant calls its things."""

from __future__ import annotations

from dataclasses import replace

from hmi.config.message_templates import PLACEHOLDERS
from hmi.config.notification_settings import Rule, Step
from hmi.domain.alarms import AlarmState, Priority
from hmi.services.notifying.rules import MINUTE_US, Told
from hmi.services.notifying.wording import Line, message, one_line, place_of, summary, values_of
from tests.support.alarm_news import NOON_US, row
from tests.support.plants import AREA, CATALOGUE, STATION

RULE = Rule(name="Night", steps=(Step(channel=STATION.id),))


def test_a_message_says_what_where_and_what_to_do() -> None:
    words = message(RULE, Told.CAME, row(), CATALOGUE, NOON_US)
    assert words.subject == "High: Hill borehole Tank level low"
    for part in ("Alarm: Tank level low", "Hill borehole, North", "0.8 m, limit 1.0 m", "Dry taps.", "Start the pump."):
        assert part in words.body
    assert message(RULE, Told.GONE, row(state=AlarmState.RTNUN), CATALOGUE, NOON_US).subject.startswith("Gone: High")
    still = message(RULE, Told.STILL, row(), CATALOGUE, NOON_US + 12 * MINUTE_US)
    assert still.subject.startswith("Still unacknowledged: High")


def test_every_place_can_be_filled() -> None:
    template = "|".join(f"{{{name}}}" for name in PLACEHOLDERS)
    rule = RULE.model_copy(update={"body": template})
    alarm = row()
    alarm = replace(alarm, definition=replace(alarm.definition, cause="Pump off."))
    parts = message(rule, Told.STILL, alarm, CATALOGUE, NOON_US + 12 * MINUTE_US).body.split("|")
    assert dict(zip(PLACEHOLDERS, parts, strict=True)) | {"time": ""} == {
        "event": "Still unacknowledged",
        "priority": "High",
        "area": "North",
        "station": "Hill borehole",
        "text": "Tank level low",
        "value": "0.8 m",
        "limit": "1.0 m",
        "time": "",
        "state": "there, unacknowledged",
        "cause": "Pump off.",
        "consequence": "Dry taps.",
        "action": "Start the pump.",
        "minutes": "12",
        "rule": "Night",
    }
    assert set(values_of(alarm, CATALOGUE, Told.CAME, NOON_US)) | {"rule"} == set(PLACEHOLDERS)


def test_an_alarm_text_cannot_begin_a_line_or_a_header() -> None:
    evil = "Low\r\nBcc: everybody@example.org\n\n{rule}\x00\x1b[31m\u2028next"
    words = message(RULE, Told.CAME, row(text=evil), CATALOGUE, NOON_US)
    assert words.subject == "High: Hill borehole Low Bcc: everybody@example.org {rule} [31m next"
    assert words.subject.isprintable()
    assert len(words.body.splitlines()) == len(message(RULE, Told.CAME, row(), CATALOGUE, NOON_US).body.splitlines())
    assert len(message(RULE, Told.CAME, row(text="x" * 100_000), CATALOGUE, NOON_US).subject) == 200
    assert one_line("  a\tb \n c ") == "a b c"


def test_what_has_no_station_is_told_by_its_source() -> None:
    alarm = row(station_id=None)
    assert place_of(alarm, CATALOGUE) == STATION.name
    words = message(RULE, Told.CAME, replace(alarm, source="This computer", tag=-1), CATALOGUE, NOON_US)
    assert words.subject == "High: This computer Tank level low"
    assert "This computer, –" in words.body
    assert AREA.name not in words.body


def test_a_summary_counts_all_and_names_the_most_urgent() -> None:
    lines = [
        Line(
            NOON_US + number * MINUTE_US,
            Priority(1 + number % 2),
            f"Station {number % 12}",
            f"Alarm {number}",
            Told.CAME,
        )
        for number in range(60)
    ]
    words = summary(lines, Told.SUMMARY)
    assert words.subject == "Alarm flood: 60 messages (30 critical, 30 high)"
    assert words.body.count("Station ") == 10
    assert "2 more stations: 10" in words.body
    named = [line.split("  ")[1] for line in words.body.splitlines() if "  Alarm" in line]
    assert named == [f"Alarm {number}" for number in range(0, 40, 2)], "critical ones, oldest first"
    assert "… and 40 more" in words.body
    assert summary(lines[:1], Told.DIGEST).subject == "Quiet hours: 1 alarm messages (1 critical)"
