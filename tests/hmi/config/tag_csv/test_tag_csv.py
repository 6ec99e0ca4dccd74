from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api import DriverType
from drivers.registry import DRIVERS
from drivers.simulated.description import AreaEndpoint
from drivers.simulated.plant_description import describe
from hmi.config.checks import TAGS_MOST
from hmi.config.csv_files import BYTES_MOST, CsvDifferences, CsvError
from hmi.config.csv_files.cells import FORMULA_MARKS
from hmi.config.demo import demo_catalogue
from hmi.config.tag_csv import compare, write
from hmi.config.tag_csv.columns import LABELS
from hmi.config.tag_plan import TagPlan
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import PlacedTagDraft, TagDraft, placed_draft_of
from hmi.domain.plant import Asset, AssetKind, Connection
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.domain.tag_fields import FIELD_LABELS, NUMBERS
from hmi.domain.tags import Tag, TagKind, TagRevision
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import (
    CATALOGUE,
    IN_USE,
    LEVEL,
    PUMP,
    READY,
    RUN,
    SETPOINT,
    START,
    STATION,
    TAGS,
    TRIP,
    second_station,
)

TYPES: tuple[DriverType, ...] = (FakeDrivers().type,)
SECOND_LINK = Connection(UUID(int=44), "South server", "fake", "fake://south")
TANK = Asset(UUID(int=33), STATION.id, "Tank", AssetKind.TANK)
SITE = Asset(UUID(int=34), STATION.id, "Hill borehole", AssetKind.SITE)


def tag(number: int, kind: TagKind, connection: Connection = SECOND_LINK, **said: Any) -> Tag:
    revision = replace(TagRevision(1, f"Tag {number}", f"s=tag {number}"), **said)
    made = replace(TAGS[LEVEL], id=UUID(int=500 + number), index=500 + number, key=f"k{number}", kind=kind)
    return replace(made, connection_id=connection.id, asset_id=TANK.id, revision=revision)


FULL = tag(
    1,
    TagKind.ANALOG,
    name="=1+1",
    address='@s="a;b", \'c',
    unit="-m³/h",
    low=-0.1 - 0.2,
    high=1 / 3,
    scale=1 / 3,
    offset=-7.5,
    decimals=3,
    sampling_ms=500,
    deadband=0.05,
    log_deadband=0.01,
    log_least_s=1.5,
    log_most_s=3600.0,
)
STATES = tag(2, TagKind.DISCRETE, name="Gate", states=("+closed", "'open"))
COUNT = tag(3, TagKind.COUNTER, name="Total", unit="m³", rollover=65536.0, decimals=0)
NOTE = tag(4, TagKind.TEXT, name="Batch")
PLANT = replace(
    CATALOGUE,
    connections=(*CATALOGUE.connections, SECOND_LINK),
    assets=(*CATALOGUE.assets, TANK, SITE),
    tags=(*TAGS, FULL, STATES, COUNT, NOTE),
)
TEXTS = {"name": "Other", "address": "s=other", "unit": "bar", "state_off": "Shut", "state_on": "Wide"}
NUMBERS_SAID = {"sampling_ms": "750", "decimals": "2", "log_most_s": "7200"}


def found(text: str, plant: Catalogue = PLANT, *, removes: bool = False) -> CsvDifferences[PlacedTagDraft]:
    return compare(text.encode(), plant, TYPES, removes=removes)


def faults(text: str, plant: Catalogue = PLANT) -> list[tuple[int, str, str]]:
    return [(each.line, each.field, each.sentence) for each in found(text, plant).faults]


def made(text: str, plant: Catalogue = PLANT, *, removes: bool = False) -> list[Tag]:
    drafts = [change.draft for change in found(text, plant, removes=removes).changes]
    return TagPlan(drafts, (), plant).tags


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter))


def edited(text: str, heading: str, cell: str, delimiter: str = ",") -> str:
    """Return a file of one line with another cell."""
    head, cells = rows(text, delimiter)
    cells[head.index(heading)] = cell
    said = io.StringIO()
    csv.writer(said, delimiter=delimiter).writerows([head, cells])
    return said.getvalue()


def file(*lines: Iterable[str], heading: str = "Station,Name,Connection,Address,Kind,Low,High") -> str:
    return "\n".join((heading, *(",".join(line) for line in lines)))


NEW = ("Hill borehole", "Flow", "North server", "s=flow", "Analog", "0", "40")


