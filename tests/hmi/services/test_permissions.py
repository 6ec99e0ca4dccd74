"""Every request with everybody: what each built-in role may, walked through the real services and not through buttons.

The table is this test's own; the roles of the program are another copy, and both must say the same.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from drivers.api import OwnWish, Shelf, Trust
from drivers.registry import DRIVERS
from hmi.config.alarm_settings import AlarmSettings
from hmi.config.alarm_templates import AlarmTemplates
from hmi.config.audit_settings import AuditSettings
from hmi.config.catalogue import InvalidError
from hmi.config.directory_settings import DirectorySettings
from hmi.config.history_settings import HistorySettings
from hmi.config.notification_channels import DesktopChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.config.package import export
from hmi.config.profile import open_profile
from hmi.config.sign_in_settings import SignInSettings
from hmi.config.sound_settings import SoundSettings
from hmi.domain.accounts import Account
from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.alarms import AlarmType, Occurrence, Priority
from hmi.domain.alarms.implied import system_alarm_id
from hmi.domain.control_drafts import ControlDraft
from hmi.domain.drafts import ConnectionDraft, StationDraft, draft_of
from hmi.domain.roles import LOCAL_ADMIN, VIEWER
from hmi.domain.sequences import CommandSequence
from hmi.services import port
from hmi.services.port import audit, certificates, control, secrets, security, versions
from hmi.services.port.jobs import CancelJob
from hmi.services.services import Services, Setup
from hmi.storage.exchange.mapping import ImportPlan
from hmi.storage.exchange.sheet import ExportFormat
from tests.conftest import Warnings
from tests.support.people import PASSWORD
from tests.support.plants import ASSET, CATALOGUE, CONNECTION, LEVEL, LOW_LEVEL, PUMP, STATION, TAGS, second_station
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

ROLES: Final = {"nobody": "", "viewer": "v", "operator": "o", "maintenance": "m", "admin": "a"}
SECOND: Final = second_station(1)
OTHER_STATION: Final = SECOND.stations[1]
LINK: Final = ConnectionDraft(name="x", driver="opcua", endpoint="opc.tcp://127.0.0.1:1")
SAID: Final = re.compile(r"may not|Nobody is signed in|operates only")
PASSING: Final = "keyring", "job failed", "secret kept", "audit", "OPC UA", "sound"
GONE: Final = UUID(int=9_999)
UNKNOWN: Final = Account(GONE, "Eve")


def table(folder: Path) -> list[tuple[port.Request[Any], str]]:
    """Return each request with the letters of the roles that may make it; "nobody" may where it says "n"."""
    everybody, working = "nvoma", "oma"
    plan, file = ImportPlan(folder / "none.csv"), folder / "out"
    draft = replace(draft_of(CATALOGUE, STATION.id), name="")
    alarm = AlarmDraft(LOW_LEVEL.id, TAGS[LEVEL].id, AlarmType.LOW, limit="no number")
    commands = "o"
    span = (0, 10)
    question = audit.AuditQuestion(*span)
    return [
        # seeing and exporting
        (port.ReadHistory((), *span, 10), everybody),
        (port.ReadCommands(), everybody),
        (port.ListDrivers(), everybody),
        (port.CheckStation(draft), everybody),
        (port.ExportStations((STATION.id,)), everybody),
        (port.CompareStations("no package"), everybody),
        (port.ExportTagCsv(file, (GONE,)), everybody),
        (port.CompareTagCsv(folder / "none.csv"), everybody),
        (port.CloseExploration(GONE), everybody),
        (port.ReadArchive(), everybody),
        (port.ReadSurvey(GONE), everybody),
        (port.ListImports(), everybody),
        (port.ListRowErrors(GONE), everybody),
        (port.SaveRowErrors(GONE, file), everybody),
        (port.StartExport((), *span, file, ExportFormat.CSV), everybody),
        (port.EstimateExport((0,), *span), everybody),
        (port.FindTags(("nobody",)), everybody),
        (port.NameTags((0,)), everybody),
        (port.PlanRetention(HistorySettings()), everybody),
        (port.StartVerify(), everybody),
        (port.WatchJob(GONE), everybody),
        (CancelJob(GONE), everybody),
        (port.CheckAlarmDrafts((alarm,)), everybody),
        (port.ReadAlarmRevisions(GONE), everybody),
        (port.ReadAlarmTemplates(), everybody),
        (port.ExportAlarmCsv(file, (GONE,)), everybody),
        (port.CompareAlarmCsv(folder / "none.csv"), everybody),
        (port.ListTrendGroups(), everybody),
        (port.ReadEvents(*span, ()), everybody),
        (port.ReadNotes(port.NoteQuestion(*span)), everybody),
        (port.ReadShift(*span), everybody),
        (port.ReadSoundSettings(), everybody),
        (port.ReadInbox(), everybody),
        (port.MarkInboxRead(0), everybody),
        (port.ReadAlarmJournal(port.JournalQuestion(*span)), everybody),
        (port.ExportAlarmJournal(port.JournalQuestion(*span), file), everybody),
        (port.ReadAlarmSettings(), everybody),
        (port.ReadAlarmFigures(*span), everybody),
        (port.ExportAlarmFigures(*span, file), everybody),
        # what all who work here share
        (port.SaveTrendGroup(port.TrendGroup(GONE, "", {})), working),
        (port.DeleteTrendGroup(GONE), working),
        (port.AddNote(1, None, ""), working),
        (port.SilenceSound(), working),
        (port.TestSound(Priority.LOW), working),
        (port.ReadNotifications(), working),
        (port.ReadOutgoing(), working),
        (port.RetryOutgoing(()), working),
        (port.DiscardOutgoing(()), working),
        # alarms
        (port.Acknowledge((Occurrence(LOW_LEVEL.id, 1),)), "om"),
        (port.ResetAlarms((LOW_LEVEL.id,)), "om"),
        (port.ShelveAlarms((LOW_LEVEL.id,), 60.0, ""), "om"),
        (port.UnshelveAlarms((LOW_LEVEL.id,)), "om"),
        (port.PutOutOfService((LOW_LEVEL.id,), ""), "ma"),
        (port.ReturnToService((LOW_LEVEL.id,)), "ma"),
        # control
        (port.SelectControl(PUMP.id, 1.0), commands),
        (port.SelectControl(PUMP.id, 0.0), "om"),
        (port.Operate(GONE), everybody),
        (port.CancelSelection(GONE), everybody),
        (control.TakeAuthority(STATION.id, ""), "om"),
        (control.RequestAuthority(STATION.id), "om"),
        (control.TransferAuthority(STATION.id, "Eve"), everybody),
        (control.ReleaseAuthority(STATION.id), everybody),
        (control.HangLockout(ASSET.id, ""), "om"),
        (control.TakeOffLockout(GONE, ""), everybody),
        (control.ConfirmSecond(GONE, "Eve", ""), everybody),
        (control.SelectSequence(GONE), everybody),
        (control.HoldRamp(GONE), everybody),
        (control.ContinueSequence(GONE, 0), everybody),
        (port.CheckControl(ControlDraft()), everybody),
        (port.SaveControl(ControlDraft()), "a"),
        (port.DeleteControl(GONE), "a"),
        (port.SaveSequence(CommandSequence(GONE, STATION.id, "", ())), "a"),
        (port.DeleteSequence(GONE), "a"),
        (port.ReadStandsAt(), everybody),
        (port.SetStandsAt(GONE, False), "a"),
        # upkeep
        (port.SubstituteValue(TAGS[LEVEL].id, "no number", "", 0), "m"),
        (port.EndSubstitution(TAGS[LEVEL].id), "m"),
        (port.ResetRunningTime(ASSET.id, ""), "ma"),
        (port.SetServiceInterval(ASSET.id, -1.0), "ma"),
        (control.StopSequence(GONE), everybody),
        # stations
        (port.Discover("opcua", "opc.tcp://127.0.0.1:1"), "ma"),
        (port.OpenExploration(LINK), "ma"),
        (port.BrowseLevel(GONE, None), "ma"),
        (port.SearchNodes(GONE, "x"), "ma"),
        (port.DescribeNodes(GONE, ()), "ma"),
        (port.StartConnectionTest(LINK), "ma"),
        (port.NextTestStep(GONE), "ma"),
        (port.EnterCredentials(CONNECTION.id, "", ""), "oma"),
        (port.TrustCertificate(GONE, "", Trust.ONCE), "a"),
        (port.SaveStation(draft), "a"),
        (port.ImportStations("no package"), "a"),
        (port.ApplyTagCsv(folder / "none.csv", ""), "a"),
        (port.DeleteStation(OTHER_STATION.id), "a"),
        (port.EnableConnection(CONNECTION.id, enabled=False), "a"),
        # alarm records
        (port.SaveAlarmRecords((alarm,)), "a"),
        (port.DeleteAlarmRecords((GONE,)), "a"),
        (port.ProposeAlarmRecords((alarm,), "why"), "ma"),
        (port.ReadAlarmProposals(), "ma"),
        (port.CloseAlarmProposal(GONE, is_taken=True), "ma"),
        (port.ApproveAlarmRecords(((GONE, 1),)), "a"),
        (port.ApplyAlarmCsv(folder / "none.csv", ""), "a"),
        (port.SaveAlarmTemplates(AlarmTemplates()), "a"),
        (port.SaveAlarmSettings(AlarmSettings()), "a"),
        # notifications
        (port.SaveSoundSettings(SoundSettings()), "a"),
        (port.SaveNotifications(NotificationSettings()), "a"),
        (port.SetChannelSecret(GONE, ""), "a"),
        (port.TestChannel(DesktopChannel(id=GONE, name="x")), "a"),
        # data
        (port.PreviewImport(folder / "none.csv"), "a"),
        (port.StartImport(plan), "a"),
        (port.StartSurvey(plan), "a"),
        (port.UndoImport(1), "a"),
        (port.ChangeRetention(HistorySettings()), "a"),
        (port.StartRetention(), "a"),
        (port.StartSeal(), "a"),
        (port.CheckBackup(folder), "a"),
        (port.StartBackup(folder / "profile"), "a"),
        (versions.ReadVersions(), everybody),
        (versions.CompareVersions(1, 1), everybody),
        (versions.ReadObjectHistory("station", ""), everybody),
        (versions.RollBack(99, 0, ""), "a"),
        (port.ReadKeptHistory(), "a"),
        (port.TakeUpKept("user", 99, 0, ""), "a"),
        (port.ExportConfiguration(folder / "no folder" / "all.json"), "a"),
        (port.CompareConfiguration(folder / "none.json"), "a"),
        (port.ImportConfiguration(folder / "none.json", False, ""), "a"),
        # the program itself
        (port.ReadLog(), everybody),
        (port.ReadCrashes(), everybody),
        (port.ReadCrash("none.txt"), everybody),
        (port.ReadProgram(), everybody),
        (port.DismissCrashes(), working),
        (port.PlanSupportBundle(), "a"),
        (port.SaveSupportBundle(folder / "no folder" / "x.zip"), "a"),
        # the record
        (audit.BeginAuditAnew(""), "a"),
        (audit.ReadAudit(question), "ma"),
        (audit.ReadAuditState(), "ma"),
        (audit.VerifyAudit(), "ma"),
        (audit.KeepAuditHead(), "ma"),
        (audit.ExportAudit(question, folder / "no folder" / "x.csv"), "ma"),
        (audit.SaveAuditSettings(AuditSettings(), AuditSettings()), "a"),
        (audit.RenewAuditKey(), "a"),
        # certificates
        (certificates.ReadCertificates(), everybody),
        (certificates.TrustStored("opcua", Shelf.REJECTED, ""), "a"),
        (certificates.DistrustStored("opcua", ""), "a"),
        (certificates.DeleteStored("opcua", Shelf.REJECTED, ""), "a"),
        (certificates.DeleteRevocations("opcua", ""), "a"),
        (certificates.MakeOwnCertificate("opcua", OwnWish(days=0)), "a"),
        (certificates.ReconnectSecured("opcua"), "a"),
        (certificates.ForgetPrevious("opcua"), "a"),
        (certificates.ImportCertificate("opcua", folder / "none", certificates.ImportAs.TRUSTED), "a"),
        (certificates.ExportCertificate("opcua", None, "", folder / "out.der"), everybody),
        (certificates.ExportOwnKey("opcua", "", folder / "out.p12", ""), "a"),
        # where passwords are kept
        (secrets.OpenVault(""), everybody),
        (secrets.MakeVault(""), "a"),
        (secrets.ChangeVaultPassphrase("", ""), "a"),
        (secrets.LeaveVault(), "a"),
        (secrets.SetVaultAside(), "a"),
        # people
        (security.NoteActivity(), everybody),
        (security.ChangePassword("", "x"), everybody),
        (security.MakeFirstAdmin("Eve", "", PASSWORD), everybody),
        (security.UseRecoveryCode("Eve", "", ""), everybody),
        (security.ReadUsers(), "a"),
        (security.SaveAccount(UNKNOWN, 7), "a"),
        (security.DeleteAccount(GONE, 7), "a"),
        (security.ResetPassword(GONE), "a"),
        (security.SaveRole(VIEWER, 7), "a"),
        (security.DeleteRole("viewer", 7), "a"),
        (security.SaveSignInSettings(SignInSettings(), SignInSettings(idle_minutes=3)), "a"),
        (security.MakeRecoveryCode(), "a"),
        (security.SealBreakGlass("no such role"), "a"),
        (security.ReadDirectory(), "a"),
        (security.SaveDirectory(DirectorySettings(), DirectorySettings(port=1)), "a"),
        (security.TestDirectory(DirectorySettings(), "", ""), "a"),
    ]


OF_THE_SESSION: Final = {security.SignIn, security.ResumeSession, security.LockSession, security.SignOut}
"""Everybody's, and they change who asks."""


