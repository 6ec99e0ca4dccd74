"""What each kind of request says of itself in the audit record: one entry a request, however much it is about.

Requests that change or carry away something are in ENTRIES; those that do neither in WITHOUT. Those of the modules
WRITE_THEMSELVES write their own entries, since theirs say more than a request knows. A test holds every request to it.
While nothing can be written down, neither in the chain nor in the spool, of those only ESSENTIAL ones go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from hmi.domain.audit import AuditAction
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.services import port
from hmi.services.port import certificates, security
from hmi.services.port import secrets as vault

NAMED: Final = 3
"""Things that an entry names; of more it says how many."""
WRITE_THEMSELVES: Final = ("hmi.services.port.control", "hmi.services.port.security", "hmi.services.port.upkeep")
REASON_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry says beside who did it and how it ended.

    is_essential: it must go on when the record is lost altogether, as acknowledging must.
    """

    action: AuditAction
    target: str = ""
    target_id: str = ""
    station_id: UUID | None = None
    new: str = ""
    reason: str = ""
    is_essential: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """How ids are told in words. alarm: what an alarm is called, and its station."""

    catalogue: Callable[[], Catalogue]
    alarm: Callable[[UUID], tuple[str, UUID | None]]


Describe = Callable[[Any, Names], Said]


def _some(names: Sequence[str], count: int) -> str:
    """Return the first names, and how many there are when that is more."""
    text = ", ".join(names)
    return text if count <= len(names) else tr("{count:,}: {names} …").format(count=count, names=text)


def _alarms(alarms: Sequence[UUID], new: str, reason: str, names: Names, *, is_essential: bool = True) -> Said:
    named = [names.alarm(alarm) for alarm in alarms[:NAMED]]
    stations = {station for _, station in named}
    one = len(alarms) == 1
    return Said(
        AuditAction.ALARM,
        _some([name for name, _ in named], len(alarms)),
        str(alarms[0]) if one else "",
        stations.pop() if len(stations) == 1 and len(alarms) <= NAMED else None,
        new,
        reason,
        is_essential,
    )


def _of_alarms(new: str) -> Describe:
    def describe(request: Any, names: Names) -> Said:
        reason = getattr(request, "comment", "") or getattr(request, "note", "")
        return _alarms(request.alarms, new, reason, names)

    return describe


def _acknowledge(request: port.Acknowledge, names: Names) -> Said:
    alarms = [each.alarm_id for each in request.occurrences]
    return _alarms(alarms, tr("acknowledged"), request.comment, names)


def _shelve(request: port.ShelveAlarms, names: Names) -> Said:
    new = tr("shelved once") if request.is_one_shot else tr("shelved for {s:g} s").format(s=request.seconds)
    return _alarms(request.alarms, new, request.reason, names)


def _records(request: port.SaveAlarmRecords, names: Names) -> Said:
    said = _alarms([draft.id for draft in request.drafts], tr("saved"), request.reason, names, is_essential=False)
    return Said(AuditAction.CONFIGURATION, said.target, said.target_id, said.station_id, said.new, said.reason)


def _proposed_records(request: port.ProposeAlarmRecords, names: Names) -> Said:
    said = _alarms([draft.id for draft in request.drafts], tr("proposed"), request.reason, names, is_essential=False)
    return Said(AuditAction.CONFIGURATION, said.target, said.target_id, said.station_id, said.new, said.reason)


def _closed_proposal(request: port.CloseAlarmProposal, _names: Names) -> Said:
    new = tr("taken up") if request.is_taken else tr("refused or withdrawn")
    target = tr("proposal of alarm records")
    return Said(AuditAction.CONFIGURATION, target, str(request.proposal_id), new=new, reason=request.reason)


def _deleted_records(request: port.DeleteAlarmRecords, names: Names) -> Said:
    said = _alarms(request.alarm_ids, tr("deleted"), "", names, is_essential=False)
    return Said(AuditAction.CONFIGURATION, said.target, said.target_id, said.station_id, said.new)