# ── out and in again ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_european", [False, True])
def test_what_goes_out_comes_in_without_a_difference(is_european: bool) -> None:
    back = found(write(PLANT.tags, PLANT, is_european=is_european), removes=True)
    assert (back.changes, back.faults, back.removed, back.unknown, back.notes) == ((), (), (), (), ())
    assert back.unchanged == len(PLANT.tags)


@pytest.mark.parametrize("is_european", [False, True])
def test_the_demo_plant_comes_back_without_a_difference(is_european: bool) -> None:
    areas = describe().areas
    ends = {each.key: AreaEndpoint(each.key, f"opc.tcp://127.0.0.1:{n}", "", "") for n, each in enumerate(areas, 1)}
    plant = demo_catalogue(describe(), ends)
    text = write(plant.tags, plant, is_european=is_european)
    for content in (
        text,
        text.replace("\r\n", "\n").lstrip("\ufeff"),
        without(text, "Id", ";" if is_european else ","),
    ):
        back = compare(content.encode(), plant, DRIVERS, removes=True)
        assert (back.changes, back.faults, back.removed) == ((), (), ())
        assert back.unchanged == len(plant.tags) > 300


def without(text: str, heading: str, delimiter: str) -> str:
    """Return a file without one of its columns."""
    lines = rows(text, delimiter)
    gone = lines[0].index(heading)
    said = io.StringIO()
    csv.writer(said, delimiter=delimiter).writerows([*cells[:gone], *cells[gone + 1 :]] for cells in lines)
    return said.getvalue()


@pytest.mark.parametrize("is_european", [False, True])
def test_a_plant_that_has_none_of_the_tags_gets_all_of_them(is_european: bool) -> None:
    bare = replace(PLANT, tags=())
    text = write((FULL, STATES, COUNT, NOTE), PLANT, is_european=is_european)
    assert all(each.is_new for each in found(text, bare).changes)
    for tag, before in zip(made(text, bare), (FULL, STATES, COUNT, NOTE), strict=True):
        drafts = placed_draft_of(tag), placed_draft_of(before)
        ranged = before.kind is TagKind.ANALOG
        assert drafts[0] == drafts[1] or not ranged, before.name
        alike = {"low": "", "high": "", "states": ("", ""), "scale": "", "decimals": ""}
        assert replace(drafts[0].tag, **alike) == replace(drafts[1].tag, **alike)  # type: ignore[arg-type]
    assert made(text, bare)[1].revision.states == ("+closed", "'open")
    assert made(text, bare)[2].revision.rollover == 65536


def test_a_spreadsheet_finds_what_it_needs_and_nothing_to_run() -> None:
    text = write((FULL, STATES), PLANT, is_european=True)
    assert text.startswith("\ufeffId;Station;Equipment;Name;Connection;Address;Kind;Unit;Decimals;Low;High;Scale;")
    assert text.count("\r\n") == 3
    head, *lines = rows(text, ";")
    assert tuple(head) == tuple(LABELS.values())
    by_name = dict(zip(head, lines[0], strict=True))
    assert (by_name["Name"], by_name["Unit"], by_name["High"]) == ("'=1+1", "'-m³/h", "0,3333333333")
    assert (by_name["Equipment"], by_name["Connection"]) == ("Tank", "South server")
    numbers = {LABELS[name] for name in NUMBERS}
    for cells in lines:
        said = dict(zip(head, cells, strict=True))
        assert not [cell for name, cell in said.items() if name not in numbers and cell.startswith(FORMULA_MARKS)]


def test_a_file_has_every_field_of_a_draft() -> None:
    fields_there = {each.name for each in fields(TagDraft)} - {"id", "states", "data_type"}
    assert fields_there <= set(FIELD_LABELS) <= set(LABELS)
    assert not {"user", "password", "endpoint"} & set(LABELS)


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("=+-@'\",; "), max_size=20))
def test_any_unit_and_name_come_back(text: str) -> None:
    text = text.strip()
    plant = replace(PLANT, tags=(replace(FULL, revision=replace(FULL.revision, unit=text, name=f"x{text}")),))
    for is_european in (False, True):
        back = compare(write(plant.tags, plant, is_european=is_european).encode(), plant, TYPES)
        assert (back.unchanged, back.faults) == (1, ())


