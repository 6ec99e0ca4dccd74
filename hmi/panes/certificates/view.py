"""The page of certificates: what there is, the one that is chosen, one's own, and files."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.certificates import words
from hmi.panes.certificates.detail_card import DetailCard
from hmi.panes.certificates.own_card import OwnCard
from hmi.panes.certificates.presenter import CertificatesPresenter
from hmi.services.port.certificates import ImportAs
from hmi.ui.cards import card, choice, fit_columns, labelled, show_rows, table
from hmi.ui.form_parts import FaultLabel, as_secret, field, note, push, show_choices
from hmi.ui.pane import PaneContext
from hmi.ui.question_bar import QuestionBar
from hmi.ui.timers import once

COLUMNS: Final = (
    tr("Where"),
    tr("Subject"),
    tr("Issuer"),
    tr("Valid to"),
    tr("Left"),
    tr("Key"),
    tr("Used by"),
)
WIDTHS_PX: Final = (136, 170, 120, 92, 88, 84, 0)
HIDDEN_WHEN_NARROW: Final = (2, 5)
NARROW_PX: Final = 900
ROWS_MOST: Final = 9
RELOAD_MS: Final = 3_000
PASSWORD_PX: Final = 180
KINDS_OF_FILES: Final = tr("Certificates (*.der *.crt *.cer *.pem *.p12 *.pfx *.crl);;All files (*)")


class CertificatesView(QWidget):
    """Starts what the presenter returns and shows its facts."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        presenter = self._presenter = CertificatesPresenter(context.mirror, context.port)
        self._reloading = once(self, RELOAD_MS, self._reload)
        self.question = QuestionBar()
        self.question.answered.connect(lambda is_yes: self._start(presenter.answer(is_yes=is_yes)))
        self._why, self._said, self._fault = note(), note(kind="heading"), FaultLabel()
        self.shown = choice(tr("Show"), lambda wanted: presenter.show(str(wanted)))
        self.kind = choice(tr("For"), lambda kind: presenter.choose_kind(str(kind)))
        self.table = table(tr("Certificates"), COLUMNS, WIDTHS_PX)
        self.table.itemSelectionChanged.connect(self._choose)
        self.detail = DetailCard(presenter, self._ask_where_to, self._ask_where_to_with_key)
        self.own = OwnCard(presenter, lambda: self._start(presenter.reconnect()))
        self.use = choice(tr("Import as"), self._use)
        self.password = field(tr("Password of the file"), lambda _text: None)
        as_secret(self.password)
        self.password.setFixedWidth(PASSWORD_PX)
        self.bring = push(tr("Import a file…"), self._ask_where_from)
        self._lay_out()
        removers = [presenter.listen(context.listen, self._refresh, self._reload_soon)]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column in HIDDEN_WHEN_NARROW:
            self.table.setColumnHidden(column, self.width() < NARROW_PX)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.shown)
        head.addWidget(self.kind)
        head.addWidget(self._why, 1)
        importing, inside = card(tr("Import"))
        row = QHBoxLayout()
        row.addWidget(labelled(tr("As"), self.use))
        row.addWidget(labelled(tr("Password of the file"), self.password))
        row.addWidget(self.bring, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        inside.addLayout(row)
        inside.addWidget(
            note(tr("PEM, DER, PKCS#12 with a key, or a revocation list of an authority, which is known by itself."))
        )
        inner = QWidget()
        cards = QVBoxLayout(inner)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(8)
        page: tuple[QWidget, ...] = (self.table, self.detail, self.own, importing)
        for part in page:
            cards.addWidget(part)
        cards.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        above: tuple[QWidget, ...] = (self.question, self._fault, self._said)
        for part in above:
            layout.addWidget(part)
        layout.addWidget(area, 1)

    def _refresh(self) -> None:
        presenter = self._presenter
        self._why.setText(presenter.why_not)
        self.question.refresh(presenter.question)
        self._fault.say(presenter.message)
        self._said.setText(presenter.said)
        self._said.setVisible(bool(presenter.said))
        show_choices(self.shown, list(words.FILTERS), presenter.filter)
        show_choices(self.kind, list(presenter.kinds), presenter.kind)
        self.kind.setVisible(len(presenter.kinds) > 1)
        show_choices(self.use, list(words.USES), presenter.use)
        for widget in (self.use, self.password, self.bring):
            widget.setEnabled(presenter.may_edit and bool(presenter.kind))
        self._show_table()
        self.detail.refresh()
        self.own.refresh()

    def _show_table(self) -> None:
        rows = self._presenter.rows()
        self.table.blockSignals(True)
        show_rows(self.table, [self._marked(row.cells, is_bad=row.is_bad) for row in rows], ROWS_MOST)
        fit_columns(self.table, {1: (120, 260), 2: (90, 200)})
        at = next((number for number, row in enumerate(rows) if row.key == self._presenter.chosen_key), -1)
        if at >= 0:
            self.table.selectRow(at)
        else:
            self.table.clearSelection()
        self.table.blockSignals(False)

    def _marked(self, cells: tuple[str, ...], *, is_bad: bool) -> tuple[str, ...]:
        return (*cells[:4], f"◆ {cells[4]}", *cells[5:]) if is_bad else cells

    def _choose(self) -> None:
        rows, row = self._presenter.rows(), self.table.currentRow()
        if 0 <= row < len(rows):
            self._presenter.choose(rows[row].key)

    def _use(self, use: object) -> None:
        if isinstance(use, ImportAs):
            self._presenter.use = use

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def bring_in(self, path: Path) -> None:
        """Import a file with the password that is typed, which is wiped."""
        password = self.password.text()
        self.password.clear()
        self._start(self._presenter.bring_in(path, password))

    def export_to(self, path: Path) -> None:
        """Write the public part of what is chosen."""
        self._start(self._presenter.export(path))

    def export_key_to(self, path: Path, password: str) -> None:
        """Write one's own certificate with its key."""
        self._start(self._presenter.export_key(path, password))

    def _ask_where_from(self) -> None:
        dialog = self._dialog(tr("Import a certificate"), QFileDialog.AcceptMode.AcceptOpen, self.bring_in)
        dialog.setNameFilter(KINDS_OF_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.open()

    def _ask_where_to(self) -> None:
        dialog = self._dialog(tr("Export the public part"), QFileDialog.AcceptMode.AcceptSave, self.export_to)
        dialog.setNameFilter(tr("Certificate, DER (*.der);;Certificate, PEM (*.pem)"))
        dialog.setDefaultSuffix("der")
        dialog.open()

    def _ask_where_to_with_key(self, password: str) -> None:
        dialog = self._dialog(
            tr("Export with the key"),
            QFileDialog.AcceptMode.AcceptSave,
            lambda path: self.export_key_to(path, password),
        )
        dialog.setNameFilter(tr("PKCS#12 (*.p12)"))
        dialog.setDefaultSuffix("p12")
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode, chosen: Callable[[Path], None]) -> QFileDialog:
        dialog = QFileDialog(self, title, str(Path.home()))
        dialog.setAcceptMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: chosen(Path(path)))
        return dialog

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _reload_soon(self) -> None:
        if self.isVisible() and not self._reloading.isActive():
            self._reloading.start()

    def _reload(self) -> None:
        if self.isVisible():
            self._start(self._presenter.refresh())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(work, tr("Certificates"), self._fault.say)
