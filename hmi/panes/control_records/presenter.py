"""Facts of the setup of controls: the list of a station's, one of them as a draft, and what is wrong with it; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

from hmi.domain.commands import ControlKind, SafetyLevel
from hmi.domain.control_drafts import ControlDraft, control_draft_of
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.domain.tags import Tag, TagKind
from hmi.panes.control_records.sequences import SequencesPresenter, title_at
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    CheckControl,
    ConflictError,
    DeleteControl,
    Frame,
    Port,
    ReadStandsAt,
    RefusedError,
    SaveControl,
    SetStandsAt,
)
from hmi.ui.navigator import Navigator, Place
from hmi.ui.pane_facts import Listen, all_of

KINDS: Final = {
    ControlKind.PUMP: tr("Pump or motor: start, stop"),
    ControlKind.VALVE: tr("Valve: open, close, position"),
    ControlKind.SETPOINT: tr("Setpoint"),
    ControlKind.MODE: tr("Mode: auto, manual"),
    ControlKind.RESET: tr("Reset of a trip"),
    ControlKind.METHOD: tr("Method of the server"),
}
LEVELS: Final = {
    SafetyLevel.CONFIRM: tr("Confirm"),
    SafetyLevel.PASSWORD: tr("Password again"),
    SafetyLevel.SECOND_PERSON: tr("Second person"),
}
BEGINNINGS: Final[dict[ControlKind, dict[str, str]]] = {
    ControlKind.PUMP: {"low": "0", "high": "1", "safe_value": "0", "timeout_s": "15", "tolerance": "0"},
    ControlKind.VALVE: {"low": "0", "high": "100", "safe_value": "0", "timeout_s": "90", "unit": "%", "tolerance": "2"},
    ControlKind.SETPOINT: {"safe_value": "", "timeout_s": "10"},
    ControlKind.MODE: {"low": "0", "high": "1", "safe_value": "", "timeout_s": "10", "tolerance": "0"},
    ControlKind.RESET: {"low": "0", "high": "1", "safe_value": "", "timeout_s": "10", "tolerance": "0"},
    ControlKind.METHOD: {"low": "0", "high": "1", "safe_value": "", "timeout_s": "30", "tolerance": "0"},
}
"""What a new control of a kind begins with."""

Choices = tuple[tuple[str, UUID], ...]


class ControlRecordsPresenter:
    """Holds the draft; the station is the one that is selected everywhere."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._changed: Callable[[], None] = lambda: None
        self.draft: ControlDraft | None = None
        self.faults: dict[str, str] = {}
        self.message = ""
        self.said = ""
        self.asks_to_delete = False
        self.stands_at: frozenset[UUID] = frozenset()
        self.sequences = SequencesPresenter(mirror, port, lambda: self.station_id)
        self._begun_as: ControlDraft | None = None
        self._has_tried = False

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when something shown may differ."""
        self._changed = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.CATALOGUE | Change.USER):
                changed()

        def on_place(_place: Place) -> None:
            if self.draft is not None and self.draft.station_id != self.station_id and not self.is_dirty:
                self.let_go()
            sequence = self.sequences.draft
            if sequence is not None and sequence.station_id != self.station_id and not self.sequences.is_dirty:
                self.sequences.let_go()
            changed()

        return all_of(listen(on_change), self._navigator.on_place(on_place))

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def station_id(self) -> UUID | None:
        found = self._navigator.place.station_id
        return found if found in self._mirror.catalogue.station_by_id else None

    @property
    def may_edit(self) -> bool:
        return self.station_id is not None and self._mirror.user.may(Permission.EDIT_STATIONS, self.station_id)

    @property
    def title(self) -> str:
        """What is edited, with its station where another is selected by now."""
        if self.draft is None:
            return ""
        words = tr("New control") if self.is_new else self.draft.name
        return title_at(self._mirror, words, self.draft.station_id, self.station_id)

    @property
    def is_dirty(self) -> bool:
        return self.draft is not None and self.draft != self._begun_as

    @property
    def is_new(self) -> bool:
        return self.draft is not None and self.draft.id not in self._mirror.catalogue.control_by_id

    def stations(self) -> Choices:
        """Return the stations."""
        found = sorted(self._mirror.catalogue.stations, key=lambda station: station.name.casefold())
        return tuple((station.name, station.id) for station in found)

    def rows(self) -> tuple[tuple[UUID, str, str], ...]:
        """Return the station's controls: id, name, and what it is with its equipment."""
        if self.station_id is None:
            return ()
        catalogue = self._mirror.catalogue
        rows = []
        for control in catalogue.controls_of_station.get(self.station_id, ()):
            asset = catalogue.asset_by_id.get(control.asset_id)
            kind = KINDS[control.kind].partition(":")[0]
            rows.append((control.id, control.name, f"{kind} · {asset.name}" if asset is not None else kind))
        return tuple(rows)

    def assets(self) -> tuple[str, ...]:
        """Return the station's equipment."""
        station = self.draft.station_id if self.draft is not None else self.station_id
        found = self._mirror.catalogue.assets_of_station.get(station, ()) if station is not None else ()
        return tuple(asset.name for asset in found)

    def command_tags(self) -> Choices:
        """Return the tags that a command can be written to."""
        return self._tags(lambda tag: tag.writable and tag.kind is not TagKind.TEXT)

    def readback_tags(self) -> Choices:
        """Return the tags that can show what the equipment does."""
        return self._tags(lambda tag: tag.kind is not TagKind.TEXT)

    def condition_tags(self) -> Choices:
        """Return the tags that a start can be made to hang on: those of two states, of all stations, ours first."""
        catalogue = self._mirror.catalogue
        found = [tag for tag in catalogue.tags if tag.kind is TagKind.DISCRETE and not tag.writable]
        found.sort(key=lambda tag: (tag.station_id != self.station_id, tag.name.casefold()))
        return tuple((self._tag_name(tag), tag.id) for tag in found)

    def condition_names(self, ids: tuple[UUID, ...]) -> tuple[str, ...]:
        """Return the names of tags that a start hangs on."""
        tags = self._mirror.catalogue.tag_by_id
        return tuple(self._tag_name(tags[each]) if each in tags else tr("a tag that is gone") for each in ids)

    def fault(self, field: str) -> str:
        """Return what is wrong with a field, once a save was tried."""
        return self.faults.get(field, "") if self._has_tried else ""

    # ── editing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def choose_station(self, station_id: UUID) -> None:
        """Select a station everywhere."""
        self._navigator.select_station(station_id)

    def open(self, control_id: UUID) -> None:
        """Begin to edit a control; edits of another that were not saved stay where they are until they are let go."""
        if self.is_dirty:
            self.message = tr("Save this control first, or cancel.")
        else:
            control = self._mirror.catalogue.control_by_id.get(control_id)
            if control is not None:
                self._begin(control_draft_of(self._mirror.catalogue, control))
        self._changed()

    def add(self) -> None:
        """Begin a new control."""
        if self.is_dirty:
            self.message = tr("Save this control first, or cancel.")
        elif self.station_id is not None:
            draft = ControlDraft(station_id=self.station_id, asset=next(iter(self.assets()), ""))
            self._begin(replace(draft, **BEGINNINGS[draft.kind]))  # type: ignore[arg-type]  # texts, by name
        self._changed()

    def put(self, **fields: object) -> None:
        """Set fields of the draft; a new kind of a new control begins with what is usual for it."""
        if self.draft is None:
            return
        kind = fields.get("kind")
        if isinstance(kind, ControlKind) and self.is_new:
            fields = {**BEGINNINGS[kind], **fields}
        self.draft = replace(self.draft, **fields)  # type: ignore[arg-type]  # a form names fields of the draft
        if "readback" in fields or "command" in fields:
            self._take_range()
        self.said = self.message = ""
        self._changed()

    def let_go(self) -> None:
        """Forget the draft."""
        self.draft = self._begun_as = None
        self.faults, self.message, self.asks_to_delete, self._has_tried = {}, "", False, False
        self._changed()

    async def save(self) -> None:
        """Save the draft; what is wrong stands at its field, or in `message`."""
        draft = self.draft
        if draft is None:
            return
        self._has_tried, self.message = True, ""
        try:
            self.faults = {each.field: each.sentence for each in await self._port.request(CheckControl(draft))}
            if not self.faults:
                await self._port.request(SaveControl(draft))
                self.said = tr("{name} is saved.").format(name=draft.name.strip())
                self.draft, self._begun_as, self._has_tried = None, None, False
        except ConflictError as error:  # the changes are in sight now: saving again goes over them
            self.message = str(error)
            self.draft = replace(draft, version=error.version)
        except RefusedError as error:
            self.message = str(error)
        self._changed()

    def ask_to_delete(self, *, is_asking: bool) -> None:
        """Ask whether the control may be deleted, or take the question back."""
        self.asks_to_delete = is_asking
        self._changed()

    async def delete(self) -> None:
        """Delete the control that is open. Raises RefusedError."""
        draft, self.asks_to_delete = self.draft, False
        if draft is None:
            return
        try:
            if not self.is_new:
                await self._port.request(DeleteControl(draft.id))
                self.said = tr("{name} is deleted.").format(name=draft.name)
        except RefusedError as error:
            self.message = str(error)
            self._changed()
            return
        self.let_go()

    async def load(self) -> None:
        """Ask at which stations this computer stands. Raises RefusedError."""
        self.stands_at = await self._port.request(ReadStandsAt())
        self._changed()

    async def set_stands_here(self, *, stands_here: bool) -> None:
        """Say whether this computer stands at the station. Raises RefusedError."""
        if self.station_id is not None:
            try:
                await self._port.request(SetStandsAt(self.station_id, stands_here))
            finally:
                await self.load()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, draft: ControlDraft) -> None:
        self.let_go()
        self.draft = self._begun_as = draft
        self.said = ""

    def _take_range(self) -> None:
        """Let a new setpoint begin with the range and the unit of its tag."""
        draft = self.draft
        tag = self._mirror.catalogue.tag_by_id.get(draft.command) if draft is not None and draft.command else None
        if draft is not None and tag is not None and self.is_new and draft.kind is ControlKind.SETPOINT:
            now = tag.revision
            self.draft = replace(draft, low=f"{now.low:g}", high=f"{now.high:g}", unit=now.unit)

    def _tags(self, is_wanted: Callable[[Tag], bool]) -> Choices:
        station = self.draft.station_id if self.draft is not None else self.station_id
        tags = self._mirror.catalogue.tags_of_station.get(station, ()) if station is not None else ()
        found = sorted((tag for tag in tags if is_wanted(tag)), key=lambda tag: tag.name.casefold())
        return tuple((tag.name, tag.id) for tag in found)

    def _tag_name(self, tag: Tag) -> str:
        if tag.station_id == self.station_id:
            return tag.name
        station = self._mirror.catalogue.station_by_id.get(tag.station_id)
        return f"{station.name} · {tag.name}" if station is not None else tag.name
