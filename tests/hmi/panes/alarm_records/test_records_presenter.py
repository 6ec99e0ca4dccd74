"""The page's facts: what is listed, edited, wrong, and what may be done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hmi.config.alarm_checks import alarm_faults, definition_of
from hmi.config.alarm_templates import AlarmTemplates
from hmi.config.csv_files import CsvChange, CsvDifferences, CsvFault
from hmi.domain.alarm_drafts import alarm_draft_of
from hmi.domain.alarm_revision import AlarmRevision
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.alarms.implied import quality_alarm_id, system_alarm_id
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import DEMO_OPERATOR, VISITOR, User
from hmi.panes.alarm_records.presenter import AlarmRecordsPresenter, Page
from hmi.panes.alarm_records.proposing import BY_MEASUREMENT
from hmi.panes.alarm_records.rows import Column, Show
from hmi.services.mirror import Mirror
from hmi.services.port import (
    AlarmOverview,
    ApplyAlarmCsv,
    ApproveAlarmRecords,
    CheckAlarmDrafts,
    CompareAlarmCsv,
    CsvPreview,
    DeleteAlarmRecords,
    ExportAlarmCsv,
    Frame,
    ReadAlarmRevisions,
    ReadAlarmTemplates,
    RefusedError,
    SaveAlarmRecords,
    SaveAlarmTemplates,
)
from hmi.ui.navigator import Navigator
from tests.support.fake_port import FakePort
from tests.support.plants import CATALOGUE, LEVEL, LINK_LOST, LOW_LEVEL, RUN, SETPOINT, STATION, TAGS, second_station

HIGH = AlarmDefinition(
    UUID(int=700), TAGS[LEVEL].id, AlarmType.HIGH, Priority.CRITICAL, 4.0, 0.1, action="Stop.", approved_by="Eve"
)
EVENT = AlarmDefinition(UUID(int=701), TAGS[RUN].id, AlarmType.DISCRETE, Priority.LOW, 1.0)
PLANT = replace(CATALOGUE, alarms=(LOW_LEVEL, HIGH, EVENT, LINK_LOST))
QUALITY = quality_alarm_id(TAGS[LEVEL].id)


class Around:
    """A presenter with what is around it."""

    def __init__(self, catalogue: Catalogue = PLANT, user: User = DEMO_OPERATOR) -> None:
        self.mirror, self.port, self.navigator = Mirror(), FakePort(), Navigator()
        self.mirror.take(Frame(catalogue=catalogue, user=user))
        self.presenter = AlarmRecordsPresenter(self.mirror, self.port, self.navigator)
        self.changes = 0
        self.presenter.listen(self.mirror.listen, self._count)
        self.port.answers[CheckAlarmDrafts] = lambda asked: alarm_faults(asked.drafts, self.mirror.catalogue)

    def _count(self) -> None:
        self.changes += 1

    def names(self) -> list[str]:
        return [" ".join(row.cells[1:3]) for row in self.presenter.listing.rows()]

    def cells(self, alarm_id: UUID) -> tuple[str, ...]:
        return next(row.cells for row in self.presenter.listing.rows() if row.id == alarm_id)

    def take(self, *alarms: AlarmDefinition) -> None:
        version = self.mirror.catalogue.version + 1
        self.mirror.take(Frame(catalogue=replace(self.mirror.catalogue, alarms=alarms, version=version)))


@pytest.fixture
def page() -> Around:
    return Around()


def run(coroutine: Coroutine[Any, Any, object]) -> None:
    asyncio.run(coroutine)


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_record_and_every_built_in_alarm_is_listed_in_words(page: Around) -> None:
    assert len(page.names()) == len(PLANT.every_alarm)
    assert page.cells(LOW_LEVEL.id) == (
        "Hill borehole",
        "Tank level",
        "Low",
        "1 m",
        "0.2 m",
        "0 s / 0 s",
        "High",
        "Alarm",
        "",
        "1",
        "–",
    )
    assert page.cells(HIGH.id)[Column.APPROVED].endswith("Eve")
    assert page.cells(EVENT.id)[Column.LIMIT] == "On"
    assert page.cells(EVENT.id)[Column.KIND] == "Event"
    assert page.cells(QUALITY)[Column.APPROVED] == "Built in"
    assert page.cells(system_alarm_id("disk"))[:2] == ("This computer", "Disk nearly full")
    assert page.cells(LINK_LOST.id)[1] == "North server"


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"search": "tank HIGH"}, ["Tank level High"]),
        ({"search": "dry taps"}, ["Tank level Low"]),
        ({"type": AlarmType.DISCRETE}, ["Pump 1 running State"]),
        ({"priority": Priority.CRITICAL, "show": Show.WRITTEN}, ["Tank level High"]),
        ({"show": Show.NOT_APPROVED}, ["North server Communication", "Pump 1 running State", "Tank level Low"]),
        ({"show": Show.EVENTS}, ["Pump 1 running State"]),
        ({"station_id": UUID(int=9)}, []),
        ({"show": Show.CHANGED}, []),
    ],
)
def test_filters(page: Around, change: dict[str, object], names: list[str]) -> None:
    page.presenter.set_filter(**change)
    assert page.names() == names


def test_a_click_on_a_column_sorts_and_another_one_turns_it_round(page: Around) -> None:
    page.presenter.set_filter(search="tank level")
    page.presenter.sort(Column.LIMIT)
    limits = [row.cells[Column.LIMIT] for row in page.presenter.listing.rows()]
    assert limits == ["–", "1 m", "4 m"], "by number, what has none first"
    page.presenter.sort(Column.LIMIT)
    assert [row.cells[Column.LIMIT] for row in page.presenter.listing.rows()] == ["4 m", "1 m", "–"]
    page.presenter.sort(Column.PRIORITY)
    assert [row.priority for row in page.presenter.listing.rows()] == [1, 2, 4]


def test_a_suppression_that_fails_as_it_runs_is_listed_with_its_fault(page: Around) -> None:
    page.mirror.take(Frame(overview=AlarmOverview(faults=((LOW_LEVEL.id, "The value of Flow is not trusted."),))))
    assert page.changes == 1, "it is told"
    page.presenter.set_filter(show=Show.FAULTY)
    (row,) = page.presenter.listing.rows()
    assert (row.id, row.fault) == (LOW_LEVEL.id, "The value of Flow is not trusted.")
    assert row.cells[Column.TAG] == "◆ Tank level"


def test_rows_that_did_not_change_are_not_made_again(page: Around) -> None:
    before = page.presenter.listing.rows()
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("limit", "1.5")
    after = page.presenter.listing.rows()
    assert sum(one is other for one, other in zip(before, after, strict=True)) == len(before) - 1


# ── editing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_edits_stay_when_another_record_is_chosen_until_they_are_reverted(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("limit", "1.5")
    page.presenter.select([HIGH.id])
    page.presenter.set_field("cause", "Rain.")
    assert page.presenter.unsaved == 2
    assert page.cells(LOW_LEVEL.id)[1:4] == ("• Tank level", "Low", "1.5 m")
    page.presenter.revert()
    assert page.presenter.unsaved == 1
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("limit", "1")
    assert page.presenter.unsaved == 0, "typed back it is no edit"


def test_several_records_show_what_they_share_and_change_what_is_touched_only(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id, HIGH.id, EVENT.id])
    form = page.presenter.form()
    assert form.title == "3 records, changed together"
    assert (form.fields["limit"].is_mixed, form.fields["limit"].value) == (True, None)
    assert form.fields["shelve_most_s"].value == "8 h"
    assert form.fields["deadband"].is_used
    assert not form.fields["setpoint"].is_used
    assert form.types == (AlarmType.QUALITY, AlarmType.STALE), "what suits a state and a measured value"
    page.presenter.set_field("owner", "Operations")
    page.presenter.set_field("deadband", "0.3")
    drafts = page.presenter.edits.pending
    assert {draft.owner for draft in drafts.values()} == {"Operations"}
    assert (drafts[LOW_LEVEL.id].deadband, drafts[EVENT.id].deadband) == ("0.3", "0")
    assert (drafts[LOW_LEVEL.id].limit, drafts[HIGH.id].limit) == ("1", "4")


def test_the_form_tells_units_states_and_that_it_is_an_event(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id])
    assert (page.presenter.form().fields["limit"].unit, page.presenter.form().is_event) == ("m", False)
    page.presenter.set_field("type", AlarmType.RATE_OF_CHANGE)
    assert page.presenter.form().fields["limit"].unit == "m a minute"
    page.presenter.select([EVENT.id])
    form = page.presenter.form()
    assert (form.fields["limit"].unit, form.is_event) == ("0 Off, 1 On", True)
    assert form.types == (AlarmType.DISCRETE, AlarmType.QUALITY, AlarmType.STALE)
    assert form.subject_locked


def test_a_built_in_alarm_is_edited_but_keeps_its_type(page: Around) -> None:
    page.presenter.select([QUALITY])
    assert page.presenter.form().is_built_in
    assert page.presenter.form().types == (AlarmType.QUALITY,)
    page.presenter.set_field("type", AlarmType.HIGH)
    assert page.presenter.unsaved == 0
    page.presenter.set_field("priority", Priority.HIGH)
    assert page.presenter.unsaved == 1
    assert page.presenter.deletable == ()
    assert page.presenter.delete_question() is None


def test_a_new_record_is_of_the_selected_tag_and_of_a_type_that_is_free(page: Around) -> None:
    page.navigator.open_trend(LEVEL, STATION.id)
    page.presenter.add()
    (new,) = page.presenter.selected
    draft = page.presenter.edits.pending[new]
    assert (draft.subject, draft.type) == (TAGS[LEVEL].id, AlarmType.HIGH_HIGH)
    assert page.presenter.listing.rows()[0].id == new
    assert page.cells(new)[1] == "+ Tank level"
    assert not page.presenter.form().subject_locked
    page.presenter.set_filter(search="nothing like it")
    assert page.names() == ["+ Tank level High-high"], "what is new is always listed"
    page.presenter.revert()
    assert (page.presenter.selected, page.presenter.unsaved) == ((), 0)


def test_a_tag_is_typed_by_name_and_a_name_that_nobody_has_is_said(page: Around) -> None:
    page.presenter.add()
    assert page.presenter.form().fields["subject"].value == ""
    page.presenter.set_field("subject", "Hill borehole · Pump")
    form = page.presenter.form()
    assert form.fields["subject"].value == "Hill borehole · Pump", "what is typed stays"
    assert form.fields["subject"].fault == "There is no tag called Hill borehole · Pump."
    page.presenter.set_field("subject", "hill borehole · pump 1 READY")
    form = page.presenter.form()
    assert (form.fields["subject"].value, form.fields["subject"].fault) == ("Hill borehole · Pump 1 ready", "")
    assert form.drafts[0].type is AlarmType.DISCRETE
    page.presenter.set_field("subject", "Hill borehole · Level setpoint")
    page.presenter.set_field("type", AlarmType.DEVIATION)
    page.presenter.set_field("setpoint", "Tank level")
    assert page.presenter.form().drafts[0].setpoint == TAGS[LEVEL].id, "of the own station by its short name"


def test_the_tag_of_a_saved_record_stands(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("subject", "Hill borehole · Level setpoint")
    assert page.presenter.unsaved == 0


def test_duplicates_are_made_of_records_of_tags(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id, LINK_LOST.id])
    page.presenter.duplicate()
    (copy,) = page.presenter.selected
    assert replace(page.presenter.edits.pending[copy], id=LOW_LEVEL.id) == replace(
        alarm_draft_of(LOW_LEVEL), revision=0
    )


def test_edits_outlive_the_window_and_what_does_not_fit_is_passed_over(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id, HIGH.id])
    page.presenter.set_field("priority", Priority.LOW)
    page.presenter.add()
    state = page.presenter.edits.state()
    later = Around()
    later.presenter.edits.restore([*state, "rubble", {"id": "x"}, {"id": str(UUID(int=1)), "type": "none"}, {}])
    assert later.presenter.edits.pending == page.presenter.edits.pending
    later.presenter.edits.restore(None)
    same = Around()
    same.presenter.edits.restore([{**state[0], "priority": int(LOW_LEVEL.priority)}])
    assert same.presenter.unsaved == 0, "what was saved meanwhile is no edit"


# ── checking and saving ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_wrong_stands_at_its_field_and_in_the_table(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("limit", "9")
    run(page.presenter.check())
    assert page.presenter.form().fields["limit"].fault == "It must lie in the tag's range, 0 to 5."
    assert page.cells(LOW_LEVEL.id)[1] == "◆ Tank level"
    page.presenter.set_field("limit", "1.5")
    run(page.presenter.check())
    assert page.presenter.form().fields["limit"].fault == ""


def test_a_fault_keeps_everything_from_being_saved_and_is_listed(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("limit", "9")
    page.presenter.select([HIGH.id])
    page.presenter.set_field("cause", "Rain.")
    run(page.presenter.save())
    assert page.port.count(SaveAlarmRecords) == 0
    assert page.presenter.saving.message == "Nothing was saved: faults in 1 record, which are listed now."
    assert [row.id for row in page.presenter.listing.rows()] == [LOW_LEVEL.id]


def test_all_edits_are_saved_in_one_step_and_are_edits_until_the_plant_has_them(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id, HIGH.id])
    page.presenter.set_field("owner", "Operations")
    drafts = tuple(page.presenter.edits.pending.values())
    page.port.answers[SaveAlarmRecords] = 2
    run(page.presenter.save("Review"))
    assert page.port.last(SaveAlarmRecords) == SaveAlarmRecords(drafts, "Review")
    assert page.presenter.saving.message == "Saved: 2 records."
    assert page.presenter.unsaved == 2, "shown until the new configuration is here"
    page.presenter.select([HIGH.id])
    page.presenter.set_field("cause", "Typed while it was saved.")
    made = [replace(definition_of(draft), revision=2) for draft in drafts]
    page.take(*made, EVENT, LINK_LOST)
    assert page.presenter.unsaved == 1
    left = page.presenter.edits.pending[HIGH.id]
    assert (left.revision, left.owner, left.cause) == (2, "Operations", "Typed while it was saved.")


def test_a_save_that_is_answered_after_the_plant_came_leaves_no_edit(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("owner", "Operations")

    def answer(asked: SaveAlarmRecords) -> int:
        page.take(replace(definition_of(asked.drafts[0]), revision=2), HIGH, EVENT, LINK_LOST)
        return 1

    page.port.answers[SaveAlarmRecords] = answer
    run(page.presenter.save())
    assert page.presenter.unsaved == 0


def test_a_refusal_loses_nothing(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("owner", "Operations")
    page.port.answers[SaveAlarmRecords] = RefusedError("The disk is full.")
    run(page.presenter.save())
    assert (page.presenter.saving.message, page.presenter.saving.is_trouble) == ("The disk is full.", True)
    assert page.presenter.unsaved == 1
    assert not page.presenter.saving.is_busy


def test_deleting_is_asked_and_takes_new_drafts_without_a_request(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id, QUALITY])
    question = page.presenter.delete_question()
    assert question is not None
    assert (question.title, question.button) == ("Delete 1 record?", "Delete")
    assert question.words.startswith("Hill borehole · Tank level, Low\n")
    page.port.answers[DeleteAlarmRecords] = 1
    run(page.presenter.delete())
    assert page.port.last(DeleteAlarmRecords).alarm_ids == (LOW_LEVEL.id,)
    page.presenter.add()
    run(page.presenter.delete())
    assert page.port.count(DeleteAlarmRecords) == 1
    assert (page.presenter.unsaved, page.presenter.selected) == (0, ())


def test_only_what_is_saved_as_shown_can_be_approved(page: Around) -> None:
    page.presenter.select([LOW_LEVEL.id, HIGH.id, QUALITY, EVENT.id])
    assert page.presenter.approvable == (LOW_LEVEL.id, EVENT.id)
    page.presenter.select([EVENT.id])
    page.presenter.set_field("cause", "x")
    page.presenter.select([LOW_LEVEL.id, EVENT.id])
    page.port.answers[ApproveAlarmRecords] = 1
    run(page.presenter.approve())
    assert page.port.last(ApproveAlarmRecords).seen == ((LOW_LEVEL.id, 1),)


def test_who_may_not_edit_changes_nothing() -> None:
    page = Around(user=VISITOR)
    assert not page.presenter.may_edit
    assert not page.presenter.may_approve
    assert page.presenter.why_not == "Nobody signed in may look and export only."
    page.presenter.select([LOW_LEVEL.id])
    page.presenter.set_field("limit", "2")
    assert page.presenter.unsaved == 0
    assert page.presenter.delete_question() is None


# ── revisions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_revisions_say_what_changed_and_one_can_be_taken_up_again(page: Around) -> None:
    older = replace(LOW_LEVEL, limit=0.8, approved_by="Eve")
    page.port.answers[ReadAlarmRevisions] = (
        AlarmRevision(replace(LOW_LEVEL, revision=3), "Bob", 1_800_000_000_000_000, "", is_deleted=True),
        AlarmRevision(replace(LOW_LEVEL, revision=2), "Bob", 1_800_000_000_000_000, "After the flood"),
        AlarmRevision(older, "", 0, ""),
    )
    page.presenter.select([LOW_LEVEL.id])
    assert page.presenter.revisions.is_stale(LOW_LEVEL.id)
    run(page.presenter.revisions.read(LOW_LEVEL.id))
    assert not page.presenter.revisions.is_stale(LOW_LEVEL.id)
    rows = [row.cells for row in page.presenter.revisions.rows()]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("3", "Bob", "Deleted."),
        ("2", "Bob", "Limit: 0.8 → 1. After the flood."),
        ("1", "–", "Approved by Eve."),
    ]
    page.presenter.restore_revision(2)
    assert page.presenter.edits.pending[LOW_LEVEL.id].limit == "0.8"
    assert page.presenter.edits.pending[LOW_LEVEL.id].revision == 1
    page.take(replace(LOW_LEVEL, revision=2))
    assert page.presenter.revisions.is_stale(LOW_LEVEL.id)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_selection_is_exported_or_all_that_is_listed(page: Around) -> None:
    page.port.answers[ExportAlarmCsv] = 2
    page.presenter.set_filter(type=AlarmType.LOW)
    page.presenter.add()
    run(page.presenter.export(Path("x.csv"), is_european=True))
    assert page.port.last(ExportAlarmCsv) == ExportAlarmCsv(Path("x.csv"), (LOW_LEVEL.id,), is_european=True)
    page.presenter.select([HIGH.id, EVENT.id])
    run(page.presenter.export(Path("x.csv"), is_european=False))
    assert set(page.port.last(ExportAlarmCsv).alarm_ids) == {HIGH.id, EVENT.id}
    assert page.presenter.saving.message == "Written to x.csv: 2 records."


def test_a_file_is_looked_at_before_it_is_taken_in(page: Around) -> None:
    change = CsvChange(3, alarm_draft_of(LOW_LEVEL), is_new=False, fields=(("Limit", "1", "1.5"),))
    new = CsvChange(4, alarm_draft_of(HIGH), is_new=True)
    found = CsvDifferences((change, new), (EVENT.id,), 7, (CsvFault(2, "Limit", "No."),), ("Colour",))
    page.port.answers[CompareAlarmCsv] = CsvPreview(found, "seal")
    run(page.presenter.begin_import(Path("a.csv")))
    flow = page.presenter.importing
    assert flow is not None
    assert str(page.presenter.page) == Page.IMPORT
    assert [(row.cells, row.is_bad) for row in flow.rows()] == [
        (("2", "Fault", "–", "Limit: No."), True),
        (("3", "Changed", "Hill borehole · Tank level, Low", "Limit: 1 → 1.5"), False),
        (("4", "New", "Hill borehole · Tank level, High", ""), False),
        (("–", "Deleted", "Hill borehole · Pump 1 running, State", ""), False),
    ]
    assert flow.summary.startswith("1 new, 1 changed, 1 deleted, 7 as they are. Not taken for their faults: 1 line.")
    assert "Colour" in flow.summary
    run(flow.set_removes(removes=True))
    assert page.port.last(CompareAlarmCsv).removes
    page.port.answers[ApplyAlarmCsv] = 3
    run(page.presenter.apply_import())
    assert page.port.last(ApplyAlarmCsv) == ApplyAlarmCsv(Path("a.csv"), "seal", removes=True)
    assert page.presenter.page is Page.RECORDS
    assert page.presenter.saving.message == "Imported from a.csv: 3 records."


def test_a_file_that_is_refused_stays_to_be_looked_at(page: Around) -> None:
    page.port.answers[CompareAlarmCsv] = RefusedError("No text.")
    run(page.presenter.begin_import(Path("a.csv")))
    assert page.presenter.importing is not None
    assert (page.presenter.importing.message, page.presenter.importing.can_apply) == ("No text.", False)
    run(page.presenter.apply_import())
    assert page.port.count(ApplyAlarmCsv) == 0
    page.presenter.leave()
    assert page.presenter.page is Page.RECORDS


# ── templates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_templates_propose_edits_and_touch_nothing_that_is_there(page: Around) -> None:
    page.navigator.select_station(STATION.id)
    page.port.answers[ReadAlarmTemplates] = AlarmTemplates()
    run(page.presenter.begin_templates())
    flow = page.presenter.proposing
    assert flow is not None
    assert flow.station_id == STATION.id
    assert flow.rows()[0].cells == ("Hill borehole · Tank level", "Level", "Low, High")
    flow.select([TAGS[LEVEL].id, TAGS[SETPOINT].id])
    assert flow.summary == "Proposed: 6 records for 2 tags."
    page.presenter.take_proposals()
    assert page.presenter.unsaved == 6
    assert len(page.presenter.selected) == 6
    assert LOW_LEVEL.id not in page.presenter.edits.pending
    assert page.presenter.listing.filter.show is Show.CHANGED
    run(page.presenter.check())
    assert page.presenter.listing.faults == ()


def test_a_template_is_changed_checked_and_kept(page: Around) -> None:
    page.port.answers[ReadAlarmTemplates] = AlarmTemplates()
    run(page.presenter.begin_templates())
    flow = page.presenter.proposing
    assert flow is not None
    flow.choose(1)
    assert flow.edited is not None
    assert flow.edited.texts["on_delay_s"] == "1 min"
    flow.edited.type("on_delay_s", "2 h")
    assert flow.edited.faults == {(-1, "on_delay_s"): "It must lie between 0 and 3600."}
    flow.edited.type("on_delay_s", "soon")
    assert flow.edited.faults == {(-1, "on_delay_s"): "Enter a number."}
    flow.edited.type("on_delay_s", "90")
    flow.edited.set_proposal(0, "share", "2000")
    assert list(flow.edited.faults) == [(0, "share")]
    flow.edited.set_proposal(0, "share", "95")
    assert flow.edited.is_changed
    flow.select([TAGS[SETPOINT].id])
    assert flow.drafts()[0].limit == "4.75", "it is used as it is edited"
    run(flow.save_template())
    kept = page.port.last(SaveAlarmTemplates).templates.templates[1]
    assert (kept.on_delay_s, kept.proposals[0].share) == (90.0, 95.0)
    assert not flow.edited.is_changed
    flow.choose(BY_MEASUREMENT)
    assert flow.edited is None


def test_two_stations_are_told_apart() -> None:
    page = Around(second_station(1))
    page.presenter.set_filter(station_id=page.mirror.catalogue.stations[1].id)
    assert page.names() == ["Server 1 Communication"]