def _approved(request: port.ApproveAlarmRecords, names: Names) -> Said:
    said = _alarms([alarm for alarm, _ in request.seen], tr("approved"), "", names, is_essential=False)
    return Said(AuditAction.CONFIGURATION, said.target, said.target_id, said.station_id, said.new)


def _kept(target: str, attribute: str = "") -> Describe:
    """Describe settings that were saved: those that are plain are told."""

    def describe(request: Any, _names: Names) -> Said:
        value = getattr(request, attribute) if attribute else None
        dump = getattr(value, "model_dump_json", None)
        return Said(AuditAction.CONFIGURATION, target, new=str(dump())[:REASON_MOST] if dump else "")

    return describe


def _file(action: AuditAction, target: str, attribute: str = "path") -> Describe:
    def describe(request: Any, _names: Names) -> Said:
        return Said(action, target, new=str(PurePath(getattr(request, attribute))) if attribute else "")

    return describe


def _fixed(action: AuditAction, target: str) -> Describe:
    return lambda _request, _names: Said(action, target)


def _stored(new: str) -> Describe:
    """Describe an act on a certificate that lies here, by its thumbprint."""
    return lambda request, _names: Said(AuditAction.CERTIFICATE, request.sha256[:16], request.sha256, new=new)


def _vault(new: str) -> Describe:
    return lambda _request, _names: Said(AuditAction.CREDENTIALS, tr("vault of passwords"), new=new)


def _save_station(request: port.SaveStation, _names: Names) -> Said:
    draft = request.draft
    new = tr("saved, {count} tags").format(count=len(draft.tags))
    return Said(AuditAction.CONFIGURATION, draft.name, str(draft.id), draft.id, new)


def _save_control(request: port.SaveControl, _names: Names) -> Said:
    draft = request.draft
    return Said(AuditAction.CONFIGURATION, draft.name, str(draft.id), draft.station_id, tr("control saved"))


def _delete_control(request: port.DeleteControl, names: Names) -> Said:
    control = names.catalogue().control_by_id.get(request.control_id)
    name = control.name if control is not None else str(request.control_id)
    station = control.station_id if control is not None else None
    return Said(AuditAction.CONFIGURATION, name, str(request.control_id), station, tr("control deleted"))


def _save_sequence(request: port.SaveSequence, _names: Names) -> Said:
    given = request.sequence
    new = tr("sequence saved, {count} steps").format(count=len(given.steps))
    return Said(AuditAction.CONFIGURATION, given.name, str(given.id), given.station_id, new)


def _delete_sequence(request: port.DeleteSequence, names: Names) -> Said:
    known = names.catalogue().sequence_by_id.get(request.sequence_id)
    name = known.name if known is not None else str(request.sequence_id)
    station = known.station_id if known is not None else None
    return Said(AuditAction.CONFIGURATION, name, str(request.sequence_id), station, tr("sequence deleted"))


def _set_stands_at(request: port.SetStandsAt, names: Names) -> Said:
    new = tr("this computer stands there") if request.stands_there else tr("this computer does not stand there")
    station = request.station_id
    return Said(AuditAction.CONFIGURATION, _station_name(station, names), str(station), station, new)


def _taken_up(request: port.TakeUpKept, _names: Names) -> Said:
    target = tr("{kind}, change {seq}").format(kind=request.kind, seq=request.seq)
    return Said(AuditAction.CONFIGURATION, target, new=tr("taken up again"), reason=request.reason[:REASON_MOST])


def _roll_back(request: port.RollBack, _names: Names) -> Said:
    new = tr("version {version} taken up again").format(version=request.version)
    return Said(AuditAction.CONFIGURATION, tr("Configuration"), new=new, reason=request.reason[:REASON_MOST])


def _station_name(station_id: UUID, names: Names) -> str:
    station = names.catalogue().station_by_id.get(station_id)
    return station.name if station is not None else str(station_id)


def _delete_station(request: port.DeleteStation, names: Names) -> Said:
    name = _station_name(request.station_id, names)
    return Said(AuditAction.CONFIGURATION, name, str(request.station_id), request.station_id, tr("deleted"))


def _export_stations(request: port.ExportStations, names: Names) -> Said:
    found = [_station_name(each, names) for each in request.station_ids[:NAMED]]
    return Said(AuditAction.EXPORT, tr("stations: {names}").format(names=_some(found, len(request.station_ids))))


