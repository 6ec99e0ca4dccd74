"""Facts of the inbox: the alarms that called while the user did not look; no Qt."""

from __future__ import annotations

from hmi.domain.alarms import AlarmState
from hmi.domain.alarms.wording import alarm_tag
from hmi.domain.language import tr
from hmi.services.mirror import Mirror
from hmi.services.port import InboxPage, InboxRow, MarkInboxRead, Port, ReadInbox
from hmi.ui.alarm_words import state_name
from hmi.ui.navigator import Navigator
from hmi.ui.words import moment_text, unread_text


class InboxFacts:
    """Reads what was missed, and notes what was seen."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self.page = InboxPage(0, ())

    @property
    def unread(self) -> int:
        """How many the user has missed, as the services count them."""
        return self._mirror.inbox.unread

    @property
    def headline(self) -> str:
        """The inbox in one line."""
        count, shown = self.page.unread, len(self.page.rows)
        if not count:
            return tr("You have missed nothing")
        words = tr("{count} alarms called while you did not answer").format(count=unread_text(count))
        return words + tr(", the newest {shown:,} shown").format(shown=shown) if shown < count else words

    async def read(self) -> None:
        """Read what was missed. Raises RefusedError."""
        self.page = await self._port.request(ReadInbox())

    async def mark_read(self, row: InboxRow | None = None) -> None:
        """Note that everything was seen, or everything up to a row. Raises RefusedError."""
        row = row or (self.page.rows[0] if self.page.rows else None)
        if row is not None:
            await self._port.request(MarkInboxRead(row.seq))
            await self.read()

    def state_of(self, row: InboxRow) -> AlarmState:
        """Return how the alarm stands now; normal where its occurrence is over."""
        now = self._mirror.board.find(row.occurrence.alarm_id)
        return now.state if now else AlarmState.NORM

    def cells(self, row: InboxRow) -> tuple[str, ...]:
        """Return a row as a table shows it: number, time, station, alarm, value then, how it stands now."""
        state = self.state_of(row)
        return (
            str(int(row.priority)),
            moment_text(row.at_us),
            row.source,
            row.text or tr("An alarm that was deleted"),
            self._value(row),
            tr("Gone") if state is AlarmState.NORM else state_name(state),
        )

    def can_open(self, row: InboxRow) -> bool:
        """Whether the alarm is in one of the lists now."""
        return self._mirror.board.find(row.occurrence.alarm_id) is not None

    def open_alarm(self, row: InboxRow) -> None:
        """Show the alarm in its list."""
        if self.can_open(row):
            self._navigator.open_alarm(row.occurrence.alarm_id, row.station_id)

    def can_open_trend(self, row: InboxRow) -> bool:
        """Whether the alarm is of a tag."""
        return self._tag(row) >= 0

    def open_trend(self, row: InboxRow) -> None:
        """Show the trend of the alarm's tag with the moment in view."""
        if self.can_open_trend(row):
            self._navigator.open_trend(self._tag(row), row.station_id, row.at_us)

    def _tag(self, row: InboxRow) -> int:
        catalogue = self._mirror.catalogue
        alarm = catalogue.every_alarm_by_id.get(row.occurrence.alarm_id)
        return alarm_tag(alarm, catalogue) if alarm else -1

    def _value(self, row: InboxRow) -> str:
        tag = self._mirror.catalogue.tag_by_index.get(self._tag(row))
        if tag is None or row.value != row.value:  # only NaN is unlike itself
            return ""
        return f"{tag.text(row.value)} {tag.unit}".strip()
