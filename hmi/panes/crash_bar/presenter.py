"""Facts of the bar: whether there is something to tell, and what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hmi.config.crashes import ENDINGS
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.mirror import Change, Mirror
from hmi.services.port import CrashList, DismissCrashes, Frame, Port, ReadCrashes
from hmi.ui.pane_facts import Listen
from hmi.ui.words import local_time

FORM: Final = "%Y-%m-%d %H:%M:%S"


class CrashBarPresenter:
    """Looks once, when the window has heard of the services; what happens later is told at the next start."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self._tell: Callable[[], None] = lambda: None
        self._found = CrashList()
        self._has_looked = False
        self.fault = ""

    def listen(self, listen: Listen, changed: Callable[[], None], wanted: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ, and `wanted` once, to look; return what removes it."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if not self._has_looked and change & Change.CATALOGUE:
                self._has_looked = True
                wanted()
            elif change & Change.USER:
                changed()

        return listen(on_change)

    @property
    def is_shown(self) -> bool:
        return bool(self._found.unseen)

    @property
    def sentence(self) -> str:
        """What happened, the end of the program before any other fault."""
        news = self._found.files[: self._found.unseen]
        if not news:
            return ""
        ended = [each for each in news if each.kind in ENDINGS]
        words = tr("The program ended unexpectedly at {time}.") if ended else tr("The program had a fault at {time}.")
        sentence = words.format(time=local_time((ended or news)[0].at_us).strftime(FORM))
        return sentence + (tr(" There are {count} new crash files.").format(count=len(news)) if len(news) > 1 else "")

    @property
    def may_bundle(self) -> bool:
        return self._mirror.user.may_everywhere(Permission.EDIT_DATA)

    @property
    def may_dismiss(self) -> bool:
        return self._mirror.user.works_here

    async def look(self) -> None:
        """Read what there is to tell. Raises RefusedError."""
        self._found = await self._port.request(ReadCrashes())
        self._tell()

    async def dismiss(self) -> None:
        """Tell it no more, here and at the next start. Raises RefusedError."""
        await self._port.request(DismissCrashes())
        await self.look()
