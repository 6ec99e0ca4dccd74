"""From a typed address to a saved station, step by step, with every refusal in its place."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from drivers.api import Trust
from hmi.domain.drafts import FieldFault, StationDraft, draft_of, duplicate_of
from hmi.panes.station_editor.address_tree import ROOT
from hmi.panes.station_editor.looking import LookState
from hmi.panes.station_editor.picking import Picked
from hmi.panes.station_editor.session import EditSession, Origin
from hmi.panes.station_editor.steps import Mark, Step
from hmi.services.port import (
    BrowseLevel,
    CheckStation,
    CloseExploration,
    DescribeNodes,
    Discover,
    NextTestStep,
    OpenExploration,
    RefusedError,
    Request,
    SaveStation,
    SearchNodes,
    StartConnectionTest,
    TrustCertificate,
)
from tests.support.fake_port import FakePort
from tests.support.panes import mirror_of_plant
from tests.support.plants import CATALOGUE, CONNECTION, STATION, second_station
from tests.support.server import CERTIFICATE, LOOK, NAMED_ONLY, PLAIN, SAFE, TEST, serve, steps_of
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


def session_of(port: FakePort, draft: StationDraft | None = None, origin: Origin = Origin.NEW) -> EditSession:
    return EditSession(mirror_of_plant(), port, draft or StationDraft(), origin, lambda: None)


def marks(session: EditSession) -> dict[Step, Mark]:
    return {row.step: row.mark for row in session.rows()}


def step(session: EditSession) -> Step:
    """Return the step; a call, since mypy takes an attribute for what was asserted last."""
    return session.step


def number(session: EditSession, address: str) -> int:
    return next(each.number for each in session.tree.nodes if each.node.address == address)


async def at_tags(port: FakePort) -> EditSession:
    """Return a session that has come to the tags on the plain way."""
    session = session_of(port)
    await session.find("opcua", "plc-7")
    session.choose_way(1)
    for _ in range(3):
        await session.go_on()
    assert step(session) is Step.TAGS
    return session


async def hang(_request: Request[Any]) -> None:
    await asyncio.Event().wait()


async def test_the_strongest_way_is_chosen_and_the_connection_is_named_after_the_server() -> None:
    port = FakePort()
    serve(port, ways=(PLAIN, SAFE))
    session = session_of(port)
    await session.find("opcua", " plc-7 ")
    assert port.last(Discover) == Discover("opcua", " plc-7 ")
    connection = session.draft.connection
    assert (connection.endpoint, connection.options, connection.name) == (SAFE.address, SAFE.options, "Plant")
    assert session.finder.ways()[0].warning == "Open."
    assert marks(session)[Step.SERVER] is Mark.DONE


async def test_a_second_connection_to_a_server_of_the_same_name_gets_a_number() -> None:
    port = FakePort()
    serve(port, ways=(replace(SAFE, application=CONNECTION.name),))
    session = session_of(port)
    await session.find("opcua", "plc-7")
    assert session.draft.connection.name == f"{CONNECTION.name} 2"


async def test_a_server_that_does_not_answer_says_so_at_the_address() -> None:
    port = FakePort()
    serve(port)
    port.answers[Discover] = RefusedError("Nothing answers at plc-7.")
    session = session_of(port)
    await session.find("opcua", "plc-7")
    assert session.finder.reason == "Nothing answers at plc-7."
    await session.go_on()
    assert step(session) is Step.SERVER
    assert [row.step for row in session.rows() if not row.reason] == [Step.SERVER, Step.PLACE]
    port.answers[Discover] = ()
    await session.find("opcua", "plc-7")
    assert session.finder.reason


async def test_finding_can_be_cancelled() -> None:
    port = FakePort()
    serve(port)
    port.answers[Discover] = hang
    session = session_of(port)
    finding = asyncio.create_task(session.find("opcua", "plc-7"))
    await until(lambda: session.finder.work.is_busy)
    assert session.busy_words
    assert session.cancel()
    await asyncio.wait([finding])
    assert finding.cancelled()
    assert not session.busy_words
    assert not session.cancel()


async def test_a_certificate_is_asked_for_and_accepted() -> None:
    port = FakePort()
    serve(port, asks=True)
    session = session_of(port)
    await session.find("opcua", "plc-7")
    assert Step.CERTIFICATE not in marks(session)
    await session.go_on()
    assert step(session) is Step.CERTIFICATE
    assert session.look.certificate == CERTIFICATE
    await session.go_on()
    assert step(session) is Step.CERTIFICATE, "not before it is answered"
    await session.answer_certificate(Trust.ALWAYS)
    assert port.last(TrustCertificate) == TrustCertificate(LOOK, CERTIFICATE.thumbprint, Trust.ALWAYS)
    assert port.last(OpenExploration).exploration == LOOK
    assert step(session) is Step.LOGIN
    assert marks(session)[Step.CERTIFICATE] is Mark.DONE


async def test_a_certificate_that_is_refused_stays_in_sight_and_nothing_is_connected() -> None:
    port = FakePort()
    serve(port, asks=True)
    session = session_of(port)
    await session.find("opcua", "plc-7")
    await session.go_on()
    await session.answer_certificate(Trust.NEVER)
    assert step(session) is Step.CERTIFICATE
    assert "refused" in session.look.reason
    assert marks(session)[Step.CERTIFICATE] is Mark.FAULT
    assert port.last(CloseExploration).exploration == LOOK
    assert port.count(OpenExploration) == 1


async def test_a_word_that_is_refused_is_said_at_the_certificate() -> None:
    port = FakePort()
    serve(port, asks=True)
    port.answers[TrustCertificate] = RefusedError("The server shows another certificate by now.")
    session = session_of(port)
    await session.find("opcua", "plc-7")
    await session.go_on()
    await session.answer_certificate(Trust.ALWAYS)
    assert step(session) is Step.CERTIFICATE
    assert session.look.reason == "The server shows another certificate by now."


async def test_a_server_that_wants_a_user_is_not_tested_without_one() -> None:
    port = FakePort()
    serve(port, ways=(NAMED_ONLY,))
    port.answers[OpenExploration] = RefusedError("The server denies access to this user.")
    session = session_of(port)
    await session.find("opcua", "plc-7")
    await session.go_on()
    assert step(session) is Step.LOGIN
    assert not session.look.reason
    assert not session.go(Step.TEST)
    session.set_login("anna", "secret")
    await session.go_on()
    assert port.last(StartConnectionTest).password == "secret"
    assert port.last(StartConnectionTest).connection.user == "anna"


async def test_the_test_comes_step_by_step() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port)
    await session.find("opcua", "plc-7")
    session.choose_way(1)
    await session.go_on()
    await session.go_on()
    assert step(session) is Step.TEST
    assert [step.is_ok for step in session.test.steps] == [True] * 5
    assert session.test.has_passed
    session.set_login("anna", "")
    assert not session.test.steps, "what another login has shown says nothing of this one"


async def test_the_step_that_fails_is_named_and_the_test_can_be_taken_again() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port)
    await session.find("opcua", "plc-7")
    answers = iter(steps_of(True, True, False))
    port.answers[NextTestStep] = lambda _request: next(answers)
    await session.run_test()
    failed = session.test.failed
    assert failed is not None
    assert (failed.name, failed.detail) == ("Secure channel", "The server denies access.")
    assert marks(session)[Step.TEST] is Mark.FAULT
    again = iter(steps_of(*[True] * 5))
    port.answers[NextTestStep] = lambda _request: next(again)
    await session.run_test()
    assert marks(session)[Step.TEST] is Mark.DONE
    port.answers[StartConnectionTest] = RefusedError("This kind of connection cannot be tested.")
    await session.run_test()
    assert session.test.reason == "This kind of connection cannot be tested."
    assert not session.test.has_passed


async def test_a_test_is_cancelled_in_the_middle_of_a_step() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port)
    await session.find("opcua", "plc-7")
    first = iter(steps_of(True)[:2])

    async def slow(_request: NextTestStep) -> Any:
        step = next(first, None)
        return step if step is not None else await hang(_request)

    port.answers[NextTestStep] = slow
    testing = asyncio.create_task(session.run_test())
    await until(lambda: len(session.test.steps) == 1 and session.test.steps[0].is_ok is True)
    await session.stop_test()
    await asyncio.wait([testing])
    assert port.last(CloseExploration).exploration == TEST
    assert session.test.reason == "The test was cancelled."
    assert not session.test.has_passed
    assert not session.busy_words


async def test_leaving_while_connecting_cancels_it_and_closes_what_is_open() -> None:
    port = FakePort()
    serve(port)
    session = await at_tags(port)
    assert str(session.look.state) == LookState.OPEN
    await session.leave()
    assert port.last(CloseExploration).exploration == LOOK
    port.answers[OpenExploration] = hang
    connecting = asyncio.create_task(session.browse())
    await until(lambda: str(session.look.state) == LookState.CONNECTING)
    await session.leave()
    await asyncio.wait([connecting])
    assert connecting.cancelled()
    assert str(session.look.state) == LookState.IDLE


async def test_a_value_is_picked_with_what_the_server_says_of_it() -> None:
    port = FakePort()
    serve(port)
    session = await at_tags(port)
    well = number(session, "s=Well")
    await session.open_branch(well)
    await session.pick(number(session, "s=Well.Level"))
    tag = session.draft.tags[0]
    assert (tag.name, tag.unit, tag.low, tag.high, tag.decimals) == ("Level", "m", "0", "12", "2")
    assert session.picking.state(number(session, "s=Well.Level")) is Picked.ALL
    assert session.picking.state(well) is Picked.SOME
    await session.pick(number(session, "s=Well.Log"))
    assert len(session.draft.tags) == 1, "an array is no tag"
    session.picking.drop(number(session, "s=Well.Level"))
    assert not session.draft.tags
    assert session.picking.state(well) is Picked.NONE


async def test_a_folder_is_collected_without_what_cannot_be_a_tag() -> None:
    port = FakePort()
    serve(port)
    session = await at_tags(port)
    well = number(session, "s=Well")
    await session.pick(well)
    assert port.last(SearchNodes) == SearchNodes(LOOK, "", "s=Well")
    assert port.last(DescribeNodes).addresses == ("s=Well.Level", "s=Well.Run"), "in one request"
    assert [tag.name for tag in session.draft.tags] == ["Level", "Running"]
    assert session.draft.tags[1].states == ("Stopped", "Runs")
    assert session.draft.tags[1].writable
    assert "1 of them cannot be tags" in session.picking.note
    assert session.picking.state(well) is Picked.ALL
    await session.pick(well)
    assert len(session.draft.tags) == 2, "not twice"
    session.picking.drop(well)
    assert not session.draft.tags


async def test_values_of_one_name_are_told_apart_by_where_they_are() -> None:
    port = FakePort()
    serve(port)
    session = await at_tags(port)
    await session.search("running")
    assert session.tree.shows_search
    assert [session.tree.nodes[each].path for each in session.tree.top] == ["Well › Running", "Pump › Running"]
    await session.pick_all_found()
    assert [tag.name for tag in session.draft.tags] == ["Running", "Pump Running"]
    await session.search("")
    assert not session.tree.shows_search
    assert session.tree.top, "the tree is back"


async def test_every_refusal_at_the_tags_stands_there() -> None:
    port = FakePort()
    serve(port)
    session = await at_tags(port)
    well = number(session, "s=Well")
    port.answers[BrowseLevel] = RefusedError("The server does not answer in time.")
    await session.open_branch(well)
    assert session.tree.nodes[well].reason == "The server does not answer in time."
    port.answers[BrowseLevel] = ()
    await session.open_branch(well)
    assert session.tree.nodes[well].children == [], "it can be asked again"
    port.answers[SearchNodes] = RefusedError("Closed.")
    await session.search("x")
    assert session.tree.note == "Closed."
    await session.pick(well)
    assert session.picking.note == "Closed."
    await session.leave()
    port.answers[OpenExploration] = RefusedError("The link is down.")
    await session.browse()
    assert session.look.reason == "The link is down."


async def test_a_search_is_cancelled_and_the_tree_stays() -> None:
    port = FakePort()
    serve(port)
    session = await at_tags(port)
    port.answers[SearchNodes] = hang
    searching = asyncio.create_task(session.search("x"))
    await until(lambda: session.tree.searching.is_busy)
    session.cancel()
    await asyncio.wait([searching])
    assert session.tree.top
    assert not session.tree.shows_search


async def test_tags_are_edited_in_their_place_alone_and_together() -> None:
    port = FakePort()
    serve(port)
    session = await at_tags(port)
    await session.pick(number(session, "s=Well"))
    session.set_tag([0, 1], "sampling_ms", "500")
    assert [tag.sampling_ms for tag in session.draft.tags] == ["500", "500"]
    session.set_tag([0, 1], "low", "-1")
    assert [tag.low for tag in session.draft.tags] == ["-1", "0"], "a discrete tag has no range"
    session.set_tag([1], "state_on", "On")
    session.set_tag([0], "kind", "counter")
    session.set_tag([0], "name", " Depth ")
    session.picking.remove([1])
    assert [(tag.name, tag.kind) for tag in session.draft.tags] == [("Depth", "counter")]


async def test_faults_stand_at_their_fields_once_they_were_touched() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port)
    port.answers[CheckStation] = (
        FieldFault("name", "It must not be empty."),
        FieldFault("endpoint", "Type the server's host name or address."),
        FieldFault("high", "The upper end of the range must be above the lower.", 0),
    )
    await session.check()
    assert session.fault("name") == ""
    session.set_place(name="")
    assert session.fault("name") == "It must not be empty."
    assert session.fault("endpoint") == ""
    assert session.tag_faults() == {(0, "high"): "The upper end of the range must be above the lower."}
    assert marks(session)[Step.TAGS] is Mark.FAULT


async def test_an_answer_about_an_older_draft_is_passed_over() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port)

    def late(request: CheckStation) -> tuple[FieldFault, ...]:
        session.set_place(name="Newer")
        return (FieldFault("name", "It must not be empty."),)

    port.answers[CheckStation] = late
    await session.check()
    assert session.faults == ()


async def test_saving_with_faults_goes_to_the_first_and_saves_nothing() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port)
    session.go(Step.PLACE)
    port.answers[CheckStation] = (FieldFault("endpoint", "Type the server's host name or address."),)
    assert await session.save() is None
    assert step(session) is Step.SERVER
    assert session.fault("endpoint")
    assert port.count(SaveStation) == 0


async def test_a_save_that_is_refused_says_why_and_keeps_the_draft() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port)
    session.set_place(name="Well", area="North", latitude="1", longitude="2")
    port.answers[SaveStation] = RefusedError("The configuration cannot be written.")
    assert await session.save() is None
    assert session.message == "The configuration cannot be written."
    assert session.draft.name == "Well"
    port.answers[SaveStation] = lambda request: request.draft.id
    assert await session.save() == session.draft.id


async def test_a_known_connection_is_used_and_a_new_one_begins_anew() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port)
    session.use_connection(CONNECTION.id)
    assert session.draft.connection.endpoint == CONNECTION.endpoint
    assert session.shared_with == (STATION.name,)
    session.set_login("anna", "secret")
    session.use_connection(None)
    assert session.draft.connection.id != CONNECTION.id
    session.set_place(name="Well")
    await session.save()
    assert port.last(SaveStation).password == "", "a password of another connection goes nowhere"


async def test_editing_needs_no_network_and_keeps_the_tags_ids() -> None:
    port = FakePort()
    serve(port)
    session = session_of(port, draft_of(CATALOGUE, STATION.id), Origin.SAVED)
    assert step(session) is Step.PLACE
    assert not session.is_dirty
    session.set_place(name="Hill borehole 2")
    session.set_tag([4], "name", "Depth")
    assert await session.save() == STATION.id
    saved = port.last(SaveStation).draft
    assert saved.id == STATION.id
    assert [tag.id for tag in saved.tags] == [tag.id for tag in CATALOGUE.tags]
    assert saved.tags[4].name == "Depth"
    assert {type(request) for request in port.asked} == {CheckStation, SaveStation}


async def test_a_duplicate_has_tags_of_its_own() -> None:
    port = FakePort()
    serve(port)
    draft = duplicate_of(draft_of(CATALOGUE, STATION.id), "Copy")
    session = session_of(port, draft, Origin.COPY)
    await session.save()
    saved = port.last(SaveStation).draft
    assert saved.id != STATION.id
    assert not {tag.id for tag in saved.tags} & {tag.id for tag in CATALOGUE.tags}
    assert [tag.address for tag in saved.tags] == [tag.revision.address for tag in CATALOGUE.tags]


async def test_tags_over_other_connections_are_counted_not_shown() -> None:
    port = FakePort()
    mirror = mirror_of_plant()
    catalogue = second_station(1)
    moved = replace(catalogue.tags[-1], station_id=STATION.id)
    mirror.catalogue = replace(catalogue, tags=(*catalogue.tags[:-1], moved))
    session = EditSession(mirror, port, draft_of(mirror.catalogue, STATION.id), Origin.SAVED, lambda: None)
    assert session.other_tags == 1
    assert len(session.draft.tags) == 7


async def test_another_way_in_forgets_the_tree_and_the_certificate() -> None:
    port = FakePort()
    serve(port, asks=True)
    session = session_of(port)
    await session.find("opcua", "plc-7")
    await session.go_on()
    assert session.look.certificate is not None
    session.choose_way(1)
    assert session.look.certificate is None
    await session.tree.load(UUID(int=1), ROOT)
    assert session.tree.top
    session.choose_way(0)
    assert not session.tree.top
