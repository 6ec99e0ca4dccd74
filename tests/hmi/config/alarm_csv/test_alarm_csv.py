from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.config.alarm_checks import definition_of
from hmi.config.alarm_csv import compare, write
from hmi.config.csv_files import BYTES_MOST, CsvDifferences, CsvError
from hmi.config.csv_files.cells import FORMULA_MARKS
from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from tests.support.plants import CATALOGUE, LEVEL, LINK_LOST, LOW_LEVEL, RUN, SETPOINT, TAGS

FULL = replace(
    LOW_LEVEL,
    deadband=0.1 + 0.2,
    on_delay_s=90.0,
    cause='A "leak"; or, a theft',
    consequence="Two\nlines",
    action="=1+1",
    respond_s=600.0,
    alarm_class="@home",
    is_latching=True,
    needs_acknowledgement=False,
    may_shelve=False,
    shelve_most_s=3600.0,
    suppression="-[Pump 1 running] = 0",
    owner="'quoted",
    advice="+49 30 1234",
    display="https://example.invalid/?a=1",
    approved_by="Eve",
    approved_us=5_000_000,
)
DEVIATION = AlarmDefinition(
    UUID(int=901), TAGS[LEVEL].id, AlarmType.DEVIATION, Priority.LOW, 0.5, setpoint=TAGS[SETPOINT].id, action="Look."
)
STATE = AlarmDefinition(UUID(int=902), TAGS[RUN].id, AlarmType.DISCRETE, Priority.CRITICAL, 1.0)
PLANT = replace(CATALOGUE, alarms=(FULL, DEVIATION, STATE, LINK_LOST))


def found(text: str, catalogue: Catalogue = PLANT, *, removes: bool = False) -> CsvDifferences[AlarmDraft]:
    return compare(text.encode(), catalogue, removes=removes)


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(each.line, each.field, each.sentence) for each in found(text).faults]


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter))


def file(*lines: Iterable[str], heading: str = "Station,Tag,Type,Limit,Priority") -> str:
    return "\n".join((heading, *(",".join(line) for line in lines)))


# ── out and in again ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_european", [False, True])
def test_what_goes_out_comes_in_without_a_difference(is_european: bool) -> None:
    text = write(PLANT.every_alarm, PLANT, is_european=is_european)
    back = found(text)
    assert (back.changes, back.faults, back.removed, back.unknown) == ((), (), (), ())
    assert back.unchanged == len(PLANT.every_alarm) > 10


@pytest.mark.parametrize("is_european", [False, True])
def test_an_empty_plant_gets_all_of_it(is_european: bool) -> None:
    bare = replace(CATALOGUE, alarms=())
    text = write([FULL, DEVIATION, STATE], PLANT, is_european=is_european)
    made = [definition_of(each.draft) for each in found(text, bare).changes]
    rounded = replace(FULL, deadband=0.3, approved_by="", approved_us=0)
    assert made == [rounded, DEVIATION, STATE]
    assert all(each.is_new for each in found(text, bare).changes)


def test_a_spreadsheet_finds_what_it_needs_and_nothing_to_run() -> None:
    text = write([FULL], PLANT, is_european=True)
    assert text.startswith("\ufeffId;Station;Tag;Type;Priority;Limit;")
    assert text.count("\r\n") == 2
    heading, cells = rows(text, ";")
    by_name = dict(zip(heading, cells, strict=True))
    assert by_name["Deadband"] == "0,3"
    assert by_name["On delay (s)"] == "90"
    assert by_name["Approved at"] == "1970-01-01T00:00:05+00:00"
    assert by_name["Corrective action"] == "'=1+1"
    assert not [cell for name, cell in by_name.items() if cell.startswith(FORMULA_MARKS) and name != "Limit"]


