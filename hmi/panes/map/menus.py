"""What a right click offers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from hmi.domain.language import tr
from hmi.panes.map.presenter import MapPresenter


def station_menu(parent: QWidget, presenter: MapPresenter, row: int) -> QMenu:
    """Return the menu of one station: its controls and the trends of its main values."""
    menu = _menu(parent)
    menu.addSection(presenter.places.stations[row].name)
    menu.addAction(tr("Open control")).triggered.connect(lambda: presenter.open_control(row))
    menu.addAction(tr("Select")).triggered.connect(lambda: presenter.select(row))
    tags = presenter.places.stations[row].measures
    if tags:
        menu.addSection(tr("Trends"))
    for tag in tags:
        text = f"{tag.name} ({tag.unit})" if tag.unit else tag.name
        menu.addAction(text).triggered.connect(lambda _checked=False, tag=tag: presenter.open_trend(row, tag))
    return menu


def group_menu(parent: QWidget, presenter: MapPresenter, rows: Sequence[int]) -> QMenu:
    """Return the menu of stations that share a marker; choosing one selects it."""
    menu = _menu(parent)
    for row in rows:
        action = menu.addAction(presenter.places.stations[row].name)
        action.triggered.connect(lambda _checked=False, row=row: presenter.select(row))
    return menu


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