# ── differences ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_european", [False, True])
@pytest.mark.parametrize("name", [*FIELD_LABELS, "asset", "connection"])
def test_each_field_changed_alone_is_found_and_applied(name: str, is_european: bool) -> None:
    known = {"state_off": STATES, "state_on": STATES, "rollover": COUNT}.get(name, FULL)
    places = {"asset": "Pump 1", "connection": "North server", "kind": "Counter", "writable": "yes"}
    cell = {**dict.fromkeys(NUMBERS, "0.25"), **NUMBERS_SAID, **TEXTS, **places}[name]
    delimiter = ";" if is_european else ","
    text = write((known,), PLANT, is_european=is_european)
    text = edited(text, LABELS[name], cell.replace(".", ",") if is_european else cell, delimiter)
    (change,) = found(text).changes
    assert not change.is_new
    assert [label for label, _, _ in change.fields if name != "kind"] == [LABELS[name]] * (name != "kind")
    assert (LABELS[name], cell) in [(label, after) for label, _, after in change.fields]
    (tag,) = made(text)
    assert (tag.id, tag.index, tag.key, tag.station_id) == (known.id, known.index, known.key, known.station_id)
    wanted: dict[str, dict[str, Any]] = {
        "asset": {"asset_id": PUMP.asset_id},
        "connection": {"connection_id": TAGS[LEVEL].connection_id},
        "kind": {"kind": TagKind.COUNTER},
        "writable": {"writable": True},
    }
    states = {"state_off": ("Shut", "'open"), "state_on": ("+closed", "Wide")}
    if name in wanted:
        assert tag == replace(known, **wanted[name])
    else:
        value: Any = states.get(name) or (float(cell) if name in NUMBERS else cell)
        said: dict[str, Any] = {"states" if name in states else name: value}
        meaning = replace(known.revision, **said)
        assert replace(tag.revision, valid_from_us=1) == meaning, "all else stays, to the last digit"
        assert tag.revision.valid_from_us > 1, "another meaning begins a revision"


def test_new_changed_and_unchanged_tags_are_told_apart() -> None:
    text = file(
        NEW,
        ("hill  BOREHOLE", "tank LEVEL", "", "", "", "0", "6"),
        ("Hill borehole", "Level setpoint", "North server", "s=Level setpoint", "analog", "0", "5"),
        ("Hill borehole", "Speed", "North server", "s=Pump 1 ready", "", "", ""),
    )
    back = found(text)
    assert (back.unchanged, back.faults) == (1, ())
    new, changed, renamed = back.changes
    assert (new.line, new.is_new, new.draft.asset_id) == (2, True, SITE.id)
    assert (changed.line, changed.draft.tag.id, changed.fields) == (3, TAGS[LEVEL].id, (("High", "5", "6"),))
    assert (renamed.draft.tag.id, renamed.fields) == (TAGS[READY].id, (("Name", "Pump 1 ready", "Speed"),))


def test_columns_that_are_not_there_change_nothing_and_an_empty_cell_empties_the_unit_only() -> None:
    head = "Id,Name,Unit,High,Kind,Writable,Equipment,Connection,Address"
    (change,) = found(f"{head}\n{FULL.id},,,,,,,,\n").changes
    assert change.fields == (("Unit", "-m³/h", ""),)
    assert made(f"{head}\n{FULL.id},,,,,,,,\n")[0].revision.name == "=1+1"


def test_a_tag_over_another_link_is_not_taken_for_one_of_the_same_address() -> None:
    same = replace(NOTE.revision, name="Twin", address="s=Tank level")
    plant = replace(PLANT, tags=(*TAGS, replace(NOTE, revision=same)))
    line = "Station,Connection,Address,Writable\nHill borehole,South server,s=Tank level,yes\n"
    assert [each.draft.tag.id for each in found(line, plant).changes] == [NOTE.id]
    new = found(file(("Hill borehole", "Level 2", "South server", "s=Pump 1 start", "Analog", "0", "1")), plant)
    assert [each.is_new for each in new.changes] == [True], "the pump's start has that address over the other link"
    text = "Station,Address,Decimals\nHill borehole,s=Tank level,3\n"
    assert faults(text, plant)[0][:2] == (2, "Id")
    assert "several tags that this may mean" in faults(text, plant)[0][2]


def test_tags_are_removed_only_when_that_was_asked_and_only_of_stations_in_the_file() -> None:
    plant = second_station(1)
    lines = [placed_draft_of(tag).tag for tag in TAGS]
    text = "Station,Name\n" + "".join(f"Hill borehole,{tag.name}\n" for tag in lines if tag.name != "Tank level")
    assert found(text, plant).removed == ()
    back = found(text, plant, removes=True)
    assert (back.removed, back.faults) == ((TAGS[LEVEL].id,), ()), "the other station's stay"
    bad = text + "Hill borehole,Flow\n"
    assert (found(bad, plant, removes=True).removed, len(found(bad, plant, removes=True).faults)) == ((), 1)