@asynccontextmanager
async def plant(folder: Path) -> AsyncIterator[Services]:
    """Run the services with two stations at rest, and an administrator."""
    services = Services(Setup(open_profile(folder / "profile"), LOCAL_ADMIN, lambda: DRIVERS))
    resting = tuple(replace(each, driver="opcua", enabled=False) for each in SECOND.connections)
    await services.start(replace(SECOND, connections=resting))
    try:
        await services.handle(security.MakeFirstAdmin("Ana", "", PASSWORD))
        yield services
    finally:
        await services.stop()


async def become(services: Services, role: str, *stations: UUID) -> None:
    """Sign in as somebody of a role, or as nobody."""
    if role != "nobody":
        account = Account(uuid4(), f"Someone of {role}", role=role, stations=frozenset(stations) or None)
        made = await services.handle(security.SaveAccount(account, 0))
        assert made is not None
        await services.handle(security.SignIn(account.name, made.secret))
        await services.handle(security.ChangePassword(made.secret, PASSWORD))
    else:
        await services.handle(security.SignOut())


async def refusal(services: Services, request: port.Request[Any]) -> str:
    """Return the words in which somebody was told that this is not theirs; empty for anything else."""
    try:
        await asyncio.wait_for(services.handle(request), 20)
    except (port.RefusedError, InvalidError) as error:
        return str(error) if SAID.search(str(error)) else ""
    except KeyError:
        return ""  # something that is not there was found missing, after the permission
    return ""