def _import_stations(request: port.ImportStations, _names: Names) -> Said:
    return Said(
        AuditAction.CONFIGURATION, tr("stations imported"), new=tr("{n:,} characters").format(n=len(request.text))
    )


def _connection_name(connection_id: UUID, names: Names) -> str:
    connection = names.catalogue().connection_by_id.get(connection_id)
    return connection.name if connection is not None else str(connection_id)


def _enable(request: port.EnableConnection, names: Names) -> Said:
    name = _connection_name(request.connection_id, names)
    new = tr("switched on") if request.enabled else tr("switched off")
    return Said(AuditAction.CONFIGURATION, name, str(request.connection_id), new=new)


def _credentials(request: port.EnterCredentials, names: Names) -> Said:
    name = _connection_name(request.connection_id, names)
    user = tr("user {name}").format(name=request.user)
    return Said(AuditAction.CREDENTIALS, name, str(request.connection_id), new=user, is_essential=True)


def _trust(request: port.TrustCertificate, names: Names) -> Said:
    name = _connection_name(request.owner, names)
    words = {"once": tr("trusted once"), "always": tr("trusted always"), "never": tr("rejected")}
    return Said(
        AuditAction.CERTIFICATE, name, request.thumbprint, new=words.get(request.decision.value, str(request.decision))
    )


def _channel_secret(request: port.SetChannelSecret, _names: Names) -> Said:
    return Said(AuditAction.CREDENTIALS, tr("notification channel"), str(request.channel))


def _csv(what: str) -> Describe:
    def describe(request: Any, _names: Names) -> Said:
        new = f"{request.path} " + (tr("(removes what is not in it)") if request.removes else "")
        return Said(AuditAction.CONFIGURATION, what, new=new.strip())

    return describe


def _import(request: port.StartImport, _names: Names) -> Said:
    return Said(AuditAction.DATA, tr("readings imported"), new=str(request.plan.path))


def _undo(request: port.UndoImport, _names: Names) -> Said:
    return Said(AuditAction.DATA, tr("import undone"), str(request.import_id))


def _export(request: port.StartExport, _names: Names) -> Said:
    return Said(AuditAction.EXPORT, tr("readings of {n:,} tags").format(n=len(request.tags)), new=str(request.path))


def _test_channel(request: port.TestChannel, _names: Names) -> Said:
    return Said(
        AuditAction.CONFIGURATION, tr("notification channel tried"), str(request.channel.id), new=request.address
    )


def _group(request: port.SaveTrendGroup, _names: Names) -> Said:
    return Said(AuditAction.CONFIGURATION, tr("trend group {name}").format(name=request.group.name))


def _note(request: port.AddNote, _names: Names) -> Said:
    new = tr("a correction") if request.corrects else ""
    return Said(AuditAction.DATA, tr("shift log"), station_id=request.station_id, new=new, is_essential=True)


