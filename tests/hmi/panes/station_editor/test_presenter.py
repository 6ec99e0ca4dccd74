"""The list, its questions, the one editing at a time, packages, and who may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from drivers.api import LinkState
from hmi.config.csv_files import CsvChange, CsvDifferences, CsvFault
from hmi.domain.drafts import PlacedTagDraft, placed_draft_of
from hmi.domain.roles import DEMO_OPERATOR, LOCAL_ADMIN, VISITOR, Permission, User
from hmi.panes.station_editor import packages
from hmi.panes.station_editor.presenter import Page, StationEditorPresenter
from hmi.panes.station_editor.station_list import Act
from hmi.panes.station_editor.steps import Step
from hmi.services.port import (
    ApplyTagCsv,
    CompareStations,
    CompareTagCsv,
    CsvPreview,
    DeleteStation,
    EnableConnection,
    ExportStations,
    ExportTagCsv,
    Frame,
    ImportStations,
    LinkStatus,
    PackageChange,
    RefusedError,
    SaveStation,
)
from hmi.ui.navigator import EditWish, Navigator, Workspace
from tests.support.fake_port import FakePort
from tests.support.panes import mirror_of_plant
from tests.support.plants import CONNECTION, LEVEL, READY, RUN, STATION, TAGS, second_station
from tests.support.server import serve

pytestmark = pytest.mark.asyncio


def presenter_of(user: User = LOCAL_ADMIN) -> tuple[StationEditorPresenter, FakePort, Navigator]:
    port, navigator, mirror = FakePort(), Navigator(), mirror_of_plant(user)
    serve(port)
    presenter = StationEditorPresenter(mirror, port, navigator)
    presenter.listen(mirror.listen, lambda: None, lambda _wish, _id: None)
    return presenter, port, navigator


async def test_the_list_says_where_each_station_comes_from() -> None:
    presenter, _, _ = presenter_of()
    link = LinkStatus(CONNECTION.id, CONNECTION.name, CONNECTION.endpoint, LinkState.UP, 0)
    presenter._mirror.take(Frame(links=(link,)))
    row = presenter.stations.rows()[0]
    assert (row.name, row.area, row.link_text) == ("Hill borehole", "North", "Up")
    assert (row.servers, row.tags) == ("North server", 7)


async def test_who_may_edit() -> None:
    assert not VISITOR.may(Permission.EDIT_STATIONS)
    assert not VISITOR.may(Permission.COMMAND)
    assert LOCAL_ADMIN.may(Permission.EDIT_STATIONS)
    assert not LOCAL_ADMIN.may(Permission.COMMAND), "who edits the plant does not run it"
    assert DEMO_OPERATOR.may(Permission.EDIT_STATIONS)
    assert DEMO_OPERATOR.may(Permission.COMMAND)
    presenter, port, _ = presenter_of(VISITOR)
    await presenter.add()
    await presenter.edit(STATION.id)
    await presenter.delete(STATION.id)
    presenter.stations.ask_switch_off(STATION.id)
    assert presenter.session is None
    assert presenter.stations.question is None
    assert "administrator" in presenter.stations.message
    assert not port.asked


async def test_before_a_station_is_deleted_it_is_said_what_goes() -> None:
    presenter, port, _ = presenter_of()
    await presenter.delete(STATION.id)
    question = presenter.stations.question
    assert question is not None
    assert question.act is Act.DELETE
    assert question.lines == (
        "With it go 7 tags, 1 alarm and 2 controls.",
        "So does the connection North server; nothing else uses it.",
        "Its history is kept.",
    )
    presenter.stations.let_go()
    await presenter.stations.confirm()
    assert not port.asked, "no is no"
    await presenter.delete(STATION.id)
    await presenter.stations.confirm()
    assert port.asked == [DeleteStation(STATION.id)]
    port.answers[DeleteStation] = RefusedError("The configuration cannot be written.")
    await presenter.delete(STATION.id)
    await presenter.stations.confirm()
    assert presenter.stations.message == "Hill borehole: The configuration cannot be written."


async def test_switching_off_names_the_stations_that_share_the_connection() -> None:
    presenter, port, _ = presenter_of()
    catalogue = second_station(1)
    shared = replace(catalogue.tags[-1], connection_id=CONNECTION.id)
    presenter._mirror.take(Frame(catalogue=replace(catalogue, tags=(*catalogue.tags[:-1], shared))))
    await presenter.switch(STATION.id)
    assert presenter.stations.question is not None
    assert "It also serves Station 1." in presenter.stations.question.lines
    await presenter.stations.confirm()
    assert port.asked == [EnableConnection(CONNECTION.id, enabled=False)]
    off = replace(presenter._mirror.catalogue, connections=(replace(CONNECTION, enabled=False),))
    presenter._mirror.take(Frame(catalogue=off))
    await presenter.switch(STATION.id)
    assert presenter.stations.question is None, "switching on asks nothing"
    assert port.last(EnableConnection).enabled
    port.answers[EnableConnection] = RefusedError("No.")
    await presenter.switch(STATION.id)
    assert presenter.stations.message == "No."


async def test_one_editing_at_a_time_and_an_unsaved_one_is_not_lost() -> None:
    presenter, _, _ = presenter_of()
    await presenter.edit(STATION.id)
    first = presenter.session
    assert first is not None
    assert str(presenter.page) == Page.EDITOR
    await presenter.duplicate(STATION.id)
    assert presenter.session is not None
    assert presenter.session is not first, "an unchanged one gives way"
    assert presenter.session.draft.name == "Hill borehole copy"
    presenter.session.set_place(name="Other")
    await presenter.add()
    assert presenter.session.draft.name == "Other"
    assert presenter.session.message == "Save or cancel this station first."
    await presenter.delete(STATION.id)
    assert presenter.stations.question is None
    await presenter.leave()
    assert str(presenter.page) == Page.LIST


async def test_a_saved_station_is_shown_on_the_map() -> None:
    presenter, port, navigator = presenter_of()
    navigator.select_station(STATION.id)
    await presenter.add()
    assert presenter.session is not None
    assert presenter.session.draft.area == "North", "that of the selected station"
    presenter.session.set_place(name="Well")
    presenter.session.go(Step.PLACE)
    await presenter.go_on()
    assert presenter.session is None
    assert str(navigator.place.workspace) == Workspace.MAP
    assert navigator.place.station_id == port.last(SaveStation).draft.id


async def test_a_spot_comes_from_the_map() -> None:
    presenter, _, navigator = presenter_of()
    await presenter.add()
    navigator.show(Workspace.ADMIN)
    presenter.pick_spot()
    assert str(navigator.place.workspace) == Workspace.MAP
    navigator.give_spot(48.1, -11.5)
    assert str(navigator.place.workspace) == Workspace.ADMIN
    assert presenter.session is not None
    assert (presenter.session.draft.latitude, presenter.session.draft.longitude) == ("48.100000", "-11.500000")


async def test_wishes_of_other_panes_arrive() -> None:
    port, navigator, mirror = FakePort(), Navigator(), mirror_of_plant(LOCAL_ADMIN)
    presenter = StationEditorPresenter(mirror, port, navigator)
    wishes: list[tuple[EditWish, UUID | None]] = []
    remove = presenter.listen(mirror.listen, lambda: None, lambda wish, station: wishes.append((wish, station)))
    navigator.edit_stations(EditWish.EDIT, STATION.id)
    assert wishes == [(EditWish.EDIT, STATION.id)]
    assert str(navigator.place.workspace) == Workspace.ADMIN
    remove()
    navigator.edit_stations(EditWish.ADD)
    assert len(wishes) == 1


async def test_stations_go_to_a_file_and_come_from_one(tmp_path: Path) -> None:
    presenter, port, _ = presenter_of()
    port.answers[ExportStations] = '{"stations": []}'
    file = tmp_path / "plant.json"
    await presenter.packages.export((STATION.id,), file)
    assert file.read_text() == '{"stations": []}'
    assert presenter.packages.message == "Written to plant.json: 1 station."
    assert not await asyncio.to_thread(file.with_name("plant.json.part").exists)
    port.answers[CompareStations] = (PackageChange("Station", "Hill borehole", "Renamed"),)
    port.answers[ImportStations] = 1
    await presenter.packages.read(file)
    assert str(presenter.page) == Page.IMPORT
    assert port.count(ImportStations) == 0, "nothing before it is confirmed"
    await presenter.packages.bring_in()
    assert port.last(ImportStations).text == '{"stations": []}'
    assert str(presenter.page) == Page.LIST
    assert presenter.packages.message == "Imported from plant.json: 1 station."


def too_large(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(packages.BYTES_MOST + 1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (too_large, "larger than 50 MB"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00"), "no text"),
        (lambda _file: None, "cannot be read"),
        (lambda file: file.write_text("rubbish"), "This is no package."),
    ],
)
async def test_a_file_that_is_no_package_is_refused_in_words(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    presenter, port, _ = presenter_of()
    port.answers[CompareStations] = RefusedError("This is no package.")
    make(tmp_path / "x.json")
    await presenter.packages.read(tmp_path / "x.json")
    assert words in presenter.packages.message
    assert presenter.packages.is_trouble
    assert str(presenter.page) == Page.LIST


async def test_what_cannot_be_written_or_imported_says_so(tmp_path: Path) -> None:
    presenter, port, _ = presenter_of()
    port.answers[ExportStations] = "text"
    await presenter.packages.export((STATION.id,), tmp_path / "missing" / "plant.json")
    assert "cannot be written" in presenter.packages.message
    port.answers[CompareStations] = ()
    port.answers[ImportStations] = RefusedError("The names clash.")
    (tmp_path / "x.json").write_text("{}")
    await presenter.packages.read(tmp_path / "x.json")
    await presenter.packages.bring_in()
    assert presenter.packages.message == "The names clash."
    assert str(presenter.page) == Page.IMPORT


# ── tags as CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────


def preview() -> CsvPreview[PlacedTagDraft]:
    """Return one change, one new tag, one that goes with its alarm and its control, and a fault."""
    level = placed_draft_of(TAGS[LEVEL])
    new = replace(level, tag=replace(level.tag, id=UUID(int=9), name="Flow"))
    changes = CsvChange(3, level, is_new=False, fields=(("Unit", "m", ""),)), CsvChange(4, new, is_new=True)
    faults = CsvFault(0, "", "Tank level cannot be deleted."), CsvFault(2, "Low", "No number.")
    removed = TAGS[LEVEL].id, TAGS[RUN].id, TAGS[READY].id
    notes = ("The connection goes too.",)
    return CsvPreview(CsvDifferences(changes, removed, 5, faults, ("Colour",), notes), "seal")


async def test_tags_go_to_a_file_of_the_chosen_stations_or_of_all() -> None:
    presenter, port, _ = presenter_of(VISITOR)
    port.answers[ExportTagCsv] = 7
    await presenter.export_tags((STATION.id,), Path("t.csv"), is_european=True)
    assert port.last(ExportTagCsv) == ExportTagCsv(Path("t.csv"), (STATION.id,), is_european=True)
    assert (presenter.said, presenter.fault) == ("Written to t.csv: 7 tags.", "")
    port.answers[ExportTagCsv] = RefusedError("The disk is full.")
    await presenter.export_tags((), Path("t.csv"), is_european=False)
    assert port.last(ExportTagCsv) == ExportTagCsv(Path("t.csv"))
    assert (presenter.said, presenter.fault) == ("", "The disk is full.")


async def test_a_file_of_tags_is_looked_at_before_it_is_taken_in() -> None:
    presenter, port, _ = presenter_of()
    port.answers[CompareTagCsv] = preview()
    await presenter.read_tags(Path("t.csv"))
    flow = presenter.tag_files.importing
    assert flow is not None
    assert str(presenter.page) == Page.TAG_IMPORT
    assert [(row.cells, row.is_bad) for row in flow.rows()] == [
        (("–", "Fault", "–", "Tank level cannot be deleted."), True),
        (("2", "Fault", "–", "Low: No number."), True),
        (("3", "Changed", "Hill borehole · Tank level", "Unit: m → –"), False),
        (("4", "New", "Hill borehole · Flow", "Analog, m, North server, s=Tank level"), False),
        (("–", "Deleted", "Hill borehole · Tank level", "With it: 1 alarm. Its history is kept."), False),
        (("–", "Deleted", "Hill borehole · Pump 1 running", "With it: 1 control. Its history is kept."), False),
        (("–", "Deleted", "Hill borehole · Pump 1 ready", "Its history is kept."), False),
    ]
    assert flow.rows()[2:4] == [flow.rows()[2], flow.rows()[3]]
    assert flow.summary == (
        "1 new, 1 changed, 3 deleted, 5 as they are. Not taken for their faults: 1 line. "
        "Not known and left out: Colour. The connection goes too. Nothing is changed before you import."
    )
    assert port.count(ApplyTagCsv) == 0
    await flow.set_removes(removes=True)
    assert port.last(CompareTagCsv) == CompareTagCsv(Path("t.csv"), removes=True)
    assert "it may be just that tag" in flow.why_none_removed
    port.answers[ApplyTagCsv] = 5
    await presenter.tag_files.apply()
    assert port.last(ApplyTagCsv) == ApplyTagCsv(Path("t.csv"), "seal", removes=True)
    assert str(presenter.page) == Page.LIST
    assert presenter.said == "Imported from t.csv: 5 tags."


async def test_a_file_of_tags_that_is_refused_stays_to_be_looked_at_and_gives_way_to_an_editing() -> None:
    presenter, port, _ = presenter_of()
    port.answers[CompareTagCsv] = RefusedError("No text.")
    await presenter.read_tags(Path("t.csv"))
    flow = presenter.tag_files.importing
    assert flow is not None
    assert (flow.message, flow.can_apply, len(flow.rows())) == ("No text.", False, 0)
    await presenter.tag_files.apply()
    assert port.count(ApplyTagCsv) == 0
    port.answers[CompareTagCsv] = preview()
    port.answers[ApplyTagCsv] = RefusedError("Changed meanwhile.")
    await flow.look()
    await presenter.tag_files.apply()
    assert (str(presenter.page), flow.message) == (Page.TAG_IMPORT, "Changed meanwhile.")
    await presenter.edit(STATION.id)
    assert presenter.tag_files.importing is None
    assert str(presenter.page) == Page.EDITOR