@pytest.mark.parametrize("role", ROLES)
async def test_every_request_is_answered_to_those_who_may_and_to_nobody_else(
    tmp_path: Path, log_warnings: Warnings, role: str
) -> None:
    letter = ROLES[role] or "n"
    async with plant(tmp_path) as services:
        await become(services, role)
        wrong = []
        for request, may in table(tmp_path):
            said = await refusal(services, request)
            if bool(said) == (letter in may):
                wrong.append(f"{type(request).__name__}: {said or 'was let through'}")
        assert not wrong, "\n".join(wrong)
    log_warnings.take(*PASSING)


async def test_every_request_is_in_the_table(tmp_path: Path) -> None:
    async with plant(tmp_path) as services:
        missing = set(services._handlers()) - {type(request) for request, _ in table(tmp_path)} - OF_THE_SESSION
    assert not missing, sorted(each.__name__ for each in missing)


def at(station: UUID) -> list[tuple[port.Request[Any], str]]:
    """Return what is done at one station, with a role that may do it."""
    tag = next(each for each in SECOND.tags if each.station_id == station and each.key == "Tank level")
    alarm = AlarmDraft(uuid4(), tag.id, AlarmType.LOW, limit="no number")
    connection = next(each for each in SECOND.connections if each.id == tag.connection_id)
    return [
        (port.SaveAlarmRecords((alarm,)), "admin"),
        (port.SaveStation(replace(draft_of(SECOND, station), name="")), "admin"),
        (port.ImportStations(export(SECOND, (station,))), "admin"),
        (port.EnableConnection(connection.id, enabled=False), "admin"),
        (port.EnterCredentials(connection.id, "", ""), "operator"),
        (control.TakeAuthority(station, ""), "operator"),
        (port.DeleteStation(station), "admin"),
    ]


