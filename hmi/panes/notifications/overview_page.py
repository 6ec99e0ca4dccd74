"""The overview: rules, channels, people, sound and messages."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.notifications.list_card import ListCard
from hmi.panes.notifications.messages_card import MessagesCard
from hmi.panes.notifications.presenter import NotificationsPresenter, Part
from hmi.panes.notifications.sound_card import SoundCard
from hmi.panes.notifications.words import KINDS
from hmi.ui.form_parts import FaultLabel, field, note, show_text
from hmi.ui.theme import Theme

RULE_COLUMNS: Final = (tr("Rule"), tr("Which alarms"), tr("Whom it tells"), "")
RULE_WIDTHS_PX: Final = (170, 0, 0, 64)
CHANNEL_COLUMNS: Final = (tr("Channel"), tr("Kind"), tr("Where to"), tr("How it works"))
CHANNEL_WIDTHS_PX: Final = (140, 76, 170, 0)
PEOPLE_COLUMNS: Final = (tr("Name"), tr("E-mail"), tr("User, members"))
PEOPLE_WIDTHS_PX: Final = (180, 220, 0)
WIDE_PX: Final = 1_200
ADDRESS_PX: Final = 240


class OverviewPage(QWidget):
    """Shows the presenter's facts; what is wished goes out by signals."""

    edit_wanted = Signal(object, object)
    delete_wanted = Signal(object, object, str)
    test_wanted = Signal(object)
    play_wanted = Signal(object)
    sound_saved = Signal()
    filter_chosen = Signal(int)
    retry_wanted = Signal(object)
    discard_wanted = Signal(object)

    def __init__(self, presenter: NotificationsPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._fault = FaultLabel()
        self._why = note()
        self._said = note(kind="heading")
        edit, delete = self.edit_wanted.emit, self.delete_wanted.emit
        none = tr("No rules yet: nobody is told. Add a channel and people first, then a rule.")
        self.rules = ListCard(tr("Rules"), RULE_COLUMNS, RULE_WIDTHS_PX, none, theme, edit, delete)
        self.rules.add_button(tr("Add rule…"), partial(presenter.add, Part.RULES))
        none = tr("No channels yet: add a mail server, a webhook or this screen.")
        self.channels = ListCard(tr("Channels"), CHANNEL_COLUMNS, CHANNEL_WIDTHS_PX, none, theme, edit, delete)
        for kind, name in KINDS.items():
            self.channels.add_button(tr("Add {kind}…").format(kind=name.lower()), partial(presenter.add_channel, kind))
        self.test_button = self.channels.add_action(tr("Send test"), self.test_wanted.emit)
        self._address = field(tr("Test mail goes to"), self._type_address)
        self._address.setFixedWidth(ADDRESS_PX)
        self._address.setPlaceholderText(tr("ana@example.org"))
        self.channels.add_line(note(tr("Test mail goes to")), self._address)
        none = tr("Nobody yet. A notice on this screen needs no one.")
        self.people = ListCard(tr("People"), PEOPLE_COLUMNS, PEOPLE_WIDTHS_PX, none, theme, edit, delete)
        self.people.add_button(tr("Add person…"), partial(presenter.add, Part.RECIPIENTS))
        self.people.add_button(tr("Add group…"), partial(presenter.add, Part.GROUPS))
        self.sound = SoundCard(presenter, theme, self.play_wanted.emit, self.sound_saved.emit)
        self.messages = MessagesCard(
            presenter, self.filter_chosen.emit, self.retry_wanted.emit, self.discard_wanted.emit
        )
        self._lay_out()

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self.rules.table

    def refresh(self) -> None:
        """Show the presenter's facts."""
        presenter = self._presenter
        self._fault.say(presenter.fault)
        self._why.setText(presenter.why_not)
        self._why.setVisible(bool(presenter.why_not))
        self._said.setText(presenter.said)
        self._said.setVisible(bool(presenter.said))
        may_edit = presenter.may_edit
        self.rules.refresh(presenter.rule_rows(), may_edit=may_edit)
        self.channels.refresh(presenter.channel_rows(), may_edit=may_edit)
        self.people.refresh(presenter.people_rows(), may_edit=may_edit)
        show_text(self._address, presenter.trials.address)
        self._address.setReadOnly(not may_edit)
        self.sound.refresh()
        self.messages.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_PX
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)

    def _lay_out(self) -> None:
        self._columns = QHBoxLayout()
        self._columns.setSpacing(8)
        for cards in ((self.rules, self.channels, self.people), (self.sound, self.messages)):
            column = QVBoxLayout()
            column.setSpacing(8)
            for each in cards:
                column.addWidget(each)
            column.addStretch(1)
            self._columns.addLayout(column, 1)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(10, 10, 10, 10)
        whole.setSpacing(8)
        for label in (self._why, self._fault, self._said):
            whole.addWidget(label)
        whole.addLayout(self._columns)
        whole.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("plain")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        scroll.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def _type_address(self, text: str) -> None:
        self._presenter.trials.address = text
