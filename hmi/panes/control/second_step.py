"""The strip below the equipment: the confirmation of what was selected, a question, or what has just been refused."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.domain.commands import SafetyLevel
from hmi.domain.language import tr
from hmi.panes.control.confirmation import Confirmation
from hmi.panes.control.presenter import ControlPresenter
from hmi.services.port import Selection
from hmi.ui.ask_panel import AskPanel
from hmi.ui.label import Label
from hmi.ui.tasks import Tasks
from hmi.ui.timers import every, once

COUNTDOWN_MS: Final = 500
MESSAGE_MS: Final = 15_000
PX: Final = 92
LEVEL_PX: Final = 132
"""With the fields of a password or a second person, or the steps of a sequence."""

Work = Callable[[], Coroutine[Any, Any, None]]


class SecondStep(QWidget):
    """Of one height while nothing more than a yes is asked for, so that nothing above it moves.

    ended: the confirmation has gone; whoever has the focus must not be the next button.
    """

    ended = Signal()

    def __init__(self, presenter: ControlPresenter, tasks: Tasks) -> None:
        super().__init__()
        self._presenter = presenter
        self._tasks = tasks
        self._idle = Label(tr("Choose a command above. Nothing is sent before you have confirmed it here."))
        self._idle.setProperty("kind", "second")
        self._message = Label()
        self._message.setProperty("kind", "bad")
        self._message.setWordWrap(True)
        self._message.hide()
        self._confirmation = Confirmation()
        self._confirmation.operated.connect(self._operate)
        self._confirmation.second_given.connect(self._give_second)
        self._confirmation.cancelled.connect(self.cancel)
        self._ask = AskPanel(self._show_idle)
        self._forget = once(self, MESSAGE_MS, self.forget_message)
        self._countdown = every(self, COUNTDOWN_MS, self._count_down)
        self.setFixedHeight(PX)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        for widget in (self._idle, self._message, self._confirmation, self._ask):
            inside.addWidget(widget)

    def begin(self, select: Work, name: str) -> None:
        """Select something, then show what is to be confirmed; name: what it is about."""
        self.forget_message()
        self._tasks.start(self._select(select, name), tr("Select"), lambda why: self.say(f"{name}: {why}"))

    def ask(self, question: str, done: str, answer: Callable[[str], None]) -> None:
        """Put a question that takes one line; the button that answers it is called `done`."""
        if self._presenter.selection is not None:
            self.cancel()
        self.forget_message()
        self._idle.hide()
        self._ask.ask(question, done, answer)

    def cancel(self) -> None:
        """Let go of the selection."""
        self._end()
        self._tasks.start(self._presenter.cancel(), tr("Cancel"), self.say)

    def take_question_back(self) -> None:
        """Ask no more: what was asked about is not looked at any longer."""
        if self._ask.isVisibleTo(self):
            self._ask.take_back()

    def end_void(self, reason: str) -> None:
        """Take the confirmation away because it holds no more."""
        self._end()
        self.say(reason)

    def say(self, sentence: str) -> None:
        """Show why something was refused, for a while."""
        self._idle.hide()
        self._message.setText(sentence)
        self._message.show()
        self._forget.start()

    def forget_message(self) -> None:
        """Take the message away."""
        self._message.hide()
        is_asking = self._confirmation.isVisibleTo(self) or self._ask.isVisibleTo(self)
        self._idle.setVisible(not is_asking)

    async def _select(self, select: Work, name: str) -> None:
        self._countdown.stop()
        self._confirmation.forget()
        self._ask.hide()
        await select()
        selection = self._presenter.selection
        if selection is not None:
            self._idle.hide()
            self._message.hide()
            is_plain = selection.level is SafetyLevel.CONFIRM and not selection.steps
            self.setFixedHeight(PX if is_plain else LEVEL_PX)
            self._confirmation.show_selection(selection, name)
            self._count_down()
            self._countdown.start()

    def _operate(self, password: str, reason: str) -> None:
        selection, name = self._presenter.selection, self._confirmation.name
        self._countdown.stop()  # it was pressed in time; whether it holds is the gate's to say
        if self._takes_only_a_yes():
            self._end()
        self._tasks.start(
            self._operate_now(password, reason),
            tr("Operate"),
            lambda why: self._show_refusal(selection, name, why),
        )

    async def _operate_now(self, password: str, reason: str) -> None:
        await self._presenter.operate(password, reason)
        # While this was on its way another may have been selected, and its confirmation stays.
        if self._presenter.selection is None and self._confirmation.isVisibleTo(self):
            self._end()

    def _show_refusal(self, refused: Selection | None, name: str, why: str) -> None:
        """Say why it was refused; what needs only another password stays to be operated."""
        if refused is not None and self._presenter.selection is refused:
            if self._takes_only_a_yes() or not self._confirmation.isVisibleTo(self):
                self.cancel()
            else:
                self._confirmation.take_another()
                self._count_down()
                self._countdown.start()
        self.say(f"{name}: {why}")

    def _takes_only_a_yes(self) -> bool:
        selection = self._presenter.selection
        return selection is None or selection.level is SafetyLevel.CONFIRM

    def _give_second(self, name: str, password: str) -> None:
        selection, about = self._presenter.selection, self._confirmation.name
        self._tasks.start(
            self._confirm_second(name, password),
            tr("Second person"),
            lambda why: self._show_refusal(selection, about, why),
        )

    async def _confirm_second(self, name: str, password: str) -> None:
        self._confirmation.show_second(await self._presenter.confirm_second(name, password))
        self._message.hide()

    def _end(self) -> None:
        self._countdown.stop()
        self._confirmation.forget()
        self.setFixedHeight(PX)
        self._show_idle()
        self.ended.emit()

    def _show_idle(self) -> None:
        self._idle.setVisible(not self._message.isVisibleTo(self))

    def _count_down(self) -> None:
        left = self._presenter.seconds_left()
        self._confirmation.show_seconds(left)
        if not left:
            self.cancel()
            self.say(tr("The selection has run out; nothing was sent."))
