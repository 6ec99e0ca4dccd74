"""Facts of the alarm summary: rows, their order, and acknowledging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from hmi.domain.alarms import ACTIVE_STATES, TYPE_LABELS, UNACKNOWLEDGED_STATES, AlarmState, Occurrence
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Acknowledge, AlarmRow, Frame, Port
from hmi.ui.navigator import Navigator
from hmi.ui.pane_facts import Listen


class AlarmsPresenter:
    """Keeps the order steady while the operator has rows selected: new alarms then come in below."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._held: tuple[Occurrence, ...] = ()

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when a row may differ; return what removes it."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.ALARMS | Change.CATALOGUE | Change.USER):
                changed()

        return listen(on_change)

    def hold(self, is_held: bool) -> None:
        """Keep the present order, or let the worst come first again."""
        self._held = tuple(row.occurrence for row in self.rows()) if is_held else ()

    @property
    def new_while_held(self) -> int:
        """How many alarms have come since the order is held; they stand at the end."""
        held = set(self._held)
        return sum(row.occurrence not in held for row in self._mirror.alarms) if held else 0

    def rows(self) -> Sequence[AlarmRow]:
        """Return the standing alarms in the order to show."""
        rows = self._mirror.alarms
        if not self._held:
            return rows
        place = {occurrence: number for number, occurrence in enumerate(self._held)}
        return sorted(rows, key=lambda row: place.get(row.occurrence, len(place)))

    @property
    def can_acknowledge(self) -> bool:
        return self._mirror.user.may(Permission.ACKNOWLEDGE)

    async def acknowledge(self, occurrences: Sequence[Occurrence], comment: str = "") -> int:
        """Acknowledge the alarms that were on screen; return how many were. Raises RefusedError."""
        return await self._port.request(Acknowledge(tuple(occurrences), comment))

    def open_trend(self, row: AlarmRow) -> None:
        """Show the trend of the alarm's tag."""
        if row.tag >= 0:
            self._navigator.open_trend(row.tag, row.station_id)

    def select_station(self, station_id: UUID | None) -> None:
        """Select the alarm's station everywhere."""
        if station_id is not None:
            self._navigator.select_station(station_id)

    def value_text(self, row: AlarmRow) -> str:
        """Return the value that raised the alarm, with its unit."""
        tag = self._mirror.catalogue.tag_by_index.get(row.tag)
        return f"{tag.text(row.value)} {tag.unit}".strip() if tag else ""

    def now_text(self, row: AlarmRow) -> str:
        """Return the tag's value as it is now."""
        tag = self._mirror.catalogue.tag_by_index.get(row.tag)
        if tag is None:
            return ""
        text = f"{self._mirror.text_of(tag)} {tag.unit}".strip()
        return text if row.is_value_trusted else tr("{value} (not trusted)").format(value=text)

    def limit_text(self, row: AlarmRow) -> str:
        """Return the alarm's kind and limit."""
        tag = self._mirror.catalogue.tag_by_index.get(row.tag)
        label = tr(TYPE_LABELS[row.type])
        if tag is None or tag.is_stepped:
            return label
        return f"{label} {tag.text(row.limit)} {tag.unit}".strip()


def state_text(row: AlarmRow) -> str:
    """Return an alarm's state in the operator's words."""
    if row.state is AlarmState.RTNUN:
        return tr("Gone, unack.")
    if row.state in ACTIVE_STATES and row.state in UNACKNOWLEDGED_STATES:
        return tr("Unacknowledged")
    return tr("Acknowledged")
