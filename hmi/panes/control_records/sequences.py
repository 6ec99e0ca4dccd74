"""Facts of the setup of command sequences: a station's list, one of them as a draft; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

from hmi.domain.commands import Control, ControlKind
from hmi.domain.language import tr
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.domain.setpoints import SetpointError, setpoint_of
from hmi.services.mirror import Mirror
from hmi.services.port import ConflictError, DeleteSequence, Port, RefusedError, SaveSequence

DIGITS_MOST = 6


class SequencesPresenter:
    """Holds the draft; `changed` is called after whatever may be shown has changed."""

    def __init__(self, mirror: Mirror, port: Port, station_id: Callable[[], UUID | None]) -> None:
        self._mirror = mirror
        self._port = port
        self._station_id = station_id
        self.changed: Callable[[], None] = lambda: None
        self.draft: CommandSequence | None = None
        self.message = ""
        self.said = ""
        self.asks_to_delete = False
        self._seen = 0
        self._begun_as: CommandSequence | None = None

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_dirty(self) -> bool:
        return self.draft is not None and self.draft != self._begun_as

    @property
    def is_new(self) -> bool:
        return self.draft is not None and self.draft.id not in self._mirror.catalogue.sequence_by_id

    @property
    def title(self) -> str:
        """What is edited, with its station where another is selected by now."""
        if self.draft is None:
            return ""
        words = tr("New sequence") if self.is_new else self.draft.name
        return title_at(self._mirror, words, self.draft.station_id, self._station_id())

    def rows(self) -> tuple[tuple[UUID, str], ...]:
        """Return the station's sequences."""
        station = self._station_id()
        found = self._mirror.catalogue.sequences_of_station.get(station, ()) if station is not None else ()
        return tuple((each.id, each.name) for each in found)

    def steps(self) -> tuple[str, ...]:
        """Return the draft's steps in words."""
        return tuple(self._said(step) for step in self.draft.steps) if self.draft is not None else ()

    def controls(self) -> tuple[tuple[str, UUID], ...]:
        """Return the controls that a step can bring to a value."""
        station = self.draft.station_id if self.draft is not None else self._station_id()
        found = self._mirror.catalogue.controls_of_station.get(station, ()) if station is not None else ()
        return tuple((each.name, each.id) for each in found)

    def values(self, control_id: UUID | None) -> tuple[tuple[str, float], ...]:
        """Return the values of a control that have a name; none for one that takes a number."""
        control = self._mirror.catalogue.control_by_id.get(control_id) if control_id is not None else None
        if control is None or control.kind is ControlKind.SETPOINT:
            return ()
        return tuple((control.label(value), value) for value in control.commandable())

    # ── editing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, sequence_id: UUID) -> None:
        """Begin to edit a sequence."""
        known = self._mirror.catalogue.sequence_by_id.get(sequence_id)
        if self.is_dirty:
            self.message = tr("Save this sequence first, or cancel.")
        elif known is not None:
            self._begin(known, self._mirror.catalogue.version)
        self.changed()

    def add(self) -> None:
        """Begin a new sequence."""
        station = self._station_id()
        if self.is_dirty:
            self.message = tr("Save this sequence first, or cancel.")
        elif station is not None:
            self._begin(CommandSequence(uuid4(), station, "", ()), 0)
        self.changed()

    def let_go(self) -> None:
        """Forget the draft."""
        self.draft = self._begun_as = None
        self.message, self.asks_to_delete = "", False
        self.changed()

    def rename(self, name: str) -> None:
        """Name the draft."""
        self._put(name=name)

    def add_command(self, control_id: UUID, typed: str) -> None:
        """Add a command as the last step; typed: a value's name, or a number."""
        control = self._mirror.catalogue.control_by_id.get(control_id)
        if control is None or self.draft is None:
            return
        named = {text.casefold(): value for text, value in self.values(control_id)}
        try:
            value = named.get(typed.strip().casefold())
            value = setpoint_of(typed, control.unit, DIGITS_MOST) if value is None else value
        except SetpointError as error:
            self.message = str(error)
            self.changed()
            return
        self._put(steps=(*self.draft.steps, SequenceStep(control_id, value)))

    def add_hold(self, text: str) -> None:
        """Add a hold point as the last step."""
        if self.draft is None:
            return
        if not text.strip():
            self.message = tr("Write what to look at before going on.")
            self.changed()
            return
        self._put(steps=(*self.draft.steps, SequenceStep(None, text=text.strip())))

    def move(self, row: int, by: int) -> int:
        """Move a step up (-1) or down (1); return where it is then."""
        if self.draft is None or not (0 <= row < len(self.draft.steps) and 0 <= row + by < len(self.draft.steps)):
            return row
        steps = list(self.draft.steps)
        steps[row], steps[row + by] = steps[row + by], steps[row]
        self._put(steps=tuple(steps))
        return row + by

    def remove(self, row: int) -> None:
        """Take a step off."""
        if self.draft is not None and 0 <= row < len(self.draft.steps):
            self._put(steps=tuple(step for at, step in enumerate(self.draft.steps) if at != row))

    async def save(self) -> None:
        """Save the draft; why it cannot be stands in `message`."""
        draft, self.message = self.draft, ""
        if draft is None:
            return
        try:
            await self._port.request(SaveSequence(replace(draft, name=draft.name.strip()), self._seen))
            self.said = tr("{name} is saved.").format(name=draft.name.strip())
            self.draft = self._begun_as = None
        except ConflictError as error:  # it is in sight now: saving again goes over it
            self.message, self._seen = str(error), error.version
        except RefusedError as error:
            self.message = str(error)
        self.changed()

    def ask_to_delete(self, *, is_asking: bool) -> None:
        """Ask whether the sequence may be deleted, or take the question back."""
        self.asks_to_delete = is_asking
        self.changed()

    async def delete(self) -> None:
        """Delete the sequence that is open."""
        draft, self.asks_to_delete = self.draft, False
        if draft is None:
            return
        try:
            await self._port.request(DeleteSequence(draft.id))
            self.said = tr("{name} is deleted.").format(name=draft.name)
            self.draft = self._begun_as = None
        except RefusedError as error:
            self.message = str(error)
        self.changed()

    def _begin(self, draft: CommandSequence, seen: int) -> None:
        self.draft = self._begun_as = draft
        self._seen, self.message, self.said, self.asks_to_delete = seen, "", "", False

    def _put(self, **fields: object) -> None:
        if self.draft is not None:
            self.draft = replace(self.draft, **fields)  # type: ignore[arg-type]  # fields by name
            self.message = self.said = ""
            self.changed()

    def _said(self, step: SequenceStep) -> str:
        if step.control_id is None:
            return tr("Hold: {text}").format(text=step.text)
        control: Control | None = self._mirror.catalogue.control_by_id.get(step.control_id)
        return f"{control.name} → {control.label(step.value)}" if control is not None else tr("a control that is gone")


def title_at(mirror: Mirror, words: str, station_id: UUID | None, selected: UUID | None) -> str:
    """Return a draft's title; it names its station where another is selected."""
    if station_id is None or station_id == selected:
        return words
    station = mirror.catalogue.station_by_id.get(station_id)
    return f"{words} · {station.name if station is not None else tr('a station that is gone')}"
