"""All services of one profile, joined: started, stopped, and asked through requests. Everything on the I/O thread.

The composition root below the window: longer than others, since it names everything once and does nothing itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Engine

from drivers.api import DriverType
from hmi.config import (
    alarm_settings,
    alarm_templates,
    audit_settings,
    directory_settings,
    history_settings,
    notification_settings,
    sign_in_settings,
    sound_settings,
)
from hmi.config.catalogue import CatalogueStore, ConflictError, InvalidError
from hmi.config.package import PackageError
from hmi.config.secrets import Secrets
from hmi.config.whole.store import WholeStore
from hmi.domain.accounts import COMMAND_LINE
from hmi.domain.alarms.wording import alarm_source, alarm_station, alarm_text
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import User
from hmi.domain.window_session import SessionStatus
from hmi.services import port
from hmi.services.access import Access
from hmi.services.acquisition import Acquisition
from hmi.services.alarm_records import AlarmRecords
from hmi.services.alarms.joined import Alarming, AlarmingSurroundings
from hmi.services.alarms.system_watch import Watched
from hmi.services.annunciation import Annunciation, AnnunciationSurroundings
from hmi.services.archive import Archive, KeptSettings, Surroundings
from hmi.services.attach import Door
from hmi.services.audit.accompanying import Acting
from hmi.services.audit.describing import Names
from hmi.services.audit.desk import Audit, AuditSurroundings
from hmi.services.background import CarriedThrough, keep_running
from hmi.services.certificates.desk import CertificateDesk, CertificateSurroundings
from hmi.services.control.desk import ControlDesk
from hmi.services.control.joined import ControlSurroundings, make_gate
from hmi.services.control_records import ControlRecords
from hmi.services.database_thread import DatabaseThread
from hmi.services.diagnostics.desk import DiagnosticsDesk
from hmi.services.diagnostics.facts import Sources
from hmi.services.engineering import Configuration, Engineering
from hmi.services.events import Events
from hmi.services.exploring import Explorer
from hmi.services.history import History
from hmi.services.jobs import Jobs
from hmi.services.kept_history import KeptFiles, KeptHistory
from hmi.services.last_good import LastGood
from hmi.services.last_values import LastValues
from hmi.services.lateness import Lateness
from hmi.services.link_passwords import LinkPasswords
from hmi.services.live_table import LiveTable
from hmi.services.notes import NoteDesk
from hmi.services.outbox import Outbox
from hmi.services.pipeline import Pipeline
from hmi.services.secret_keeping import SecretDesk, SecretSurroundings
from hmi.services.security.security import Security, SecuritySurroundings
from hmi.services.setup import Setup
from hmi.services.supervisor import IS_UP
from hmi.services.tag_files import TagFiles
from hmi.services.trend_groups import TrendGroups
from hmi.services.upkeep import UpkeepDesk
from hmi.services.versions import VersionDesk
from hmi.services.whole_configuration import WholeConfiguration, WholeSurroundings
from hmi.services.workstation import Workstation
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import open_journal
from hmi.storage.local.last_good import open_or_restore

Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)


class Services:
    """Acquisition, history, alarms and control over one profile."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._driver_types: tuple[DriverType, ...] = ()
        self._tasks: list[asyncio.Task[None]] = []
        self._changing = asyncio.Lock()
        self._changes = CarriedThrough()
        self._ending = contextlib.AsyncExitStack()
        self._lateness = Lateness()
        self._catalogue = Catalogue()
        self._answers: Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]] = {}
        self._started_us = time.time_ns() // 1000
        self._is_ready = asyncio.Event()
        self.sources: Sources | None = None
        self.access = Access(lambda: self.sessions, lambda: self._catalogue)
        self.live = LiveTable()
        self.outbox = Outbox(self.live)
        self.secrets = Secrets(setup.profile.vault)
        self.link_passwords = LinkPasswords(self.secrets)
        self.journal_thread = DatabaseThread("journal")
        self.configuration_thread = DatabaseThread("configuration")
        self.history = History(setup.profile.history)

    async def start(self, plant: Catalogue | None = None) -> None:
        """Open the files, take up where the last run ended, and begin to connect.

        plant: put into the catalogue first, as the demo does. Raises StorageError when the configuration or the
        journal cannot be used; a history that cannot be used is a notice.
        """
        engine = await self._open_files()
        await self._open_people(engine)
        self._driver_types = tuple(await asyncio.to_thread(self._setup.drivers))
        self._make(engine)
        self._make_whole(engine)
        self._catalogue = await self._first_catalogue(plant)
        await self._begin()
        self._answers = self._handlers()
        last_values = LastValues(self.history, self.live, self._started_us, self.outbox.put_notice)
        self._tasks = [asyncio.create_task(last_values.restore(), name="latest values")]
        for work, name in self._works():
            self._tasks.append(asyncio.create_task(keep_running(work, name, self.outbox.put_notice), name=name))
        door = Door(self._setup.profile.folder, self._handle_for_command_line)
        self._ending.push_async_callback(door.close)
        await door.open()
        self._is_ready.set()

    async def _open_files(self) -> Engine:
        """Open what is kept, and the vault; return the engine of roams.db. Raises StorageError."""
        profile, ending = self._setup.profile, self._ending
        journal_run, run = self.journal_thread.run, self.configuration_thread.run
        for thread in (self.journal_thread, self.configuration_thread):
            ending.push_async_callback(asyncio.to_thread, thread.stop)
        ending.callback(self.secrets.close)
        await self.link_passwords.open(self._setup.vault_passphrase)
        self.history.start()
        ending.push_async_callback(asyncio.to_thread, self.history.stop)
        engine, restored = await run(open_or_restore, profile.configuration)
        if restored:
            _log.error("configuration restored", reason=restored)
            self.outbox.put_notice(restored)
        self.store = CatalogueStore(engine)
        ending.push_async_callback(run, self.store.close)
        self.journal, said = await journal_run(open_journal, profile.journal)
        if said:
            _log.error("journal set aside", reason=said)
            self.outbox.put_notice(said)
        ending.push_async_callback(journal_run, self.journal.close)
        return engine

    async def _open_people(self, engine: Engine) -> None:
        """Begin what everything else asks: who acts, what is configured, and the record. Raises StorageError."""
        profile, ending = self._setup.profile, self._ending
        self.trend_groups = TrendGroups(engine, self.configuration_thread, self.access.require_person)
        access = self.access
        configuration = self.configuration = Configuration(
            lambda: self._catalogue, self._change, access.require, access.require_somewhere, access.user_name
        )
        self.alarm_records = AlarmRecords(
            self.store, engine, self.configuration_thread, configuration, self.outbox.put_notice
        )
        self.control_records = ControlRecords(self.store, configuration)
        self.workstation = Workstation(engine, self.configuration_thread, configuration)
        await self.workstation.start()
        self.last_good = LastGood(engine, profile.configuration, lambda: self._catalogue.version > 0)
        self.versions = VersionDesk(self.store, configuration)
        self.jobs = Jobs(self.outbox.put_jobs)
        ending.push_async_callback(self.jobs.stop)
        around_audit = AuditSurroundings(profile.folder, self._acting(), self.access.require, self.outbox.put_notice)
        self.audit = Audit(
            self.journal, self.journal_thread, engine, self.configuration_thread, self.secrets, self.jobs, around_audit
        )
        await self.audit.start()
        ending.push_async_callback(self.audit.stop)
        self.security = Security(engine, self.configuration_thread, self._security_surroundings())
        ending.push_async_callback(self.security.stop)
        await self.security.start()
        self.sessions = self.security.sessions
        self.sessions.on_change(self.alarm_records.user_changed)
        around = Surroundings(lambda: self._catalogue, self.access.require, self.access.user_name)
        self.archive = Archive(self.history, self.jobs, KeptSettings(self.configuration_thread, engine), around)

    async def _first_catalogue(self, plant: Catalogue | None) -> Catalogue:
        run = self.configuration_thread.run
        if plant is None:
            return await run(self.store.load)
        put_plant = partial(self.store.put_plant, keeps_edited_alarms=True)
        return await run(put_plant, plant, self._setup.user.name, "Demo plant")

    async def _begin(self) -> None:
        """Take up where the last run ended, and connect; what is ended first is begun last."""
        ending = self._ending
        await self.control.start(self._catalogue, self.journal, self.journal_thread, self.audit.trail)
        await self.control.world.lockouts.start()
        self.control_desk.user_changed()  # who is there from the start is taken from, too, when they leave
        self.outbox.put_standing(self.control_desk.standing())
        self.mirrored.apply(self._catalogue)
        if fault := await self.alarming.desk.start():
            self.outbox.put_notice(fault)
        await self.alarms.start(self._catalogue)
        ending.push_async_callback(self.alarms.stop)
        await self.upkeep.start(self._catalogue)
        ending.push_async_callback(self.upkeep.running_hours.keep)
        self.audit.on_report(self.alarms.report)
        await self.annunciation.start(self.alarms.rows())
        ending.push_async_callback(self.annunciation.stop)
        ending.push_async_callback(self.acquisition.stop)
        ending.push_async_callback(self.explorer.stop)
        ending.push_async_callback(self.control_desk.close)
        self.security.begin_reporting()
        self.secret_desk.start(self._catalogue)
        ending.push_async_callback(self.secret_desk.stop)
        self.outbox.put_catalogue(self._catalogue)
        self.history.apply(self._catalogue)
        self.acquisition.apply(self._catalogue)

    def _works(self) -> tuple[tuple[Callable[[], Awaitable[None]], str], ...]:
        """Return what runs from the start to the end, with its name."""
        return (
            (self.pipeline.report, "figures"),
            (self.pipeline.measure_lateness, "lateness"),
            (self.secrets.run, "secrets"),
            (self.archive.retain_daily, "retention"),
            (self.control_desk.run, "control"),
            (self.alarm_records.watch_proposals, "proposals"),
            (self.last_good.run, "last good configuration"),
            (self.upkeep.substituting.run, "substitution"),
            (self.upkeep.running_hours.run, "running hours"),
            (self.alarming.watch.run, "system alarms"),
            (self.alarming.mirrored_journal.run, "servers' alarms"),
        )

    async def stop(self) -> None:
        """End links first, then what they feed, then the files; as much of it as was started."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._changes.wait()
        await self._ending.aclose()

    def _make(self, engine: Engine) -> None:
        """Make what works on the plant, and join it."""
        self._make_links()
        self._make_work(engine)
        self._make_telling(engine)
        self._join()

    def _make_links(self) -> None:
        """Make what speaks with servers, and what looks around on them."""
        options = {"pki_folder": str(self._setup.profile.pki), "key_passphrase": self._key_passphrase}
        self.acquisition = Acquisition(
            self._driver_types, self.live, credentials=self.link_passwords.of, driver_options=options
        )
        self.certificate_desk = CertificateDesk(
            self._driver_types,
            self.secrets,
            CertificateSurroundings(
                self._setup.profile.pki,
                f"own key passphrase {self.audit.installation}",
                self.acquisition.statuses,
                self.access.require,
                self.acquisition.restart,
            ),
        )
        self.explorer = Explorer(self._driver_types, options, lambda owner: self.secrets.get(str(owner)))
        self.engineering = Engineering(
            self._driver_types,
            self.explorer,
            self.acquisition,
            self.store,
            self.secrets,
            self.configuration,
        )
        self.tag_files = TagFiles(self._driver_types, self.store, self.configuration)

    def _make_work(self, engine: Engine) -> None:
        """Make alarms, events, the gate and upkeep."""
        self.alarming = Alarming(
            AlarmingSurroundings(
                self.live,
                self.acquisition,
                self.outbox,
                self.jobs,
                self.access.user_name,
                self.sessions.user,
                Watched(
                    self._setup.profile.folder, lambda: self.history.figures().note, self.certificate_desk.expiries
                ),
            ),
            self.journal,
            self.journal_thread,
            engine,
            self.configuration_thread,
        )
        self.alarms, self.mirrored = self.alarming.engine, self.alarming.mirrored
        self.events = Events(self.journal.path, lambda: self._catalogue)
        self.notes = NoteDesk(self.journal, self.journal_thread, lambda: self._catalogue, self.sessions.user)
        around_control = ControlSurroundings(
            self.live, self.acquisition, self.sessions, self.security.confirm, self.workstation.stands_at
        )
        self.control = make_gate(around_control, engine, self.configuration_thread, self.audit.trail.write)
        self.upkeep = UpkeepDesk(engine, self.configuration_thread, self.sessions.user, self.outbox.put_upkeep)
        self.upkeep.join(self.acquisition, self.control.recording.write)
        self.control_desk = ControlDesk(self.control, self.outbox.put_standing)
        self.control.on_void(self.outbox.put_voided)
        self.control.on_alone(self.alarming.say_passed)
        self.sessions.on_change(self.control_desk.user_changed)

    def _make_telling(self, engine: Engine) -> None:
        """Make what tells people: passwords that are missing, sounds and messages, figures of the program itself."""
        around = AnnunciationSurroundings(
            lambda: self._catalogue,
            self.alarms.report,
            self.access.window_user_name,
            self.access.require,
            self.access.require_person,
            self._setup.profile.folder / "sounds",
            self._setup.has_window,
        )
        self.secret_desk = SecretDesk(
            self.secrets,
            SecretSurroundings(
                self.access.require,
                self._report_alarm,
                self.outbox.put_secrets,
                self._secret_names,
                self._secrets_opened,
            ),
        )
        self.annunciation = Annunciation(
            self.journal, self.journal_thread, engine, self.configuration_thread, self.outbox, self.secrets, around
        )
        self.sessions.on_change(self.annunciation.inbox.user_changed)
        self.pipeline = Pipeline(self.acquisition, self.history, self.alarms, self._lateness, self.outbox)
        self.sources = Sources(
            self._setup.profile,
            self.acquisition,
            self.history,
            self.alarms,
            self.audit,
            self.control.recording,
            self.journal,
            self.journal_thread,
            self._lateness.figures,
            self._is_ready.is_set,
        )
        self.control.on_status(self.sources.command_changed)
        self.diagnostics = DiagnosticsDesk(self.sources, self.jobs, self.access.require, self.access.require_person)

    def _join(self) -> None:
        """Let each hear what it lives on: values flow one way, from acquisition to everyone else."""
        self.alarms.on_news(self.annunciation.take)
        self.mirrored.on_news(self.annunciation.take)
        self.alarming.on_gone(self.annunciation.forget)
        self.acquisition.on_batch(self.alarms.process)
        self.acquisition.on_batch(self.control.process)
        self.acquisition.on_batch(self.history.append)
        self.acquisition.on_historical(self.history.append_all)
        self.acquisition.on_conditions(self.mirrored.take)
        self.acquisition.on_link(lambda status, _tags: self.control.link_changed(status))
        self.acquisition.on_link(self.mirrored.link_changed)
        self.acquisition.on_link(self.alarms.link_changed)
        self.acquisition.on_link(self.engineering.link_changed)
        self.acquisition.on_link(
            lambda _status, _tags: self.outbox.put_links(self.acquisition.statuses(), is_urgent=True)
        )
        self.control.on_status(self.outbox.put_command)
        self.control.on_status(self.alarms.command_changed)

    def _make_whole(self, engine: Engine) -> None:
        """Make what exports and imports everything: whoever works with settings takes imported ones up at once."""

        async def read_when_wanted(_settings: object) -> None:
            """Templates of alarms and rules of the history are read whenever they are wanted."""

        around = WholeSurroundings(
            self.sessions.user,
            {
                sign_in_settings.KEY: self.security.take_rules,
                directory_settings.KEY: self.security.take_directory,
                alarm_settings.KEY: self.alarming.desk.take_settings,
                alarm_templates.KEY: read_when_wanted,
                sound_settings.KEY: self.annunciation.sounder.take_settings,
                notification_settings.KEY: self.annunciation.take_notifications,
                history_settings.KEY: read_when_wanted,
                audit_settings.KEY: self.audit.take_settings,
            },
            self.audit.require_folder,
        )
        thread, people, accounts = self.configuration_thread, self.security.engine, self.security.accounts
        store = WholeStore(engine, people, self._driver_types)
        self.whole = WholeConfiguration(store, thread, self.configuration, accounts, around)
        self.kept_history = KeptHistory(KeptFiles(engine, people), thread, self.configuration, accounts, around)
        self._ending.push_async_callback(self.whole.stop)

    @property
    def stations_up(self) -> int:
        """How many stations have every link up."""
        up = {status.connection_id for status in self.acquisition.statuses() if status.state in IS_UP}
        links = self._catalogue.connections_of_station
        return sum(1 for station in self._catalogue.stations if set(links.get(station.id, ())) <= up)

    async def handle(self, request: port.Request[Answer]) -> Answer:
        """Answer one request, once the start is through. Raises RefusedError in words; anything else is a bug."""
        await self._is_ready.wait()
        handler = self._answers[type(request)]
        try:
            answer: Answer = await self.audit.handle(request, handler)
        except ConflictError as error:
            raise port.ConflictError(str(error), error.version) from error
        except (StorageError, InvalidError, PackageError) as error:
            raise port.RefusedError(str(error)) from error
        return answer

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        return {
            port.ReadHistory: self.history.read,
            **self.audit.handlers(),
            **self.control_desk.handlers(),
            **self.upkeep.handlers(),
            **self.engineering.handlers(),
            **self.tag_files.handlers(),
            **self.archive.handlers(),
            **self.alarm_records.handlers(),
            **self.versions.handlers(),
            **self.whole.handlers(),
            **self.kept_history.handlers(),
            **self.control_records.handlers(),
            **self.workstation.handlers(),
            **self.trend_groups.handlers(),
            **self.events.handlers(),
            **self.diagnostics.handlers(),
            **self.notes.handlers(),
            **self.annunciation.handlers(),
            **self.alarming.desk.handlers(),
            **self.security.handlers(),
            **self.secret_desk.handlers(),
            **self.certificate_desk.handlers(),
        }

    async def _change(self, function: Callable[..., Catalogue], *arguments: object) -> None:
        """Change the configuration on its thread, then bring everything to it, one change after another.

        Carried through: who goes away in the middle must not leave what is kept and what runs at odds.
        """
        await self._changes.do(self._bring(function, *arguments), "configuration")

    async def _bring(self, function: Callable[..., Catalogue], *arguments: object) -> None:
        async with self._changing:
            self._catalogue = await self.configuration_thread.run(function, *arguments)
            self.control_desk.apply(self._catalogue)
            self.mirrored.apply(self._catalogue)
            await self.alarms.apply(self._catalogue)
            self.history.apply(self._catalogue)
            await asyncio.sleep(0)  # each takes its time in a large plant; what the plant says comes in between
            self.acquisition.apply(self._catalogue)
            await asyncio.sleep(0)
            self.upkeep.apply(self._catalogue)
            self.secret_desk.apply(self._catalogue)
            self.outbox.put_catalogue(self._catalogue)
            self.outbox.put_links(self.acquisition.statuses(), is_urgent=True)

    # ── who acts ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _handle_for_command_line(self, request: port.Request[Answer]) -> Answer:
        with self.sessions.acting_as(COMMAND_LINE):
            return await self.handle(request)

    def _security_surroundings(self) -> SecuritySurroundings:
        def show(user: User, status: SessionStatus) -> None:
            self.outbox.put_user(user)
            self.outbox.put_session(status)

        return SecuritySurroundings(
            self._setup.user,
            self._setup.is_demo,
            lambda: self._catalogue,
            self.audit.trail.write,
            self._report_alarm,
            show,
            self.outbox.put_notice,
        )

    def _report_alarm(self, key: str, sentence: str) -> None:
        self.alarms.report(key, sentence)  # made after who reports

    def _acting(self) -> Acting:
        """Return who acts and what ids are called, for the audit record."""

        def alarm(alarm_id: UUID) -> tuple[str, UUID | None]:
            definition = self._catalogue.every_alarm_by_id.get(alarm_id)
            if definition is not None:
                name = f"{alarm_source(definition, self._catalogue)}: {alarm_text(definition, self._catalogue)}"
                return name, alarm_station(definition, self._catalogue)
            row = self.mirrored.row(alarm_id)
            return (f"{row.source}: {row.text}", row.station_id) if row is not None else (str(alarm_id), None)

        def user() -> User:
            return self.sessions.user()  # made after the record

        return Acting(user, Names(lambda: self._catalogue, alarm))

    # ── what runs beside ──────────────────────────────────────────────────────────────────────────────────────────

    def _key_passphrase(self) -> str:
        return self.certificate_desk.key_passphrase()  # made after the links

    def _secret_names(self) -> tuple[str, ...]:
        """Return the names of all secrets that are kept: a keyring does not list its own."""
        connections = [str(each.id) for each in self._catalogue.connections]
        own = (self.audit.key_name, self.certificate_desk.secret_name)
        return (*connections, *self.annunciation.secret_names(), *own)

    async def _secrets_opened(self) -> None:
        """Let go on what waited for a password."""
        try:
            await self.certificate_desk.prepare()
        except port.RefusedError as error:  # nobody waits for this: it is said, and the links go on without
            self.outbox.put_notice(str(error))
        for status in self.acquisition.statuses():
            if status.needs_credentials:
                self.acquisition.try_now(status.connection_id)
        await self.annunciation.secrets_opened()
