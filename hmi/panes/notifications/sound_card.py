"""How alarms sound: which priorities, how often, how loud, and a button to hear each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from hmi.domain.alarms import Priority
from hmi.domain.language import tr
from hmi.panes.notifications.presenter import NotificationsPresenter
from hmi.panes.notifications.words import PRIORITIES
from hmi.ui.cards import card
from hmi.ui.form_parts import FaultLabel, field, note, push, show_checks, show_text
from hmi.ui.label import Label
from hmi.ui.theme import Theme

NUMBER_PX: Final = 60
PLAY, SAID = 4, 5


class SoundCard(QFrame):
    """Shows the draft of the sound; what was typed is kept by Save."""

    def __init__(
        self,
        presenter: NotificationsPresenter,
        theme: Theme,
        play: Callable[[Priority], None],
        save: Callable[[], None],
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        frame, inside = card(tr("Sound"))
        self._fault = FaultLabel()
        self._quiet = QCheckBox(tr("No sound at all; alarms are only seen"))
        self._quiet.setAccessibleName(self._quiet.text())
        self._quiet.clicked.connect(self._set_quiet)
        self._volume = field(tr("Volume, %"), self._set_volume)
        self._volume.setFixedWidth(NUMBER_PX)
        self._volume_fault = FaultLabel()
        self._rows: dict[Priority, tuple[QCheckBox, QLineEdit, QPushButton, Label, FaultLabel]] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(SAID, 1)
        for row, priority in enumerate(Priority):
            self._add_row(grid, row, priority, play)
        volume = QHBoxLayout()
        label = Label(tr("Volume"))
        label.setBuddy(self._volume)
        for widget in (label, self._volume, Label("%"), self._volume_fault):
            volume.addWidget(widget)
        volume.addStretch(1)
        self._save = push(tr("Save"), save)
        self._back = push(tr("Discard"), self._discard)
        foot = QHBoxLayout()
        foot.addWidget(self._save)
        foot.addWidget(self._back)
        foot.addWidget(note(tr("Repeated until acknowledged or silenced; 0 s: once. At most one sound in 3 s.")), 1)
        inside.addWidget(self._fault)
        inside.addWidget(self._quiet)
        inside.addLayout(grid)
        inside.addLayout(volume)
        inside.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    def refresh(self) -> None:
        """Show the draft, and how each tone was heard last."""
        presenter, draft = self._presenter, self._presenter.sound
        settings, faults = draft.check()
        self._fault.say(presenter.sound_fault)
        show_checks(self._quiet, self._theme)
        self._quiet.setChecked(draft.is_quiet)
        self._quiet.setEnabled(presenter.may_edit)
        show_text(self._volume, draft.volume)
        self._volume.setReadOnly(not presenter.may_edit)
        self._volume_fault.say(faults.get("volume", ""))
        for priority, (box, repeat, play, said, fault) in self._rows.items():
            show_checks(box, self._theme)
            box.setChecked(draft.is_on[priority])
            box.setEnabled(presenter.may_edit)
            show_text(repeat, draft.repeat[priority])
            repeat.setReadOnly(not presenter.may_edit)
            outcome = presenter.trials.tones.get(priority)
            wrong = faults.get(priority.name.lower(), "")
            if not wrong and outcome is not None and outcome.is_bad:
                wrong = outcome.words
            fault.say(wrong)
            said.setText("" if wrong or outcome is None else outcome.words)
            said.setVisible(not wrong)
            play.setEnabled(presenter.state is not None)
        self._save.setEnabled(presenter.may_edit and draft.is_changed and settings is not None)
        self._back.setEnabled(draft.is_changed)

    def _add_row(self, grid: QGridLayout, row: int, priority: Priority, play: Callable[[Priority], None]) -> None:
        name = PRIORITIES[priority]
        box = QCheckBox(name)
        box.setAccessibleName(tr("{priority} sounds").format(priority=name))
        box.clicked.connect(lambda is_checked: self._set_on(priority, is_checked))
        repeat = field(tr("{priority}: repeat every, s").format(priority=name), partial(self._set_repeat, priority))
        repeat.setFixedWidth(NUMBER_PX)
        button = push(tr("Play"), partial(play, priority))
        button.setAccessibleName(tr("Play the tone of {priority}").format(priority=name))
        said, fault = note(), FaultLabel()
        beside = QVBoxLayout()
        beside.addWidget(said)
        beside.addWidget(fault)
        for column, widget in enumerate((box, Label(tr("every")), repeat, Label("s"), button)):
            grid.addWidget(widget, row, column)
        grid.addLayout(beside, row, SAID)
        self._rows[priority] = (box, repeat, button, said, fault)

    def _set_quiet(self, is_checked: bool) -> None:
        self._presenter.sound.is_quiet = is_checked
        self._presenter.changed()

    def _set_volume(self, text: str) -> None:
        self._presenter.sound.volume = text
        self._presenter.changed()

    def _set_on(self, priority: Priority, is_checked: bool) -> None:
        self._presenter.sound.is_on[priority] = is_checked
        self._presenter.changed()

    def _set_repeat(self, priority: Priority, text: str) -> None:
        self._presenter.sound.repeat[priority] = text
        self._presenter.changed()

    def _discard(self) -> None:
        self._presenter.sound.let_go()
        self._presenter.changed()
