"""Pictures of every pane, light and dark, from the running program: for the README and for looking at our own work."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from drivers.api import LinkState
from hmi.app.assembly import Assembly
from hmi.domain.plant import StationKind
from hmi.domain.tags import Tag, TagKind
from hmi.shell.main_window import MainWindow
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.theme import THEMES, Theme

SIZE: Final = QSize(1920, 1080)
WATCH_S: Final = 75.0
"""How long the demo runs first: the time in which its first alarms come and its trends get a shape."""
SETTLE_S: Final = 1.5
PEN_QUANTITIES: Final = ("pressure", "flow", "level", "power")


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
    """Save <pane>-<theme>.png for every workspace into the folder, made when missing."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    window.resize(size)
    await assembly.until(lambda: any(link.state is LinkState.UP for link in assembly.mirror.links.values()))
    station = next(
        (station for station in assembly.mirror.catalogue.stations if station.kind is StationKind.BOOSTER),
        next(iter(assembly.mirror.catalogue.stations), None),
    )
    if station is not None:
        navigator.select_station(station.id)
        for tag in _pens(assembly.mirror.catalogue.tags_of_station.get(station.id, ())):
            navigator.open_trend(tag.index, station.id)
    await asyncio.sleep(watch_s)
    for name in THEMES:
        theme.use(name)
        for workspace in Workspace:
            navigator.show(workspace)
            await asyncio.sleep(SETTLE_S)
            QApplication.processEvents()
            window.grab().save(str(folder / f"{workspace}-{name}.png"))


def _pens(tags: tuple[Tag, ...]) -> list[Tag]:
    """Choose two tags of each quantity that is worth a trend."""
    chosen: list[Tag] = []
    for quantity in PEN_QUANTITIES:
        chosen += [tag for tag in tags if tag.quantity == quantity and tag.kind is TagKind.ANALOG][:2]
    return chosen[:6]
