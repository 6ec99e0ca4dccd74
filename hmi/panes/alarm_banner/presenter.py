"""Facts of the alarm banner."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hmi.domain.alarms import UNACKNOWLEDGED_STATES, Priority
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Acknowledge, AlarmRow, Frame, Port, SilenceSound
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
            if change & (Change.ALARMS | Change.USER | Change.SOUND):
                changed()

        return listen(on_change)

    def newest(self, limit: int) -> Sequence[AlarmRow]:
        """Return the first unacknowledged alarms: the most urgent priority first, the newest of it first."""
        return [row for row in self._mirror.alarms[:limit] if row.state in UNACKNOWLEDGED_STATES]

    def counts(self) -> dict[Priority, tuple[int, int]]:
        """Return how many alarms of each priority are unacknowledged, and how many stand at all."""
        return self._mirror.board.counts

    def can_acknowledge(self, row: AlarmRow) -> bool:
        """Whether this person may acknowledge an alarm, at its station."""
        return self._mirror.user.may(Permission.ACKNOWLEDGE, row.station_id)

    async def acknowledge(self, row: AlarmRow) -> None:
        """Acknowledge one alarm that is on the banner. Raises RefusedError."""
        await self._port.request(Acknowledge((row.occurrence,)))

    @property
    def can_silence(self) -> bool:
        """Whether something sounds that could be silenced."""
        return self._mirror.sound.is_sounding

    @property
    def sound_text(self) -> str:
        """How alarms sound, where that is worth a word."""
        sound = self._mirror.sound
        if sound.fault:
            return tr("No sound")
        if sound.is_quiet:
            return tr("Sound off")
        return tr("Silenced") if sound.is_silenced else ""

    @property
    def sound_detail(self) -> str:
        """Why there is no sound."""
        return self._mirror.sound.fault

    @property
    def flood_text(self) -> str:
        """How many alarms came in a flood; empty while there is none."""
        overview = self._mirror.overview
        return tr("Flood: {count} new in 10 min").format(count=overview.recent) if overview.flood_since_us else ""

    async def silence(self) -> None:
        """Quiet the sound; nothing is acknowledged. Raises RefusedError."""
        await self._port.request(SilenceSound())

    def open(self, row: AlarmRow) -> None:
        """Show the alarm in the list of alarms."""
        self._navigator.open_alarm(row.id, row.station_id)

    def open_summary(self) -> None:
        """Show the alarm summary."""
        self._navigator.show(Workspace.ALARMS)