ENTRIES: Final[Mapping[type[port.Request[Any]], Describe]] = {
    port.Acknowledge: _acknowledge,
    port.ResetAlarms: _of_alarms(tr("reset")),
    port.ShelveAlarms: _shelve,
    port.UnshelveAlarms: _of_alarms(tr("unshelved")),
    port.PutOutOfService: _of_alarms(tr("out of service")),
    port.ReturnToService: _of_alarms(tr("returned to service")),
    port.SaveAlarmRecords: _records,
    port.ProposeAlarmRecords: _proposed_records,
    port.CloseAlarmProposal: _closed_proposal,
    port.DeleteAlarmRecords: _deleted_records,
    port.ApproveAlarmRecords: _approved,
    port.SaveAlarmTemplates: _kept(tr("alarm templates")),
    port.SaveAlarmSettings: _kept(tr("alarm settings"), "settings"),
    port.ApplyAlarmCsv: _csv(tr("alarms imported")),
    port.ExportAlarmCsv: _file(AuditAction.EXPORT, tr("alarm records")),
    port.ExportAlarmJournal: _file(AuditAction.EXPORT, tr("alarm journal")),
    port.ExportAlarmFigures: _file(AuditAction.EXPORT, tr("alarm figures")),
    port.SaveNotifications: _kept(tr("notifications")),  # they hold addresses of people, and addresses with secrets
    port.SetChannelSecret: _channel_secret,
    port.TestChannel: _test_channel,
    port.RetryOutgoing: _fixed(AuditAction.DATA, tr("messages sent again")),
    port.DiscardOutgoing: _fixed(AuditAction.DATA, tr("messages discarded")),
    port.SaveSoundSettings: _kept(tr("alarm sound"), "settings"),
    port.StartImport: _import,
    port.UndoImport: _undo,
    port.SaveRowErrors: _file(AuditAction.EXPORT, tr("faults of an import")),
    port.StartExport: _export,
    port.ChangeRetention: _kept(tr("what the history keeps"), "settings"),
    port.StartRetention: _fixed(AuditAction.DATA, tr("old readings removed")),
    port.StartSeal: _fixed(AuditAction.DATA, tr("finished days closed")),
    port.StartVerify: _fixed(AuditAction.DATA, tr("history verified")),
    port.StartBackup: _file(AuditAction.DATA, tr("backup"), "folder"),
    port.EnterCredentials: _credentials,
    port.TrustCertificate: _trust,
    certificates.TrustStored: _stored(tr("trusted always")),
    certificates.DistrustStored: _stored(tr("rejected")),
    certificates.DeleteStored: _stored(tr("deleted")),
    certificates.DeleteRevocations: _stored(tr("revocation list deleted")),
    certificates.MakeOwnCertificate: lambda request, _names: Said(
        AuditAction.CERTIFICATE,
        tr("own certificate"),
        request.kind,
        new=tr("made: RSA {bits}, {days} days").format(bits=request.wish.key_bits, days=request.wish.days),
    ),
    certificates.ReconnectSecured: lambda request, _names: Said(
        AuditAction.CERTIFICATE, tr("own certificate"), request.kind, new=tr("shown again")
    ),
    certificates.ForgetPrevious: lambda request, _names: Said(
        AuditAction.CERTIFICATE, tr("own certificate"), request.kind, new=tr("the one before deleted")
    ),
    certificates.ImportCertificate: lambda request, _names: Said(
        AuditAction.CERTIFICATE, tr("imported as {use}").format(use=request.use), request.kind, new=str(request.path)
    ),
    certificates.ExportCertificate: lambda request, _names: Said(
        AuditAction.EXPORT, tr("certificate"), request.sha256, new=str(request.path)
    ),
    certificates.ExportOwnKey: lambda request, _names: Said(
        AuditAction.EXPORT, tr("own certificate with its key"), request.sha256, new=str(request.path)
    ),
    vault.OpenVault: lambda _request, _names: Said(
        AuditAction.CREDENTIALS, tr("vault of passwords"), new=tr("opened"), is_essential=True
    ),
    vault.MakeVault: _vault(tr("made, passwords moved there")),
    vault.ChangeVaultPassphrase: _vault(tr("another passphrase")),
    vault.LeaveVault: _vault(tr("deleted, passwords moved out of it")),
    vault.SetVaultAside: _vault(tr("set aside")),
    port.SaveControl: _save_control,
    port.DeleteControl: _delete_control,
    port.RollBack: _roll_back,
    port.TakeUpKept: _taken_up,
    port.ExportConfiguration: _file(AuditAction.EXPORT, tr("whole configuration")),
    port.ImportConfiguration: _file(AuditAction.CONFIGURATION, tr("whole configuration, imported")),
    port.SetStandsAt: _set_stands_at,
    port.SaveSequence: _save_sequence,
    port.DeleteSequence: _delete_sequence,
    port.SaveStation: _save_station,
    port.DeleteStation: _delete_station,
    port.EnableConnection: _enable,
    port.ExportStations: _export_stations,
    port.ImportStations: _import_stations,
    port.ApplyTagCsv: _csv(tr("tags imported")),
    port.ExportTagCsv: _file(AuditAction.EXPORT, tr("tags of stations")),
    port.SaveTrendGroup: _group,
    port.DeleteTrendGroup: lambda request, _names: Said(
        AuditAction.CONFIGURATION, tr("trend group deleted"), str(request.id)
    ),
    port.AddNote: _note,
    port.SaveSupportBundle: _file(AuditAction.EXPORT, tr("support bundle")),
    port.DismissCrashes: _fixed(AuditAction.PROGRAM, tr("An unexpected end was taken note of")),
    port.VerifyAudit: _fixed(AuditAction.AUDIT, tr("The audit record is checked")),
    port.KeepAuditHead: _fixed(AuditAction.AUDIT, tr("The head is kept elsewhere")),
    port.ExportAudit: _file(AuditAction.EXPORT, tr("audit record")),
    port.SaveAuditSettings: _kept(tr("audit record"), "settings"),
    port.BeginAuditAnew: lambda request, _names: Said(
        AuditAction.AUDIT, tr("Another audit record begins"), reason=request.reason
    ),
    port.RenewAuditKey: _fixed(AuditAction.AUDIT, tr("A new key for the audit record")),
}

