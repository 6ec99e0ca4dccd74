"""Tags to files and from them through the real services: one step of the configuration, by those who may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from hmi.config.catalogue import InvalidError
from hmi.config.profile import open_profile
from hmi.domain.alarm_drafts import alarm_draft_of
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import draft_of
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, User
from hmi.domain.tags import Tag
from hmi.services import port
from hmi.services.services import Services, Setup
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import ASSET, LEVEL, LOW_LEVEL, PUMP, RUN, START, STATION, TAGS, second_station

pytestmark = pytest.mark.asyncio

PLANT = second_station(1)
OTHER = PLANT.stations[1]
NEW = "Hill borehole,Flow,North server,s=flow,0,40\n"
HEAD = "Station,Name,Connection,Address,Low,High\n"


async def running(folder: Path, user: User = LOCAL_ADMIN) -> Services:
    services = Services(Setup(open_profile(folder), user, lambda: (FakeDrivers().type,)))
    await services.start(PLANT)
    return services


@pytest_asyncio.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    made = await running(tmp_path / "profile")
    yield made
    await made.stop()


def plant(services: Services) -> Catalogue:
    return services.store.load()


def tag(services: Services, index: int = LEVEL) -> Tag:
    return plant(services).tag_by_id[TAGS[index].id]


async def imported(services: Services, path: Path, *, removes: bool = False) -> int:
    preview = await services.handle(port.CompareTagCsv(path, removes))
    return await services.handle(port.ApplyTagCsv(path, preview.seal, removes))


async def test_a_file_goes_out_is_edited_looked_at_and_comes_in_as_one_version(
    services: Services, tmp_path: Path
) -> None:
    path, before = tmp_path / "tags.csv", plant(services)
    assert await services.handle(port.ExportTagCsv(path, (STATION.id,), is_european=True)) == len(TAGS)
    assert not path.with_name("tags.csv.part").exists()
    assert OTHER.name not in path.read_text("utf-8-sig")
    path.write_text(path.read_text("utf-8-sig").replace("Tank level", "Depth").replace(";5;", ";6,5;"), "utf-8-sig")
    preview = await services.handle(port.CompareTagCsv(path))
    assert preview.differences.changes[0].fields == (
        ("Name", "Tank level", "Depth"),
        ("Address", "s=Tank level", "s=Depth"),
        ("High", "5", "6.5"),
    )
    assert plant(services) == before, "looking changes nothing"
    assert await services.handle(port.ApplyTagCsv(path, preview.seal)) == 3
    after = plant(services)
    assert after.version == before.version + 1
    assert (tag(services).name, tag(services).revision.high) == ("Depth", 6.5)
    assert tag(services).index == before.tag_by_id[TAGS[LEVEL].id].index, "its history stays its own"
    frame = services.outbox.pull()
    assert frame.catalogue is not None
    assert frame.catalogue.tags == after.tags, "every window is told, without a restart"
    row = services.store.versions(after.version + 1, "", 1)[0]
    assert (row.user, row.reason) == (LOCAL_ADMIN.name, "Imported tags: tags.csv")
    again = await services.handle(port.CompareTagCsv(path))
    assert (again.differences.changes, again.differences.faults) == ((), ())


async def test_tags_of_several_stations_come_and_go_in_one_step(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    await services.handle(port.ExportTagCsv(path))
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    assert len(lines) == 1 + len(PLANT.tags)
    kept = [line for line in lines if "Pump 1 start" not in line]
    new = f",{OTHER.name},,Flow,,s=flow,,l/s" + "," * 14 + "\r\n"
    path.write_text("".join([*kept, new]), "utf-8-sig")
    before = plant(services)
    assert await imported(services, path, removes=True) == 2
    after = plant(services)
    assert after.version == before.version + 1
    (flow,) = set(after.tag_by_id) - set(before.tag_by_id)
    made = after.tag_by_id[flow]
    assert (made.station_id, made.revision.unit, made.index) == (
        OTHER.id,
        "l/s",
        max(each.index for each in after.tags),
    )
    assert after.connection_by_id[made.connection_id].name == "Server 1", "the station's only one"
    assert after.asset_by_id[made.asset_id].name == OTHER.name
    assert TAGS[START].id not in after.tag_by_id
    assert PUMP.id not in after.control_by_id, "what works on it goes with it"
    assert TAGS[RUN].id in after.tag_by_id
    assert after.asset_by_id[ASSET.id] == ASSET


async def test_good_lines_come_in_and_faults_are_left_as_they_were_shown(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text(HEAD + NEW + "Hill borehole,Tank level,,,9,5\n")
    preview = await services.handle(port.CompareTagCsv(path))
    assert [(each.line, each.field) for each in preview.differences.faults] == [(3, "High")]
    assert await services.handle(port.ApplyTagCsv(path, preview.seal)) == 1
    assert tag(services).revision == replace(TAGS[LEVEL].revision)


async def test_a_file_without_differences_makes_no_version(services: Services, tmp_path: Path) -> None:
    path, before = tmp_path / "tags.csv", plant(services)
    await services.handle(port.ExportTagCsv(path))
    assert await imported(services, path, removes=True) == 0
    assert plant(services) == before


async def test_a_file_or_a_plant_that_changed_since_it_was_looked_at_is_refused(
    services: Services, tmp_path: Path
) -> None:
    path, before = tmp_path / "tags.csv", plant(services)
    path.write_text(HEAD + NEW)
    preview = await services.handle(port.CompareTagCsv(path))
    path.write_text(HEAD + NEW.replace("40", "50"))
    with pytest.raises(port.RefusedError, match="changed meanwhile"):
        await services.handle(port.ApplyTagCsv(path, preview.seal))
    preview = await services.handle(port.CompareTagCsv(path))
    with pytest.raises(port.RefusedError, match="changed meanwhile"):
        await services.handle(port.ApplyTagCsv(path, preview.seal, removes=True))
    assert plant(services) == before
    draft = draft_of(before, STATION.id)
    await services.handle(port.SaveStation(replace(draft, name="Hill well")))
    with pytest.raises(port.RefusedError, match="changed meanwhile"):
        await services.handle(port.ApplyTagCsv(path, preview.seal))
    assert set(plant(services).tag_by_id) == set(before.tag_by_id)


async def test_the_store_refuses_what_was_made_from_another_version(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text(HEAD + NEW)
    preview = await services.handle(port.CompareTagCsv(path))
    seen = plant(services).version
    await services.handle(port.SaveAlarmRecords((replace(alarm_draft_of(LOW_LEVEL), limit="2"),)))
    drafts = [change.draft for change in preview.differences.changes]
    with pytest.raises(InvalidError, match="changed meanwhile"):
        services.store.change_tags((FakeDrivers().type,), drafts, (), seen, "Eve", "x")


async def test_the_store_checks_what_it_is_given(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text(HEAD + NEW)
    (change,) = (await services.handle(port.CompareTagCsv(path))).differences.changes
    wrong = replace(change.draft, tag=replace(change.draft.tag, high="-1", unit="m" * 30))
    seen = plant(services)
    with pytest.raises(InvalidError, match=r"Flow, unit: A unit .* at most\. Flow, high: The upper end"):
        services.store.change_tags((FakeDrivers().type,), [wrong], (), seen.version, "Eve", "x")
    assert plant(services) == seen


async def test_a_viewer_exports_and_compares_and_changes_nothing(tmp_path: Path) -> None:
    services = await running(tmp_path / "profile", VISITOR)
    path, seen = tmp_path / "tags.csv", plant(services)
    assert await services.handle(port.ExportTagCsv(path)) == len(PLANT.tags)
    path.write_text(HEAD + NEW)
    preview = await services.handle(port.CompareTagCsv(path))
    assert len(preview.differences.changes) == 1
    with pytest.raises(port.RefusedError, match="may not do this"):
        await services.handle(port.ApplyTagCsv(path, preview.seal))
    assert plant(services) == seen
    await services.stop()


async def test_who_may_edit_some_stations_imports_tags_of_these_only(tmp_path: Path) -> None:
    services = await running(tmp_path / "profile", replace(LOCAL_ADMIN, stations=frozenset({STATION.id})))
    path, seen = tmp_path / "tags.csv", plant(services)
    foreign = f"{OTHER.name},Tank level,,,0,9\n"
    for lines in (HEAD + NEW + foreign, HEAD + foreign):
        path.write_text(lines)
        with pytest.raises(port.RefusedError, match=f"may not do this at {OTHER.name}"):
            await imported(services, path)
    path.write_text(f"Id,High\n{PLANT.tags[-1].id},9\n")
    with pytest.raises(port.RefusedError, match=f"at {OTHER.name}"):
        await imported(services, path)
    assert plant(services) == seen
    path.write_text(HEAD + NEW)
    assert await imported(services, path) == 1
    await services.stop()


async def test_files_that_cannot_be_used_are_said(services: Services, tmp_path: Path) -> None:
    with pytest.raises(port.RefusedError, match="cannot be read"):
        await services.handle(port.CompareTagCsv(tmp_path / "none.csv"))
    (tmp_path / "other.csv").write_text("a,b\n")
    with pytest.raises(port.RefusedError, match="must name the columns"):
        await services.handle(port.CompareTagCsv(tmp_path / "other.csv"))
    with pytest.raises(port.RefusedError, match="There is no folder"):
        await services.handle(port.ExportTagCsv(tmp_path / "no" / "x.csv"))
    with pytest.raises(port.RefusedError, match="nothing to export"):
        await services.handle(port.ExportTagCsv(tmp_path / "x.csv", (TAGS[0].id,)))


async def test_a_number_that_a_form_repeats_stays_what_it_was_to_the_last_digit(services: Services) -> None:
    third = replace(TAGS[LEVEL], revision=replace(TAGS[LEVEL].revision, scale=1 / 3))
    services.store.put_plant(replace(PLANT, tags=(*TAGS[:LEVEL], third, *TAGS[LEVEL + 1 :]), controls=()), "x", "y")
    draft = draft_of(plant(services), STATION.id)
    await services.handle(port.SaveStation(replace(draft, name="Hill well", version=0)))
    assert tag(services).revision.scale == 1 / 3