@given(st.text(st.characters(exclude_categories=["C"]) | st.sampled_from("=+-@'\",;\n"), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    text = text.strip()
    plant = replace(CATALOGUE, alarms=(replace(LOW_LEVEL, cause=text),))
    for is_european in (False, True):
        back = compare(write(plant.alarms, plant, is_european=is_european).encode(), plant)
        assert (back.unchanged, back.faults) == (1, ())


# ── Excel's habits ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_other_programs_files_are_read(encoding: str, separator: str, end: str) -> None:
    lines = ["Station;Tag;Type;Limit;Cause", 'Hill borehole;Tank level;High;"4,5";"Zufluss läuft"', ";;;;"]
    text = end.join(line.replace(";", separator) for line in lines) + end
    (change,) = compare(text.encode(encoding), PLANT).changes
    made = definition_of(change.draft)
    assert (made.type, made.limit, made.cause) == (AlarmType.HIGH, 4.5, "Zufluss läuft")


def test_a_hint_for_excel_and_headings_as_fields_are_taken() -> None:
    text = (
        "sep=;\r\n\r\nTAG;type ;on_delay_s;On-Delay S2;may shelve\r\nHill borehole · Tank level;high;1,5 min;9;no\r\n"
    )
    back = found(text)
    assert back.unknown == ("On-Delay S2",)
    assert [fault.sentence for fault in back.faults] == ["Enter the limit, a number."]
    (change,) = found(text.replace("On-Delay S2", "Limit").replace(";9;", ";4,5;")).changes
    made = definition_of(change.draft)
    assert (made.limit, made.on_delay_s, made.may_shelve) == (4.5, 90.0, False)


# ── differences ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_new_changed_and_unchanged_records_are_told_apart_field_by_field() -> None:
    text = file(
        ("Hill borehole", "tank LEVEL", "Low", "1.2", "1"),
        ("Hill borehole", "Tank level", "Deviation", "", ""),
        ("", "Hill borehole · Tank level", "High", "4", "Medium"),
    )
    back = found(text)
    assert (back.unchanged, back.faults) == (1, ())
    changed, new = back.changes
    assert (changed.line, changed.is_new, changed.draft.id) == (2, False, FULL.id)
    assert changed.fields == (("Priority", "High", "Critical"), ("Limit", "1", "1.2"))
    assert (new.line, new.is_new, new.draft.limit) == (4, True, "4")
    assert found(text).changes == back.changes, "looked at again it is the same"


def test_columns_that_are_not_there_change_nothing_and_an_empty_cell_empties_a_text_only() -> None:
    text = f"Id,Limit,Cause,On delay (s),Latching\n{FULL.id},,,,\n"
    (change,) = found(text).changes
    assert change.fields == (("Cause", FULL.cause, ""),)
    assert definition_of(change.draft, FULL) == replace(FULL, cause="", approved_by="", approved_us=0)


def test_records_are_removed_only_when_that_was_asked_and_only_of_stations_in_the_file() -> None:
    text = file(("Hill borehole", "Tank level", "Low", "1.2", "1"))
    assert found(text).removed == ()
    assert found(text, removes=True).removed == (DEVIATION.id, STATE.id), "a link's alarm stays"
    elsewhere = f"Id,Priority\n{LINK_LOST.id},Low\n"
    assert found(elsewhere, removes=True).removed == ()


def test_nothing_is_removed_while_a_line_cannot_be_taken() -> None:
    good, bad = ("Hill borehole", "Tank level", "Low", "1.2", "1"), ("Hill borehole", "Tank level", "Devi", "1", "1")
    back = found(file(good, bad), removes=True)
    assert (len(back.changes), back.removed, len(back.faults)) == (1, (), 1)
    wrong = ("Hill borehole", "Tank level", "Deviation", "-1", "1")
    assert found(file(good, wrong), removes=True).removed == ()


def test_built_in_alarms_can_be_changed_by_a_file() -> None:
    link, control = "North server,Communication,Critical", "Pump 1,Discrepancy,high"
    text = f"Tag,Type,Priority\n{link}\n{control}\nHill borehole · Tank level,Quality,1\n"
    back = found(text)
    assert back.faults == ()
    assert [(each.is_new, each.fields) for each in back.changes] == [
        (False, (("Priority", "High", "Critical"),)),
        (False, (("Priority", "Medium", "High"),)),
        (False, (("Priority", "Low", "Critical"),)),
    ]


# ── what cannot be taken ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bad_line_in_the_middle_is_named_and_the_others_are_taken() -> None:
    text = file(
        ("Hill borehole", "Tank level", "Low", "1.2", "1"),
        ("Hill borehole", "Tank level", "High", "four", "1"),
        ("Hill borehole", "Level setpoint", "High", "4", "1"),
    )
    back = found(text)
    assert [each.line for each in back.changes] == [2, 4]
    assert faults(text) == [(3, "Limit", "Enter the limit, a number.")]


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        ("Hill borehole,Tank,Low,1,1", "Tag", "There is no tag called Hill borehole · Tank."),
        ("Hill borehole,,Low,1,1", "Tag", "It must not be empty."),
        ("Hill borehole,Tank level,Lowest,1,1", "Type", "Lowest is no type of an alarm."),
        ("Hill borehole,Tank level,,1,1", "Type", "Nothing is no type of an alarm."),
        ("Hill borehole,Tank level,Low,1,5", "Priority", "5 means nothing here; write Critical, High, Medium or Low."),
        ("Hill borehole,Tank level,Low,6,1", "Limit", "It must lie in the tag's range, 0 to 5."),
        ("Hill borehole,Tank level,State,1,1", "Type", "Tank level is a measured value"),
        ('Hill borehole,"Tank level,Low,1,1', "", "A quotation mark is not closed."),
        ('Hill borehole,"Tank" level",Low,1,1"', "", "A quotation mark stands where none may be."),
        ("Hill borehole,Tank level,Low,1,1,more", "", "It has 6 cells, and the first line names 5 columns."),
        ("Hill borehole,Tank level,Low,1,1\ufffd", "", "It holds a character that cannot be read"),
    ],
)
def test_each_bad_line_costs_itself_only(line: str, field: str, sentence: str) -> None:
    good = "Hill borehole,Level setpoint,High,4,1"
    text = "\n".join(("Station,Tag,Type,Limit,Priority", good, line, 'Hill borehole,Level setpoint,Low,1,"1"'))
    back = found(text)
    assert [each.line for each in back.changes] == [2, 4]
    ((number, said_field, said),) = faults(text)
    assert (number, said_field) == (3, field)
    assert sentence in said


