"""Pictures of every pane, light and dark, from the running program: for the README and for looking at our own work."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from drivers.api import LinkState
from hmi.app.assembly import Assembly
from hmi.domain.commands import Control, ControlKind
from hmi.domain.plant import StationKind
from hmi.domain.tags import Tag, TagKind
from hmi.services.port import Operate, Port, RefusedError, SelectControl, TakeAuthority
from hmi.shell.main_window import MainWindow
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.theme import THEMES, Theme

SIZE: Final = QSize(1920, 1080)
WATCH_S: Final = 90.0
"""How long the demo runs first: the time in which its first alarms come and its trends get a shape."""
SETTLE_S: Final = 1.5
PENS: Final = ("flow", "pressure", "speed", "power")
SPAN_S: Final = 120


async def take_screenshots(
    folder: Path,
    window: MainWindow,
    theme: Theme,
    navigator: Navigator,
    assembly: Assembly,
    *,
    size: QSize = SIZE,
    watch_s: float = WATCH_S,
) -> None:
    """Save <workspace>-<theme>.png for every workspace into the folder, made when missing.

    A pump is started on the way, by the two steps of an operator, so that there is something to see.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    window.resize(size)
    await assembly.until(lambda: any(link.state is LinkState.UP for link in assembly.mirror.links.values()))
    catalogue = assembly.mirror.catalogue
    station = next((each for each in catalogue.stations if each.kind is StationKind.BOOSTER), None)
    if station is not None:
        navigator.select_station(station.id)
        tags = catalogue.tags_of_station.get(station.id, ())
        assembly.restore_pane("trend", {"pens": [str(tag.id) for tag in _pens(tags)], "span_s": SPAN_S})
        await asyncio.sleep(watch_s / 3)
        pump = next(each for each in catalogue.controls_of_station[station.id] if each.kind is ControlKind.PUMP)
        await _start(assembly.port, pump)
    await asyncio.sleep(watch_s * 2 / 3)
    for name in THEMES:
        theme.use(name)
        for workspace in Workspace:
            if station is not None:  # an alarm of the program's own has none and takes the selection away
                navigator.select_station(station.id)
            navigator.show(workspace)
            if workspace is Workspace.ALARMS and assembly.mirror.alarms:
                worst = assembly.mirror.alarms[0]
                navigator.open_alarm(worst.id, worst.station_id)
            await asyncio.sleep(SETTLE_S)
            QApplication.processEvents()
            window.grab().save(str(folder / f"{workspace}-{name}.png"))


async def _start(port: Port, pump: Control) -> None:
    """Start a pump; one that may not be started now stays as it is."""
    try:
        await port.request(TakeAuthority(pump.station_id))
        selection = await port.request(SelectControl(pump.id, pump.high))
        await port.request(Operate(selection.token))
    except RefusedError:
        return


def _pens(tags: tuple[Tag, ...]) -> list[Tag]:
    """Choose up to two measured tags of each quantity that is worth a trend."""
    chosen: list[Tag] = []
    for quantity in PENS:
        measured = [tag for tag in tags if tag.quantity == quantity and tag.kind is TagKind.ANALOG]
        chosen += [tag for tag in measured if not tag.writable][:2]
    return chosen[:6]
