"""Alarm records through the real services: saved, approved, deleted, taken out and in, and taken up live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from hmi.config.alarm_templates import AlarmTemplates
from hmi.config.profile import open_profile
from hmi.domain.alarm_drafts import AlarmDraft, alarm_draft_of
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.alarms.implied import quality_alarm_id
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, User
from hmi.services import port
from hmi.services.services import Services, Setup
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import CATALOGUE, LEVEL, LOW_LEVEL, TAGS

pytestmark = pytest.mark.asyncio

HIGH = AlarmDraft(
    UUID(int=500), TAGS[LEVEL].id, AlarmType.HIGH, limit="4", action="Look.", suppression="[Pump 1 running] = 0"
)


async def running(folder: Path, user: User = LOCAL_ADMIN) -> Services:
    services = Services(Setup(open_profile(folder), user, lambda: (FakeDrivers().type,)))
    await services.start(CATALOGUE)
    return services


@pytest_asyncio.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    made = await running(tmp_path)
    yield made
    await made.stop()


def plant(services: Services) -> Catalogue:
    return services.store.load()


def record(services: Services, alarm_id: UUID = LOW_LEVEL.id) -> AlarmDefinition:
    return plant(services).alarm_by_id[alarm_id]


async def test_several_records_are_saved_in_one_step_of_the_configuration(services: Services) -> None:
    before = plant(services).version
    low = replace(alarm_draft_of(record(services)), limit="1.5", priority=Priority.CRITICAL)
    assert await services.handle(port.SaveAlarmRecords((low, HIGH), "After the flood")) == 2
    after = plant(services)
    assert after.version == before + 1
    assert (record(services).limit, record(services).revision) == (1.5, 2)
    assert record(services, HIGH.id).suppression == "[Pump 1 running] = 0"
    frame = services.outbox.pull()
    assert frame.catalogue is not None
    assert frame.catalogue.alarms == after.alarms, "every window is told, without a restart"
    newest, oldest = await services.handle(port.ReadAlarmRevisions(LOW_LEVEL.id))
    assert (newest.definition.limit, newest.user) == (1.5, LOCAL_ADMIN.name)
    assert newest.reason == "After the flood"
    assert oldest.definition.limit == 1.0


async def test_saving_what_is_there_changes_nothing(services: Services) -> None:
    before = plant(services)
    drafts = tuple(alarm_draft_of(alarm) for alarm in before.every_alarm)
    assert await services.handle(port.SaveAlarmRecords(drafts)) == 0
    assert plant(services) == before, "built-in alarms that nobody changed stay built in"


async def test_one_fault_refuses_the_whole_step_and_is_named(services: Services) -> None:
    low = replace(alarm_draft_of(record(services)), limit="1.5")
    wrong = replace(HIGH, limit="9")
    (fault,) = await services.handle(port.CheckAlarmDrafts((low, wrong)))
    assert (fault.alarm_id, fault.field) == (HIGH.id, "limit")
    with pytest.raises(port.RefusedError, match="Tank level High, limit: It must lie in the tag's range"):
        await services.handle(port.SaveAlarmRecords((low, wrong)))
    assert record(services) == LOW_LEVEL


async def test_an_edit_takes_the_approval_away_and_an_older_draft_is_refused(services: Services) -> None:
    draft = alarm_draft_of(record(services))
    assert await services.handle(port.ApproveAlarmRecords(((LOW_LEVEL.id, 1),))) == 1
    approved = record(services)
    assert (approved.approved_by, approved.revision) == (LOCAL_ADMIN.name, 1)
    assert approved.approved_us > 0
    assert await services.handle(port.ApproveAlarmRecords(((LOW_LEVEL.id, 1),))) == 0, "once is enough"
    await services.handle(port.SaveAlarmRecords((replace(draft, limit="1.5"),)))
    assert (record(services).approved_by, record(services).approved_us, record(services).revision) == ("", 0, 2)
    with pytest.raises(port.RefusedError, match="changed meanwhile"):
        await services.handle(port.SaveAlarmRecords((replace(draft, limit="1.7"),)))
    with pytest.raises(port.RefusedError, match="changed or deleted meanwhile"):
        await services.handle(port.ApproveAlarmRecords(((LOW_LEVEL.id, 1),)))
    revisions = await services.handle(port.ReadAlarmRevisions(LOW_LEVEL.id))
    assert [each.definition.approved_by for each in revisions] == ["", LOCAL_ADMIN.name]


async def test_deleting_keeps_the_revisions(services: Services) -> None:
    assert await services.handle(port.DeleteAlarmRecords((LOW_LEVEL.id, UUID(int=1)))) == 1
    assert LOW_LEVEL.id not in plant(services).alarm_by_id
    newest, _ = await services.handle(port.ReadAlarmRevisions(LOW_LEVEL.id))
    assert newest.is_deleted
    with pytest.raises(port.RefusedError, match="cannot be deleted"):
        await services.handle(port.DeleteAlarmRecords((LOW_LEVEL.id,)))


async def test_a_built_in_alarm_is_overridden_by_saving_it_and_comes_back_when_that_is_deleted(
    services: Services,
) -> None:
    quality = quality_alarm_id(TAGS[LEVEL].id)
    implied = plant(services).every_alarm_by_id[quality]
    await services.handle(port.SaveAlarmRecords((replace(alarm_draft_of(implied), priority=Priority.HIGH),)))
    assert record(services, quality).priority is Priority.HIGH
    assert [each.id for each in plant(services).every_alarm].count(quality) == 1
    await services.handle(port.DeleteAlarmRecords((quality,)))
    assert plant(services).every_alarm_by_id[quality] == implied


async def test_a_viewer_sees_everything_and_changes_nothing(tmp_path: Path) -> None:
    services = await running(tmp_path, VISITOR)
    seen = plant(services)
    for request in (
        port.SaveAlarmRecords((HIGH,)),
        port.DeleteAlarmRecords((LOW_LEVEL.id,)),
        port.ApproveAlarmRecords(((LOW_LEVEL.id, 1),)),
        port.SaveAlarmTemplates(AlarmTemplates()),
        port.ApplyAlarmCsv(tmp_path / "x.csv", ""),
    ):
        with pytest.raises(port.RefusedError, match="may not do this"):
            await services.handle(request)
    assert await services.handle(port.CheckAlarmDrafts((HIGH,))) == ()
    assert await services.handle(port.ExportAlarmCsv(tmp_path / "x.csv")) == len(seen.every_alarm)
    assert plant(services) == seen
    await services.stop()


async def test_templates_are_kept(services: Services) -> None:
    known = await services.handle(port.ReadAlarmTemplates())
    assert known == AlarmTemplates()
    other = AlarmTemplates(templates=known.templates[:1])
    await services.handle(port.SaveAlarmTemplates(other))
    assert await services.handle(port.ReadAlarmTemplates()) == other


async def test_a_file_goes_out_is_edited_looked_at_and_comes_in(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "alarms.csv"
    assert await services.handle(port.ExportAlarmCsv(path, (LOW_LEVEL.id,), is_european=True)) == 1
    assert not path.with_name("alarms.csv.part").exists()
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace("Dry taps.", "No water."), "utf-8-sig")
    preview = await services.handle(port.CompareAlarmCsv(path))
    (change,) = preview.differences.changes
    assert change.fields == (("Consequence", "Dry taps.", "No water."),)
    assert record(services) == LOW_LEVEL, "looking changes nothing"
    assert await services.handle(port.ApplyAlarmCsv(path, preview.seal)) == 1
    assert (record(services).consequence, record(services).revision) == ("No water.", 2)


async def test_a_file_or_a_plant_that_changed_since_it_was_looked_at_is_refused(
    services: Services, tmp_path: Path
) -> None:
    path = tmp_path / "alarms.csv"
    path.write_text(f"Id,Limit\n{LOW_LEVEL.id},1.5\n")
    preview = await services.handle(port.CompareAlarmCsv(path))
    path.write_text(f"Id,Limit\n{LOW_LEVEL.id},1.9\n")
    with pytest.raises(port.RefusedError, match="changed meanwhile"):
        await services.handle(port.ApplyAlarmCsv(path, preview.seal))
    preview = await services.handle(port.CompareAlarmCsv(path))
    with pytest.raises(port.RefusedError, match="changed meanwhile"):
        await services.handle(port.ApplyAlarmCsv(path, preview.seal, removes=True))
    await services.handle(port.SaveAlarmRecords((HIGH,)))
    with pytest.raises(port.RefusedError, match="changed meanwhile"):
        await services.handle(port.ApplyAlarmCsv(path, preview.seal))
    assert record(services).limit == 1.0


async def test_files_that_cannot_be_used_are_said(services: Services, tmp_path: Path) -> None:
    with pytest.raises(port.RefusedError, match="cannot be read"):
        await services.handle(port.CompareAlarmCsv(tmp_path / "none.csv"))
    (tmp_path / "other.csv").write_text("a,b\n")
    with pytest.raises(port.RefusedError, match="must name the columns"):
        await services.handle(port.CompareAlarmCsv(tmp_path / "other.csv"))
    with pytest.raises(port.RefusedError, match="There is no folder"):
        await services.handle(port.ExportAlarmCsv(tmp_path / "no" / "x.csv"))
    with pytest.raises(port.RefusedError, match="nothing to export"):
        await services.handle(port.ExportAlarmCsv(tmp_path / "x.csv", (UUID(int=1),)))


async def test_an_edited_record_of_the_demo_plant_survives_the_next_start(tmp_path: Path) -> None:
    services = await running(tmp_path)
    await services.handle(port.SaveAlarmRecords((replace(alarm_draft_of(LOW_LEVEL), limit="1.5"),)))
    await services.stop()
    services = await running(tmp_path)
    assert record(services).limit == 1.5
    await services.stop()