WITHOUT: Final[frozenset[type[port.Request[Any]]]] = frozenset(
    {
        # Looked at, checked or planned; nothing is changed, and nothing leaves the program.
        port.ReadHistory,
        port.ReadCommands,
        security.ReadUsers,
        security.ReadDirectory,
        port.ReadVersions,
        port.CheckControl,
        port.ReadStandsAt,
        port.CompareVersions,
        port.CompareConfiguration,
        port.ReadAlarmProposals,
        port.ReadKeptHistory,
        port.ReadObjectHistory,
        port.ReadAlarmJournal,
        port.ReadAlarmFigures,
        port.ReadAlarmSettings,
        port.ReadAlarmRevisions,
        port.ReadAlarmTemplates,
        port.CheckAlarmDrafts,
        port.CompareAlarmCsv,
        port.ReadNotifications,
        port.ReadOutgoing,
        port.ReadInbox,
        port.ReadSoundSettings,
        port.ReadArchive,
        port.PreviewImport,
        port.StartSurvey,
        port.ReadSurvey,
        port.ListImports,
        port.ListRowErrors,
        port.EstimateExport,
        port.FindTags,
        port.NameTags,
        port.PlanRetention,
        port.CheckBackup,
        port.WatchJob,
        port.ReadNotes,
        port.ReadShift,
        port.ReadEvents,
        port.ListTrendGroups,
        port.ListDrivers,
        port.CheckStation,
        port.CompareStations,
        port.CompareTagCsv,
        port.ReadAudit,
        port.ReadAuditState,
        certificates.ReadCertificates,
        port.ReadLog,
        port.ReadCrashes,
        port.ReadCrash,
        port.ReadProgram,
        port.PlanSupportBundle,
        # Looking around on a server, which the server's own record has.
        port.Discover,
        port.OpenExploration,
        port.CloseExploration,
        port.BrowseLevel,
        port.SearchNodes,
        port.DescribeNodes,
        port.StartConnectionTest,
        port.NextTestStep,
        # Of one's own screen, or of work whose beginning and end are told anyhow.
        port.MarkInboxRead,
        port.SilenceSound,
        port.TestSound,
        port.CancelJob,
    }
)


ESSENTIAL: Final[frozenset[type[port.Request[Any]]]] = frozenset(
    {
        # Commands: the gate has a rule of its own, and lets only those in the safe direction pass.
        port.SelectControl,
        port.SelectSequence,
        port.ConfirmSecond,
        port.Operate,
        port.CancelSelection,
        port.HoldRamp,
        port.ContinueSequence,
        port.StopSequence,
        # Who is there, so that somebody can give them.
        security.SignIn,
        security.ResumeSession,
        security.LockSession,
        security.SignOut,
        security.NoteActivity,
        # What only makes the plant safer, or shows it as it is.
        port.HangLockout,
        port.EndSubstitution,
    }
)
"""What goes on although nobody can write it down."""


def words_of(answer: object) -> str:
    """Return how a request ended well."""
    if isinstance(answer, bool) or not isinstance(answer, int):
        return tr("done")
    return tr("done: {count:,}").format(count=answer)
