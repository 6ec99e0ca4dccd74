"""Facts of the alarm banner."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmi.domain.alarms import UNACKNOWLEDGED_STATES, Priority
from hmi.domain.roles import Permission
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Acknowledge, AlarmRow, Frame, Port
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.pane_facts import Listen


class AlarmBannerPresenter:
    """Chooses what the banner shows."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when the banner may differ; return what removes it."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.ALARMS | Change.USER):
                changed()

        return listen(on_change)

    def newest(self, limit: int) -> Sequence[AlarmRow]:
        """Return the first unacknowledged alarms: the most urgent priority first, the newest of it first."""
        return [row for row in self._mirror.alarms[:limit] if row.state in UNACKNOWLEDGED_STATES]

    def counts(self) -> dict[Priority, tuple[int, int]]:
        """Return how many alarms of each priority are unacknowledged, and how many stand at all."""
        return self._mirror.board.counts

    @property
    def can_acknowledge(self) -> bool:
        return self._mirror.user.may(Permission.ACKNOWLEDGE)

    async def acknowledge(self, row: AlarmRow) -> None:
        """Acknowledge one alarm that is on the banner. Raises RefusedError."""
        await self._port.request(Acknowledge((row.occurrence,)))

    def open(self, row: AlarmRow) -> None:
        """Show the alarm's station in the alarm summary."""
        self._navigator.select_station(row.station_id)
        self._navigator.show(Workspace.ALARMS)

    def open_summary(self) -> None:
        """Show the alarm summary."""
        self._navigator.show(Workspace.ALARMS)