@pytest.mark.parametrize(("gone", "word"), [(TRIP, "Pump 1 must not start without it"), (READY, "must not start")])
def test_what_a_start_hangs_on_is_not_removed(gone: int, word: str) -> None:
    text = "Id\n" + "".join(f"{tag.id}\n" for tag in PLANT.tags if tag.index != gone)
    back = found(text, removes=True)
    assert back.removed == ()
    (fault,) = back.faults
    assert fault.line == 0
    assert word in fault.sentence
    assert TAGS[gone].name in fault.sentence


def test_a_control_that_a_sequence_uses_keeps_its_tags() -> None:
    steps = (SequenceStep(PUMP.id, 1.0, ""),)
    plant = replace(PLANT, sequences=(CommandSequence(UUID(int=9), STATION.id, "Morning", steps),))
    text = "Id\n" + "".join(f"{tag.id}\n" for tag in PLANT.tags if tag.index != START)
    (fault,) = found(text, plant, removes=True).faults
    assert "which the sequence Morning uses" in fault.sentence
    assert found(text, removes=True).removed == (TAGS[START].id,), "without one it goes, with its control"


def test_a_setpoint_that_an_alarm_of_another_tag_compares_with_stays() -> None:
    deviation = AlarmDefinition(
        UUID(int=901), TAGS[LEVEL].id, AlarmType.DEVIATION, Priority.LOW, 0.5, setpoint=FULL.id, action="Look."
    )
    plant = replace(PLANT, alarms=(deviation,))
    text = "Id\n" + "".join(f"{tag.id}\n" for tag in PLANT.tags if tag.id != FULL.id)
    (fault,) = found(text, plant, removes=True).faults
    assert "The alarm Tank level Deviation compares with it" in fault.sentence
    assert found(text, removes=True).removed == (FULL.id,)
    both = "Id\n" + "".join(f"{tag.id}\n" for tag in PLANT.tags if tag.id not in (FULL.id, TAGS[LEVEL].id))
    assert len(found(both, plant, removes=True).removed) == 2, "both go, and the alarm with them"


def test_a_connection_that_would_lose_its_last_tag_is_named() -> None:
    text = "Id\n" + "".join(f"{tag.id}\n" for tag in TAGS)
    back = found(text, removes=True)
    assert len(back.removed) == 4
    assert back.notes == ("The connection South server goes too; nothing would use it any more.",)
    moved = "Id,Connection\n" + "".join(f"{tag.id},North server\n" for tag in (FULL, STATES, COUNT, NOTE))
    assert found(moved).notes == back.notes
    assert found(write(TAGS, PLANT)).notes == ()


# ── what cannot be taken ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        ("Moon,Speed,North server,s=f,Analog,0,1", "Station", "There is no station called Moon."),
        (",Speed,North server,s=f,Analog,0,1", "Station", "It must not be empty."),
        ("Hill borehole,,North server,s=f,Analog,0,1", "Name", "It must not be empty."),
        ("Hill borehole,Speed,North server,,Analog,0,1", "Address", "It must not be empty."),
        ("Hill borehole,Speed,West server,s=f,Analog,0,1", "Connection", "There is no connection called West server."),
        ("Hill borehole,Speed,,s=f,Analog,0,1", "Connection", "Say which: North server, South server."),
        ("Hill borehole,Speed,North server,s=f,Analogue,0,1", "Kind", "write Analog, Discrete, Counter or Text"),
        ("Hill borehole,Speed,North server,s=f,Analog,four,1", "Low", "must be a number"),
        ("Hill borehole,Speed,North server,s=f,Analog,0,nan", "High", "must be a number"),
        ("Hill borehole,Speed,North server,s=f,Analog,2,1", "High", "must be above the lower"),
        (f"Hill borehole,{'F' * 81},North server,s=f,Analog,0,1", "Name", "80 characters at most"),
        ('Hill borehole,"Speed\nrate",North server,s=f,Analog,0,1', "Name", "cannot be shown"),
        ('Hill borehole,"Speed,North server,s=f,Analog,0,1', "", "A quotation mark is not closed."),
        ("Hill borehole,Speed,North server,s=f,Analog,0,1,more", "", "It has 8 cells"),
        ("Hill borehole,Sp\ufffdeed,North server,s=f,Analog,0,1", "", "a character that cannot be read"),
    ],
)
def test_each_bad_line_costs_itself_only(line: str, field: str, sentence: str) -> None:
    after = ("Hill borehole", "Tank level", "", "", "", "0", "6")
    text = file(NEW) + "\n" + line + "\n" + ",".join(after)
    back = found(text)
    assert [each.draft.tag.name for each in back.changes] == ["Flow", "Tank level"]
    ((number, said_field, said),) = faults(text)
    assert (number, said_field) == (3, field)
    assert sentence in said


