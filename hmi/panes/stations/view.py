"""The tree of areas and stations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from drivers.api import LinkState
from hmi.domain.alarms import Priority
from hmi.domain.language import tr
from hmi.panes.stations.presenter import AreaRow, StationRow, StationsPresenter, Worst
from hmi.ui.label import Label, tip
from hmi.ui.navigator import EditWish
from hmi.ui.pane import PaneContext
from hmi.ui.symbols import alarm_icon, link_icon, station_icon
from hmi.ui.tag_drag import mime_of
from hmi.ui.words import link_text

ID_ROLE = Qt.ItemDataRole.UserRole
SYMBOL_COLUMN_PX = 28
WIDE_PX = 284
ROW_PX = 28


class StationTree(QTreeWidget):
    """A station that is dragged carries its first measured tags, for a trend. tags_of: returns them."""

    def __init__(self, tags_of: Callable[[UUID], Sequence[int]]) -> None:
        super().__init__()
        self._tags_of = tags_of
        self.setDragEnabled(True)
        self.setDragDropMode(QTreeWidget.DragDropMode.DragOnly)

    def sizeHint(self) -> QSize:
        """Be as wide as most names are, where the window has room."""
        return QSize(WIDE_PX, super().sizeHint().height())

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        found = [item.data(0, ID_ROLE) for item in items]
        return mime_of(tag for each in found if isinstance(each, UUID) for tag in self._tags_of(each))


class StationsView(QWidget):
    """Shows the tree; a click selects the station everywhere."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = StationsPresenter(context.mirror, context.navigator)
        self._shape: tuple[tuple[UUID, tuple[UUID, ...]], ...] = ()
        self._items: dict[UUID, QTreeWidgetItem] = {}
        self._find = QLineEdit()
        self._find.setPlaceholderText(tr("Find a station"))
        self._find.setAccessibleName(tr("Find a station"))
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(self._filter)
        self._tree = self._make_tree()
        self._hint = Label(tr("No stations yet."))
        self._hint.setProperty("kind", "second")
        self._hint.setWordWrap(True)
        self._add = QPushButton(tr("Add station"))
        self._add.setAccessibleName(tr("Add station"))
        self._add.clicked.connect(lambda: self._presenter.wish(EditWish.ADD))
        self.setFocusProxy(self._tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self._find)
        layout.addWidget(self._hint)
        layout.addWidget(self._tree, 1)
        layout.addWidget(self._add)
        layout.addStretch(0)
        removers = [
            self._presenter.listen(context.listen, self._refresh),
            context.theme.listen(self._refresh),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def _make_tree(self) -> QTreeWidget:
        tree = StationTree(self._presenter.trend_tags)
        tree.setColumnCount(3)
        tree.setHeaderLabels([tr("Station"), tr("Alarm"), tr("Link")])
        tree.setHeaderHidden(True)
        tree.setIconSize(QSize(18, 18))
        tree.setIndentation(14)
        tree.setUniformRowHeights(True)
        tree.setAccessibleName(tr("Stations"))
        header = tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(SYMBOL_COLUMN_PX)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, SYMBOL_COLUMN_PX)
        tree.itemClicked.connect(self._choose)
        tree.itemActivated.connect(self._choose)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._show_menu)
        return tree

    def _choose(self, item: QTreeWidgetItem) -> None:
        found = item.data(0, ID_ROLE)
        if isinstance(found, UUID) and item.parent() is not None:
            self._presenter.select(found)

    def _show_menu(self, at: QPoint) -> None:
        item = self._tree.itemAt(at)
        found = item.data(0, ID_ROLE) if item is not None else None
        menu = self.menu_of(found if isinstance(found, UUID) else None)
        menu.popup(self._tree.viewport().mapToGlobal(at))

    def menu_of(self, station_id: UUID | None) -> QMenu:
        """Return what can be done with a station, or with none; all of it disabled, with the reason, without leave."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        wishes = [(tr("Add station"), EditWish.ADD)]
        if station_id is not None:
            wishes += [
                (tr("Edit"), EditWish.EDIT),
                (tr("Duplicate"), EditWish.DUPLICATE),
                (tr("Switch off…") if self._presenter.is_on(station_id) else tr("Switch on"), EditWish.SWITCH),
                (tr("Delete…"), EditWish.DELETE),
            ]
        for text, wish in wishes:
            action = menu.addAction(text)
            action.setEnabled(self._presenter.may_edit)
            action.setToolTip("" if self._presenter.may_edit else tr("Only an administrator may edit stations."))
            action.triggered.connect(lambda _checked=False, wish=wish: self._presenter.wish(wish, station_id))
        return menu

    def _refresh(self) -> None:
        areas = self._presenter.areas()
        self._hint.setVisible(not areas)
        self.setFocusProxy(self._tree if areas else self._add)
        self._tree.setVisible(bool(areas))
        self._add.setVisible(self._presenter.may_edit)
        shape = tuple((area.id, tuple(station.id for station in area.stations)) for area in areas)
        if shape != self._shape:
            self._shape = shape
            self._rebuild(areas)
        for area in areas:
            self._show_area(area)
            for station in area.stations:
                self._show_station(station)
        selected = self._presenter.selected
        if selected in self._items:
            self._tree.setCurrentItem(self._items[selected])
        else:
            self._tree.setCurrentIndex(QModelIndex())

    def _rebuild(self, areas: tuple[AreaRow, ...]) -> None:
        self._tree.clear()
        self._items.clear()
        for area in areas:
            top = QTreeWidgetItem(self._tree, [area.name])
            top.setSizeHint(0, QSize(0, ROW_PX))
            self._items[area.id] = top
            font = top.font(0)
            font.setBold(True)
            top.setFont(0, font)
            for station in area.stations:
                item = QTreeWidgetItem(top, [station.name])
                item.setSizeHint(0, QSize(0, ROW_PX))
                item.setData(0, ID_ROLE, station.id)
                self._items[station.id] = item
            top.setExpanded(True)
        self._filter(self._find.text())

    def _show_area(self, area: AreaRow) -> None:
        item = self._items[area.id]
        self._show_worst(item, area.worst)
        # A roll-up speaks only of trouble: one mark less to read when all is well.
        item.setIcon(2, link_icon(self._context.theme.tokens, LinkState.DOWN) if area.links_down else QIcon())

    def _show_station(self, station: StationRow) -> None:
        item = self._items[station.id]
        item.setText(0, station.name)
        item.setToolTip(0, tip(station.name))
        item.setIcon(0, station_icon(self._context.theme.tokens, station.kind))
        item.setIcon(2, link_icon(self._context.theme.tokens, station.link))
        item.setToolTip(2, tip(link_text(station.link)))
        self._show_worst(item, station.worst)
        words = [station.name, tr("link {state}").format(state=link_text(station.link))]
        if station.alarms:
            words.append(tr("{count} alarms").format(count=station.alarms))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, ", ".join(words))

    def _show_worst(self, item: QTreeWidgetItem, worst: Worst) -> None:
        item.setIcon(1, alarm_icon(self._context.theme.tokens, *worst) if worst else QIcon())
        item.setToolTip(1, tip(_priority_text(worst[0]) if worst else ""))

    def _filter(self, text: str) -> None:
        wanted = text.casefold().strip()
        shown_areas = set()
        for area_id, station_ids in self._shape:
            for station_id in station_ids:
                item = self._items[station_id]
                is_shown = wanted in item.text(0).casefold()
                item.setHidden(not is_shown)
                if is_shown:
                    shown_areas.add(area_id)
            self._items[area_id].setHidden(bool(wanted) and area_id not in shown_areas)


def _priority_text(priority: Priority) -> str:
    return {
        Priority.CRITICAL: tr("Critical alarm"),
        Priority.HIGH: tr("High alarm"),
        Priority.MEDIUM: tr("Medium alarm"),
        Priority.LOW: tr("Low alarm"),
    }[priority]