@pytest.mark.parametrize("role", ["operator", "admin"])
async def test_a_role_holds_at_its_stations_and_nowhere_else(tmp_path: Path, log_warnings: Warnings, role: str) -> None:
    async with plant(tmp_path) as services:
        await become(services, role, STATION.id)
        for request, of in at(OTHER_STATION.id):
            if of == role:
                assert await refusal(services, request), f"{type(request).__name__} elsewhere"
        for request, of in at(STATION.id):
            if of == role:
                assert not await refusal(services, request), f"{type(request).__name__} at home"
    log_warnings.take(*PASSING)


async def test_alarms_are_answered_at_ones_own_stations_only(tmp_path: Path) -> None:
    async with plant(tmp_path) as services:
        await become(services, "operator", OTHER_STATION.id)
        requests: tuple[port.Request[Any], ...] = (
            port.Acknowledge((Occurrence(LOW_LEVEL.id, 1),)),
            port.ShelveAlarms((LOW_LEVEL.id,), 60.0, "why"),
            port.ResetAlarms((LOW_LEVEL.id,)),
            port.UnshelveAlarms((LOW_LEVEL.id,)),
        )
        for request in requests:
            assert "stations" in await refusal(services, request), type(request).__name__
        assert await refusal(services, port.SelectControl(PUMP.id, 1.0))
        assert await refusal(services, control.HangLockout(ASSET.id, "x"))
        await services.handle(security.SignIn("Ana", PASSWORD))
        await become(services, "maintenance", STATION.id)
        for request in requests:
            assert not await refusal(services, request), type(request).__name__