@pytest.mark.parametrize(
    ("head", "cell", "sentence"),
    [
        ("Writable", "perhaps", "perhaps means nothing here; write yes or no."),
        ("Equipment", "Boiler", "no equipment called Boiler"),
        ("Decimals", "1.5", "whole number from 0 to 6"),
        ("Sampling, ms", "1", "whole number from 50"),
        ("Scale", "0", "other than 0"),
        ("Offset", "x", "must be a number"),
        ("Deadband", "-1", "0 or more"),
        ("Kept at least every, s", "1", "must not be below the shortest"),
        ("Unit", "m" * 21, "20 characters"),
        ("Unit", "m\nx", "cannot be shown"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named_by_its_column(head: str, cell: str, sentence: str) -> None:
    ((line, field, said),) = faults(edited(write((FULL,), PLANT), head, cell))
    assert (line, field) == (2, head)
    assert sentence in said


def test_names_and_addresses_that_others_have_are_said() -> None:
    clash = ("Hill borehole", "Flow 2", "North server", "s=flow", "Analog", "0", "1")
    assert {(line, field) for line, field, _ in faults(file(NEW, clash))} == {(2, "Address"), (3, "Address")}
    renamed = f"Id,Name\n{TAGS[RUN].id},Tank level\n"
    assert faults(renamed) == [(2, "Name", "Another tag of the station has the same name.")]
    swapped = f"Id,Name\n{TAGS[RUN].id},Tank level\n{TAGS[LEVEL].id},Pump 1 running\n"
    assert len(found(swapped).changes) == 2, "two may change names"
    assert found(swapped + f"{TAGS[IN_USE].id},Tank level\n").changes == ()


def test_the_same_tag_twice_is_said() -> None:
    assert faults(file(NEW, NEW)) == [(3, "", "It is the same tag as line 2.")]
    line = ("Hill borehole", "Tank level", "", "", "", "0", "6")
    assert faults(file(line, line)) == [(3, "", "It is the same tag as line 2.")]


def test_ids_that_are_none_or_somebody_elses_are_said() -> None:
    text = f"Id,Station,Name\nnone,Hill borehole,x\n{PUMP.id},Hill borehole,y\n{TAGS[SETPOINT].id},Station 1,z\n"
    plant = second_station(1)
    assert [(line, field) for line, field, _ in faults(text, plant)] == [(2, "Id"), (3, "Id"), (4, "Station")]
    assert "belongs to Hill borehole" in faults(text, plant)[2][2]


def test_a_line_with_an_unknown_id_keeps_it() -> None:
    given = UUID(int=77_777)
    (change,) = found(f"Id,{file(NEW).replace(chr(10), chr(10) + str(given) + ',')}").changes
    assert (change.is_new, change.draft.tag.id) == (True, given)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_other_programs_files_are_read(encoding: str, separator: str) -> None:
    lines = ["Station;Name;Connection;Address;High", 'Hill borehole;Zufluss läuft;North server;s=z;"4,5"', ";;;;"]
    text = "\r\n".join(line.replace(";", separator) for line in lines)
    (change,) = compare(text.encode(encoding), PLANT, TYPES).changes
    assert (change.draft.tag.name, change.draft.tag.high) == ("Zufluss läuft", "4.5")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must name the columns, among them Id or Name or Address"),
        (b"Station,Unit\nx,y\n", "must name the columns"),
        (b"PK\x03\x04\x00\x00\x00", "no text"),
        (b"Name,Unit,Name\n", "The column Name is there twice"),
        (b"x" * (BYTES_MOST + 1), "50 MB; it holds no tags"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(CsvError, match=words):
        compare(content, PLANT, TYPES)


@given(st.binary(max_size=300))
def test_any_bytes_after_a_heading_are_lines_or_faults(rubble: bytes) -> None:
    try:
        back = compare(b"Id,Station,Name,Connection,Address,High\n" + rubble, PLANT, TYPES)
    except CsvError:
        return
    assert all(fault.line > 1 for fault in back.faults)


def test_a_hundred_thousand_lines_are_read_and_too_many_for_a_station_are_said() -> None:
    lines = "".join(f"Hill borehole,Tag no {n},North server,s={n}\n" for n in range(100_000))
    back = found("Station,Name,Connection,Address\n" + lines)
    assert (len(back.changes), len(back.faults)) == (0, 100_000)
    assert back.faults[0].sentence == f"A station has {TAGS_MOST} tags at most; these are 100007."
