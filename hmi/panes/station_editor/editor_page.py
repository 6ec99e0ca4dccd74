"""The page on which one station is edited: the steps, the step that is shown, and the buttons under it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.station_editor.certificate_step import CertificateStep
from hmi.panes.station_editor.connection_test_step import ConnectionTestStep
from hmi.panes.station_editor.desk import Desk, StepView
from hmi.panes.station_editor.login_step import LoginStep
from hmi.panes.station_editor.place_step import PlaceStep
from hmi.panes.station_editor.server_step import ServerStep
from hmi.panes.station_editor.session import EditSession
from hmi.panes.station_editor.step_rail import StepRail
from hmi.panes.station_editor.steps import Step
from hmi.panes.station_editor.tags_step import TagsStep
from hmi.ui.form_parts import FaultLabel, note, push
from hmi.ui.label import Label, tip
from hmi.ui.shortcuts import shortcut


class EditorPage(QWidget):
    """Shows a session. Only the step in sight is kept up to date."""

    continue_pressed = Signal()
    save_pressed = Signal()
    cancel_pressed = Signal()
    spot_wanted = Signal()
    stopped = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: tuple[EditSession | None, Step | None] = (None, None)
        self._title = Label()
        self._title.setProperty("kind", "title")
        self._rail = StepRail()
        self._rail.chosen.connect(self._go)
        self._stack = QStackedWidget()
        self._steps: dict[Step, StepView] = {}
        for step, view in self._make_steps(desk).items():
            self._steps[step] = view
            self._stack.addWidget(_scrolling(view) if step is not Step.TAGS else view)
        self._busy = note()
        self._message = FaultLabel()
        self._cancel = push(tr("Cancel"), self.cancel_pressed.emit)
        self._save = push(tr("Save"), self.save_pressed.emit)
        self._continue = push(tr("Continue"), self.continue_pressed.emit, is_primary=True)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # where the focus waits while nothing may be pressed
        shortcut(Qt.Key.Key_Escape, self, self.stopped.emit)
        shortcut("Ctrl+Return", self, self._press_continue)

    def refresh(self, session: EditSession) -> None:
        """Show the session as it stands."""
        focused = QApplication.focusWidget()
        self._title.setText(session.title)
        self._rail.show_rows(session.rows())
        is_other = self._shown != (session, session.step)
        self._shown = (session, session.step)
        self._stack.setCurrentIndex(list(self._steps).index(session.step))
        view = self._steps[session.step]
        view.refresh(session)
        self._busy.setText(tr("{words}  Esc stops it.").format(words=session.busy_words) if session.busy_words else "")
        self._message.say(session.message)
        is_last = session.step is Step.PLACE
        self._continue.setVisible(not is_last)
        self._save.setProperty("kind", "primary" if is_last else "")
        self._save.style().unpolish(self._save)
        self._save.style().polish(self._save)
        for button in (self._continue, self._save):
            button.setEnabled(not session.busy_words)
        if session.why_not_on:
            self._continue.setEnabled(False)
        self._continue.setToolTip(tip(session.why_not_on or tr("Continue (Ctrl+Enter)")))
        if is_other and self.isVisible():
            view.first_field().setFocus()
        self._keep_focus(focused, view)

    def _keep_focus(self, before: QWidget | None, view: StepView) -> None:
        """Keep Enter from doing harm: Qt hands the focus of a button that is switched off to the next, as Cancel."""
        now = QApplication.focusWidget()
        is_ours = before is not None and (before is self or self.isAncestorOf(before))
        if not is_ours or (now is before and before is not self):
            return
        wanted = (view.first_field(), self._continue, self)
        if now is self._cancel or now is self or now is None or not self.isAncestorOf(now):
            next(each for each in wanted if each is self or (each.isEnabled() and each.isVisible())).setFocus()

    def _make_steps(self, desk: Desk) -> dict[Step, StepView]:
        return {
            Step.SERVER: ServerStep(desk),
            Step.CERTIFICATE: CertificateStep(desk),
            Step.LOGIN: LoginStep(desk),
            Step.TEST: ConnectionTestStep(desk),
            Step.TAGS: TagsStep(desk),
            Step.PLACE: PlaceStep(desk, self.spot_wanted.emit),
        }

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._busy)
        words.addWidget(self._message)
        foot.addLayout(words, 1)
        for button in (self._cancel, self._save, self._continue):
            button.setMinimumHeight(32)
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(14, 12, 14, 12)
        inside.addWidget(self._stack)
        body = QHBoxLayout()
        body.setSpacing(10)
        body.addWidget(self._rail)
        body.addWidget(card, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addLayout(body, 1)
        layout.addLayout(foot)

    def _go(self, step: Step) -> None:
        session = self._desk.session()
        if session is not None:
            session.go(step)
            self.refresh(session)

    def _press_continue(self) -> None:
        if self._continue.isVisible() and self._continue.isEnabled():
            self.continue_pressed.emit()
        elif self._save.isEnabled():
            self.save_pressed.emit()


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    area.viewport().setAutoFillBackground(False)
    page.setAutoFillBackground(False)
    return area