async def test_a_new_station_is_added_by_those_whose_role_holds_everywhere(tmp_path: Path) -> None:
    async with plant(tmp_path) as services:
        await become(services, "admin", STATION.id)
        assert "other stations" in await refusal(services, port.SaveStation(StationDraft(name="New")))
        await services.handle(security.SignIn("Ana", PASSWORD))
        assert not await refusal(services, port.SaveStation(StationDraft(name="New")))


async def test_a_cancelled_request_leaves_what_is_kept_and_what_runs_the_same(tmp_path: Path) -> None:
    async with plant(tmp_path) as services:
        before = services._catalogue.version
        asked = asyncio.create_task(services.handle(port.DeleteStation(OTHER_STATION.id)))
        await until(lambda: services._changes.is_any)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        await services._changes.wait()
        kept = await services.journal_thread.run(services.store.load)
        assert kept.version == services._catalogue.version == before + 1
        assert OTHER_STATION.id not in services._catalogue.station_by_id


async def test_opening_the_envelope_raises_the_critical_alarm_of_the_plant(tmp_path: Path) -> None:
    async with plant(tmp_path) as services:
        made = await services.handle(security.SealBreakGlass("operator"))
        await services.handle(security.SignIn("Break glass", made.secret))
        (row,) = (each for each in services.alarms.rows() if each.id == system_alarm_id("break_glass"))
        assert (row.priority, row.text) == (Priority.CRITICAL, "Account for emergencies was used")
        question = audit.AuditQuestion(0, 2**62)
        await services.handle(security.SignIn("Ana", PASSWORD))
        page = await services.handle(audit.ReadAudit(question))
        marked = [each for each in page.rows if "break_glass" in dict(each.facts).get("marks", "")]
        assert {each.user for each in marked} == {"Break glass"}
        assert {"login", "break_glass", "logout"} <= {each.action for each in marked}


AT_STATIONS: Final = {
    *(port.AddNote, port.DeleteTrendGroup, port.SaveTrendGroup, port.SilenceSound, port.TestSound),
    *(port.DismissCrashes, port.ReadNotifications, port.ReadOutgoing, port.RetryOutgoing, port.DiscardOutgoing),
    *(port.PutOutOfService, port.ReturnToService, port.ResetRunningTime, port.SetServiceInterval),
    *(port.SaveStation, port.EnableConnection, port.EnterCredentials, port.ImportStations, port.SaveSequence),
    *(port.Discover, port.OpenExploration, port.BrowseLevel, port.SearchNodes, port.DescribeNodes),
    *(port.StartConnectionTest, port.NextTestStep, port.TrustCertificate, port.SaveAlarmRecords),
    *(port.ProposeAlarmRecords, port.ReadAlarmProposals, port.CloseAlarmProposal),
    port.ApplyTagCsv,
    *(audit.ReadAudit, audit.ReadAuditState, audit.VerifyAudit, audit.KeepAuditHead, audit.ExportAudit),
}
"""What an administrator of some stations may do without naming another: about those, or without changing anything."""


async def test_what_is_about_all_stations_is_refused_to_an_administrator_of_some(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with plant(tmp_path) as services:
        await become(services, "admin", STATION.id)
        passed = set()
        for request, may in table(tmp_path):
            if "a" in may and "v" not in may and not await refusal(services, request):
                passed.add(type(request))
    assert passed == AT_STATIONS
    log_warnings.take(*PASSING)