def test_an_open_quotation_mark_eats_neither_the_lines_after_it_nor_one_of_several_lines() -> None:
    heading = "Station,Tag,Type,Limit,Cause"
    several = 'Hill borehole,Level setpoint,Low,1,"two\nlines"'
    bad = 'Hill borehole,"Tank level,Low,1,x'
    text = "\n".join((heading, bad, "Hill borehole,Level setpoint in use,High,4,x", several))
    back = found(text)
    assert [each.line for each in back.changes] == [3, 4]
    assert back.changes[1].draft.cause == "two\nlines"


def test_the_same_record_twice_is_said() -> None:
    line = ("Hill borehole", "Tank level", "Low", "1.2", "1")
    assert faults(file(line, line)) == [(3, "", "It is the same record as line 2.")]


def test_ids_that_are_none_or_somebody_elses_are_said() -> None:
    text = (
        f"Id,Tag,Type\nnone,x,Low\n{FULL.id},Hill borehole · Pump 1 running,Low\n{LINK_LOST.id},Other,Communication\n"
    )
    said = faults(text)
    assert [(line, field) for line, field, _ in said] == [(2, "Id"), (3, "Tag"), (4, "Tag")]
    assert "The record of this id is of Tank level" in said[1][2]


def test_a_line_that_fits_only_with_a_bad_one_is_said_too() -> None:
    text = file(
        ("Hill borehole", "Tank level", "Low", "3", "9"),
        ("Hill borehole", "Tank level", "High", "0.5", "1"),
    )
    assert [(line, field) for line, field, _ in faults(text)] == [(2, "Priority"), (3, "Limit")]
    assert found(text).changes == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must name the columns"),
        (b"\n\n\n", "must name the columns"),
        (b"sep=;", "must name the columns"),
        (b"a,b\n1,2\n", "must name the columns"),
        (b"PK\x03\x04\x00\x00\x00", "no text"),
        (b'"Tag', "must name the columns"),
        (b"Tag,Type,Tag\n", "The column Tag is there twice"),
        (b"x" * (BYTES_MOST + 1), "50 MB; it holds no alarm records"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(CsvError, match=words):
        compare(content, PLANT)


@given(st.binary(max_size=300))
def test_any_bytes_after_a_heading_are_lines_or_faults(rubble: bytes) -> None:
    try:
        back = compare(b"Tag,Type,Limit\n" + rubble, PLANT)
    except CsvError:
        return
    assert all(fault.line > 1 for fault in back.faults)
