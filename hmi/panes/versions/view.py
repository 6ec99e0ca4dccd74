"""The page of versions: the list above, what differs below, and the way back."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.versions.import_card import ImportCard
from hmi.panes.versions.kept_page import KeptPage
from hmi.panes.versions.presenter import VersionsPresenter
from hmi.ui.ask_panel import AskPanel
from hmi.ui.cards import fit_columns, show_rows, table
from hmi.ui.form_parts import FaultLabel, heading, note, push, show_checks
from hmi.ui.pane import PaneContext
from hmi.ui.paper import ask_existing_file, ask_file
from hmi.ui.tab_pages import TabPages
from hmi.ui.timers import once
from hmi.ui.words import moment_text

TYPING_MS: Final = 400
VERSION_WIDTHS: Final = (76, 150, 150, 0, 76)
DIFFERENCE_WIDTHS: Final = (104, 260, 0)
KINDS: Final = tr("Configuration (*.json)")


class VersionsView(QWidget):
    """Starts what the presenter returns and shows its facts."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        presenter = self._presenter = VersionsPresenter(context.mirror, context.port)
        self._typing = once(self, TYPING_MS, lambda: self._start(presenter.search(self._name.text())))
        self._name = QLineEdit()
        self._name.setPlaceholderText(tr("Changed something called…"))
        self._name.setAccessibleName(tr("Show versions that changed something called"))
        self._name.setFixedWidth(280)
        self._name.textEdited.connect(lambda _text: self._typing.start())
        columns = (tr("Version"), tr("When"), tr("Who"), tr("Why"), tr("Objects"))
        self._versions = table(tr("Versions"), columns, VERSION_WIDTHS)
        self._versions.itemSelectionChanged.connect(self._choose)
        self._more = push(tr("Earlier versions"), lambda: self._start(presenter.load(is_more=True)))
        self._differences = table(tr("Differences"), (tr("What"), tr("Name"), tr("Change")), DIFFERENCE_WIDTHS)
        self._headline = heading("")
        self._was = QRadioButton(tr("What it changed"))
        self._would = QRadioButton(tr("What taking it up again would change"))
        self._was.setChecked(True)
        group = QButtonGroup(self)
        for button in (self._was, self._would):
            group.addButton(button)
        group.buttonClicked.connect(lambda _: self._start(presenter.look(against_now=self._would.isChecked())))
        self._back = QPushButton(tr("Take it up again…"))
        self._back.setAutoDefault(False)
        self._back.clicked.connect(self._ask_why)
        self._ask = AskPanel(lambda: None)
        self._fault = FaultLabel()
        self._said = note(kind="heading")
        self.export = push(tr("Export everything…"), self._ask_where_to)
        self.bring_in = push(tr("Import everything…"), self._ask_where_from)
        self._import = ImportCard(presenter.file, context.theme, self._start)
        self.kept = KeptPage(presenter.kept, lambda work, say: context.tasks.start(work, tr("Versions"), say))
        self._lay_out()
        removers = [
            presenter.listen(context.listen, self._refresh, self._reload),
            context.theme.listen(self._refresh),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start(self._presenter.load())

    def _lay_out(self) -> None:
        above = QWidget()
        upper = QVBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.addWidget(self._name)
        head.addWidget(self._more)
        head.addStretch(1)
        head.addWidget(self.export)
        head.addWidget(self.bring_in)
        upper.addLayout(head)
        upper.addWidget(self._versions)
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, 0, 0)
        choices = QHBoxLayout()
        choices.addWidget(self._was)
        choices.addWidget(self._would)
        choices.addStretch(1)
        choices.addWidget(self._back)
        lower.addWidget(self._headline)
        lower.addLayout(choices)
        for widget in (self._ask, self._fault, self._said, self._differences):
            lower.addWidget(widget)
        lower.addWidget(
            note(tr("Stations, tags, alarms, controls and sequences go back; users, settings and passwords stay."))
        )
        splitter = self._splitter = QSplitter()
        splitter.setOrientation(splitter.orientation().Vertical)
        splitter.addWidget(above)
        self._pages = QStackedWidget()
        self._pages.addWidget(below)
        self._pages.addWidget(self._import)
        splitter.addWidget(self._pages)
        plant = QWidget()
        inside = QVBoxLayout(plant)
        inside.setContentsMargins(10, 8, 10, 10)
        inside.addWidget(splitter)
        pages = TabPages(tr("Versions"))
        pages.add(tr("Stations and alarms"), plant)
        pages.add(tr("Users, roles and settings"), self.kept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(pages)

    def _refresh(self) -> None:
        presenter = self._presenter
        self.kept.refresh()
        show_checks(self._was, self._context.theme)
        show_checks(self._would, self._context.theme)
        rows = [
            (str(each.version), moment_text(each.at_us), each.user, each.reason, str(each.objects))
            for each in presenter.versions
        ]
        self._versions.blockSignals(True)
        show_rows(self._versions, rows)
        chosen = presenter.chosen.version if presenter.chosen is not None else None
        at = next((row for row, each in enumerate(presenter.versions) if each.version == chosen), -1)
        if at >= 0:
            self._versions.selectRow(at)
        else:
            self._versions.clearSelection()
        self._versions.blockSignals(False)
        self._more.setVisible(presenter.has_more)
        show_rows(self._differences, [(each.label, each.name, each.change) for each in presenter.differences])
        fit_columns(self._differences, {1: (160, 360)})
        self._headline.setText(presenter.headline)
        for button in (self._was, self._would):
            button.setEnabled(presenter.chosen is not None)
        self._back.setVisible(presenter.may_roll_back)
        self._back.setEnabled(presenter.can_roll_back)
        self._back.setToolTip(
            "" if presenter.can_roll_back else tr("Look first at what taking it up again would change.")
        )
        self._refresh_file()

    def _refresh_file(self) -> None:
        presenter, file = self._presenter, self._presenter.file
        said = file.said or presenter.said
        self._said.setText(said)
        self._said.setVisible(bool(said))
        is_open = file.path is not None
        for button in (self.export, self.bring_in):
            button.setVisible(file.may)
            button.setEnabled(not is_open)
        self._pages.setCurrentIndex(int(is_open))
        if is_open:
            self._import.refresh()
        elif file.fault:
            self._fault.say(file.fault)

    def export_to(self, path: Path) -> None:
        """Write everything but secrets to a file."""
        self._start(self._presenter.file.export(path))

    def read_from(self, path: Path) -> None:
        """Show what importing a file would change."""
        self._start(self._presenter.file.read(path))

    def _ask_where_to(self) -> None:
        ask_file(self, tr("Export everything"), "roams-configuration.json", KINDS, self.export_to)

    def _ask_where_from(self) -> None:
        ask_existing_file(self, tr("Import everything"), KINDS, self.read_from)

    def _choose(self) -> None:
        row = self._versions.currentRow()
        if 0 <= row < len(self._presenter.versions):
            self._ask.hide()
            self._start(self._presenter.choose(self._presenter.versions[row].version))

    def _ask_why(self) -> None:
        chosen = self._presenter.chosen
        if chosen is not None:
            self._ask.ask(
                tr("Why is version {version} taken up again?").format(version=chosen.version),
                tr("Take it up again"),
                lambda reason: self._start(self._presenter.roll_back(reason)),
            )

    def _reload(self) -> None:
        if self.isVisible():
            self._start(self._presenter.load())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._fault.say("")
        self._context.tasks.start(work, tr("Versions"), self._fault.say)
