"""One editing of one station, from its first address to its last field: every fact, every permission; no Qt.

The parts wait for the server and say their own refusals; here is what joins them: the draft, the step, the faults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from drivers.api import Setting, Trust
from hmi.domain.drafts import ConnectionDraft, FieldFault, StationDraft, TagDraft, connection_draft_of
from hmi.domain.language import tr
from hmi.domain.plant import Connection
from hmi.panes.station_editor.address_tree import ROOT, AddressTree
from hmi.panes.station_editor.finding import Finder, taken_way
from hmi.panes.station_editor.looking import Look, LookState
from hmi.panes.station_editor.picking import Picking
from hmi.panes.station_editor.steps import Mark, Need, Step, StepRow, reason_of, rows_of, step_of
from hmi.panes.station_editor.tag_drafts import applies, with_field
from hmi.panes.station_editor.testing import ConnectionTest
from hmi.panes.station_editor.work import Work
from hmi.services.mirror import Mirror
from hmi.services.port import CheckStation, ConflictError, Port, RefusedError, SaveStation
from hmi.ui.secret_words import kept_text


class Origin(StrEnum):
    """Where the draft of a session comes from."""

    NEW = "new"
    SAVED = "saved"
    COPY = "copy"


class EditSession:
    """Holds the draft. `changed` is called after whatever may be shown has changed."""

    def __init__(
        self, mirror: Mirror, port: Port, draft: StationDraft, origin: Origin, changed: Callable[[], None]
    ) -> None:
        self._mirror = mirror
        self._port = port
        self._changed = changed
        self._begun_as = draft
        self._touched: set[str] = set()
        self._has_tried = False
        self._password = ""
        self.origin = origin
        self.draft = draft
        self.step = Step.SERVER if origin is Origin.NEW else Step.PLACE
        self.faults: tuple[FieldFault, ...] = ()
        self.message = ""
        """Why the station could not be saved."""
        self.saving = Work(changed)
        self.finder = Finder(port, changed)
        self.look = Look(port, changed)
        self.test = ConnectionTest(port, changed)
        self._typed = ""
        """An address that was typed and has not been found."""
        self.tree = AddressTree(port, changed)
        self.picking = Picking(port, self.tree, lambda: self.draft.tags, self._put_tags, changed)

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def title(self) -> str:
        name = self._begun_as.name
        return {
            Origin.NEW: tr("Add a station"),
            Origin.SAVED: tr("Edit {name}").format(name=name),
            Origin.COPY: tr("Add {name}").format(name=name),
        }[self.origin]

    @property
    def is_dirty(self) -> bool:
        return self.draft != self._begun_as or bool(self._password)

    @property
    def busy_words(self) -> str:
        """What is waited for, empty for nothing."""
        return next((work.words for work in self._works if work.is_busy), "")

    @property
    def why_not_on(self) -> str:
        """Why the next step cannot be taken yet; empty when it can."""
        if self.step is Step.CERTIFICATE and self.look.state is LookState.ASKING:
            return tr("Accept or refuse the certificate first.")
        if self.step is Step.CERTIFICATE and self.look.answer is Trust.NEVER:
            return tr("Accept the certificate, or choose another way in.")
        return ""

    def rows(self) -> tuple[StepRow, ...]:
        """Return the rail of steps."""
        return rows_of(self.step, self._met(), {step: self._mark(step) for step in Step})

    @property
    def where_kept(self) -> str:
        """Where a password that is typed now will be."""
        return kept_text(self._mirror.secrets)

    def fault(self, field: str) -> str:
        """Return what is wrong with a field of the station, once it has been touched or a save was tried."""
        if not (self._has_tried or field in self._touched):
            return ""
        return " ".join(each.sentence for each in self.faults if each.tag < 0 and each.field == field)

    def tag_faults(self) -> Mapping[tuple[int, str], str]:
        """Return what is wrong with the tags, by row and field."""
        return {(each.tag, each.field): each.sentence for each in self.faults if each.tag >= 0}

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(sorted(area.name for area in self._mirror.catalogue.areas))

    @property
    def known_connections(self) -> Sequence[Connection]:
        return sorted(self._mirror.catalogue.connections, key=lambda each: each.name.casefold())

    @property
    def is_connection_known(self) -> bool:
        return self.draft.connection.id in self._mirror.catalogue.connection_by_id

    @property
    def shared_with(self) -> tuple[str, ...]:
        """Names of other stations whose tags come over the same connection."""
        catalogue = self._mirror.catalogue
        others = catalogue.stations_of_connection.get(self.draft.connection.id, ())
        return tuple(sorted(catalogue.station_by_id[each].name for each in others if each != self.draft.id))

    @property
    def other_tags(self) -> int:
        """How many tags of the station come over other connections, and stay as they are."""
        here = {tag.id for tag in self.draft.tags} | {tag.id for tag in self._begun_as.tags}
        tags = self._mirror.catalogue.tags_of_station.get(self.draft.id, ())
        return sum(tag.id not in here for tag in tags)

    @property
    def logins(self) -> tuple[str, ...]:
        """How the way in that was found lets people in; empty where none was asked for."""
        return self.finder.endpoint.logins if self.finder.endpoint is not None else ()

    # ── step 1: server ────────────────────────────────────────────────────────────────────────────────────────────

    def use_connection(self, connection_id: UUID | None) -> None:
        """Come over a connection that is already there, or over a new one (None)."""
        if connection_id is None:
            self._set_connection(ConnectionDraft(driver=self.draft.connection.driver))
        else:
            self._set_connection(connection_draft_of(self._mirror.catalogue.connection_by_id[connection_id]))
        self.finder.forget()
        self.look.forget_certificate()
        self._changed()

    async def find(self, driver: str, address: str) -> None:
        """Ask an address for its ways in and take the strongest."""
        self.message = ""
        found = await self.finder.find(driver, address)
        self._typed = "" if found is not None else address
        if found is not None:
            self.draft = replace(self.draft, connection=replace(self.draft.connection, driver=driver))
            self.choose_way(self.finder.chosen)

    def set_address(self, address: str) -> None:
        """Take an address as it is typed; nothing goes there before it was found."""
        self._typed = address.strip()

    def choose_way(self, row: int) -> None:
        """Take one of the ways in that were found."""
        endpoint = self.finder.choose(row)
        if endpoint is None:
            return
        taken = [each.name for each in self._mirror.catalogue.connections if each.id != self.draft.connection.id]
        names = {each.name for each in self.settings}
        kept = {name: value for name, value in self.draft.connection.options.items() if name in names}
        connection = taken_way(self.draft.connection, endpoint, taken)
        connection = replace(connection, options={**kept, **connection.options})
        if "user" not in endpoint.logins:
            connection = replace(connection, user="")
        self._set_connection(connection)
        self._touched |= {"endpoint", "options"}
        self._changed()

    def set_connection_name(self, name: str) -> None:
        """Take the connection's name as it is typed."""
        self._touched.add("connection")
        self.draft = replace(self.draft, connection=replace(self.draft.connection, name=name))
        self._changed()

    @property
    def settings(self) -> Sequence[Setting]:
        """What can be set for the chosen kind of connection; empty while the kinds are not known."""
        kinds = {each.kind: each.settings for each in self.finder.drivers}
        return kinds.get(self.draft.connection.driver, ())

    def set_settings(self, changed: Mapping[str, object]) -> None:
        """Take the settings that differ from their defaults; what came with the way in stays."""
        names = {each.name for each in self.settings}
        options = {name: value for name, value in self.draft.connection.options.items() if name not in names}
        self._touched.add("options")
        # Nothing that was seen on the server changes with them, so the tree and its answers are kept.
        self.draft = replace(self.draft, connection=replace(self.draft.connection, options={**options, **changed}))
        self._changed()

    # ── step 2: certificate ───────────────────────────────────────────────────────────────────────────────────────

    async def answer_certificate(self, decision: Trust) -> None:
        """Give a person's word on the server's certificate and go on to the login when it was accepted."""
        await self.look.answer_certificate(decision)
        # Open or refused for want of a login: the question itself is answered.
        if decision is not Trust.NEVER and self.look.state in (LookState.OPEN, LookState.REFUSED):
            if self._needs_user and not self.draft.connection.user:
                self.look.reason = ""
            self.go(Step.LOGIN)

    # ── step 3: login ─────────────────────────────────────────────────────────────────────────────────────────────

    def set_login(self, user: str, password: str) -> None:
        """Take the login as it is typed; an empty user is anonymous, an empty password the one in the keyring."""
        self._password = password if user else ""
        self._touched.add("endpoint")
        self._set_connection(replace(self.draft.connection, user=user.strip()))
        self._changed()

    # ── step 4: test ──────────────────────────────────────────────────────────────────────────────────────────────

    async def run_test(self) -> None:
        """Test the connection as it stands."""
        await self.test.run(self.draft.connection, self._password)

    # ── step 5: tags ──────────────────────────────────────────────────────────────────────────────────────────────

    async def browse(self) -> None:
        """Connect to look around, where that is not so yet, and show the top of the tree."""
        if await self._open_look():
            await self._load(ROOT)

    async def open_branch(self, number: int) -> None:
        """Show what lies below a node."""
        if await self._open_look():
            await self._load(number)

    async def search(self, text: str) -> None:
        """Search the server's values."""
        if not text.strip():
            self.tree.end_search()
        elif await self._open_look() and self.look.id is not None:
            await self.tree.search(self.look.id, text)

    async def pick(self, number: int) -> None:
        """Make a value, or all below a folder, into tags."""
        if await self._open_look() and self.look.id is not None:
            await self.picking.pick(self.look.id, number)

    async def pick_all_found(self) -> None:
        """Make all that a search found into tags."""
        if await self._open_look() and self.look.id is not None:
            await self.picking.pick_all_found(self.look.id)

    def set_tag(self, rows: Sequence[int], field: str, value: object) -> None:
        """Set a field of some tags, of those whose kind has it."""
        tags = list(self.draft.tags)
        for row in rows:
            if applies(tags[row], field):
                tags[row] = with_field(tags[row], field, value)
        self._put_tags(tags)

    # ── step 6: place ─────────────────────────────────────────────────────────────────────────────────────────────

    def set_place(self, **fields: object) -> None:
        """Take fields of the station as they are typed: name, area, kind, latitude, longitude."""
        self._touched |= set(fields)
        self.draft = replace(self.draft, **fields)  # type: ignore[arg-type]  # a view names fields of the draft
        self._changed()

    def set_spot(self, latitude: float, longitude: float) -> None:
        """Take a spot that was chosen on the map."""
        self.set_place(latitude=f"{latitude:.6f}", longitude=f"{longitude:.6f}")

    # ── going on, saving, leaving ─────────────────────────────────────────────────────────────────────────────────

    def go(self, step: Step) -> bool:
        """Show a step; False when its needs are not met."""
        if reason_of(step, self._met()):
            return False
        self.step = step
        self._changed()
        return True

    async def go_on(self) -> UUID | None:
        """Do what leaving the present step means, and show the next; the station's id once it is saved."""
        if self.why_not_on:
            return None
        match self.step:
            case Step.SERVER:
                await self._leave_server()
            case Step.CERTIFICATE:
                self.go(Step.LOGIN)
            case Step.LOGIN:
                self.message = reason_of(Step.TEST, self._met())
                if self.go(Step.TEST):
                    await self.run_test()
                else:
                    self._changed()
            case Step.TEST:
                if self.go(Step.TAGS):
                    await self.browse()
            case Step.TAGS:
                self.go(Step.PLACE)
            case Step.PLACE:
                return await self.save()
        return None

    async def check(self) -> None:
        """Ask what is wrong with the draft; the answer to one that has changed meanwhile is passed over."""
        draft = self.draft
        try:
            faults = await self._port.request(CheckStation(draft))
        except RefusedError as error:
            self.message = str(error)
        else:
            if draft is self.draft:
                self.faults = faults
        self._changed()

    async def save(self) -> UUID | None:
        """Save the draft; None where something is wrong, which then stands at its field or in `message`."""
        self._has_tried, self.message = True, ""
        with self.saving.doing(tr("Saving…")):
            await self.check()
            if self.faults:
                if not any(self._is_here(each) for each in self.faults):
                    self.go(min(step_of(each.field, each.tag) for each in self.faults))
                return None
            if self.message:
                return None
            try:
                saved = await self._port.request(SaveStation(self.draft, self._password))
            except RefusedError as error:
                self.message = str(error)
                if isinstance(error, ConflictError):  # the changes are in sight now: saving again goes over them
                    self.draft = replace(self.draft, version=error.version)
                return None
        await self.leave()
        return saved

    def cancel(self) -> bool:
        """Stop waiting for whatever is waited for; False when nothing was."""
        busy = [work for work in self._works if work.is_busy]
        for work in busy:
            work.cancel()
        return bool(busy)

    async def stop_test(self) -> None:
        """End a running test at the server too."""
        await self.test.close()

    async def leave(self) -> None:
        """Let go of every link that was opened to look around or to test."""
        self.cancel()
        await self.test.close()
        await self.look.close()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _works(self) -> tuple[Work, ...]:
        parts = (self.finder.work, self.look.work, self.test.work, self.tree.searching, self.picking.work)
        return (*parts, self.saving)

    @property
    def _needs_user(self) -> bool:
        return bool(self.logins) and "anonymous" not in self.logins

    def _met(self) -> set[Need]:
        connection = self.draft.connection
        met = set()
        if connection.endpoint:
            met.add(Need.ADDRESS)
        if self.look.certificate is not None:
            met.add(Need.CERTIFICATE)
        if connection.user or not self._needs_user:
            met.add(Need.LOGIN)
        return met

    def _mark(self, step: Step) -> Mark:
        busy = {
            Step.SERVER: self.finder.work.is_busy,
            Step.TEST: self.test.work.is_busy,
            Step.TAGS: self.tree.searching.is_busy or self.picking.work.is_busy,
        }
        if busy.get(step) or (step is self.step and self.look.work.is_busy):
            return Mark.BUSY
        if self._is_faulty(step):
            return Mark.FAULT
        return Mark.DONE if self._is_done(step) else Mark.TODO

    def _is_faulty(self, step: Step) -> bool:
        if step is Step.TEST:
            return self.test.failed is not None
        if step is Step.CERTIFICATE:
            return self.look.answer is Trust.NEVER
        shown = (each for each in self.faults if each.tag >= 0 or self._has_tried or each.field in self._touched)
        return any(step_of(each.field, each.tag) is step for each in shown)

    def _is_done(self, step: Step) -> bool:
        draft = self.draft
        is_met = not reason_of(step, self._met())
        return {
            Step.SERVER: bool(draft.connection.endpoint),
            Step.CERTIFICATE: self.look.answer in (Trust.ALWAYS, Trust.ONCE),
            Step.LOGIN: is_met and (self.step > Step.LOGIN or bool(draft.connection.user) or self.is_connection_known),
            Step.TEST: self.test.has_passed,
            Step.TAGS: bool(draft.tags),
            Step.PLACE: all((draft.name.strip(), draft.area.strip(), draft.latitude, draft.longitude)),
        }[step]

    def _is_here(self, fault: FieldFault) -> bool:
        return step_of(fault.field, fault.tag) is self.step

    def _set_connection(self, connection: ConnectionDraft) -> None:
        """Take a connection; what another one has said is forgotten."""
        if connection == self.draft.connection:
            return
        if connection.id != self.draft.connection.id:
            self._password = ""
        is_elsewhere = (connection.id, connection.endpoint, connection.options) != (
            self.draft.connection.id,
            self.draft.connection.endpoint,
            self.draft.connection.options,
        )
        self.draft = replace(self.draft, connection=connection)
        self.test.forget()
        if is_elsewhere:
            self.tree.forget()
            self.look.forget_certificate()

    def _put_tags(self, tags: Sequence[TagDraft]) -> None:
        self._touched.add("tags")
        self.draft = replace(self.draft, tags=tuple(tags))
        self._changed()

    async def _leave_server(self) -> None:
        """Go on to the login; first look whether the server's certificate has to be judged."""
        if self._typed and self._typed != self.draft.connection.endpoint:
            await self.find(self.draft.connection.driver, self._typed)
            if self._typed:
                return  # it was not found; the reason stands at the address
        if reason_of(Step.LOGIN, self._met()):
            self.finder.reason = self.finder.reason or tr("Type an address and press Find, or choose a connection.")
            self._changed()
            return
        if self.finder.endpoint is None or self.finder.endpoint.certificate is None:
            self.go(Step.LOGIN)
            return
        is_open = await self._open_look()
        if is_open or (self._needs_user and not self.draft.connection.user and self.look.state is LookState.REFUSED):
            self.look.reason = ""
            self.go(Step.LOGIN)

    async def _open_look(self) -> bool:
        is_open = await self.look.open(self.draft.connection, self._password)
        if self.look.state is LookState.ASKING:
            self.go(Step.CERTIFICATE)
        return is_open

    async def _load(self, number: int) -> None:
        if self.look.id is not None:
            await self.tree.load(self.look.id, number)
