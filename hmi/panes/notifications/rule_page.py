"""The form of one rule: which alarms, when, whom it tells step by step, quiet hours, words."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from hmi.config.message_templates import PLACEHOLDERS
from hmi.domain.alarms import TYPE_LABELS, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.panes.notifications.choosing import ChooseButton
from hmi.panes.notifications.form_page import FIELD_PX, FormPage
from hmi.panes.notifications.presenter import NotificationsPresenter
from hmi.panes.notifications.rule_draft import PeriodDraft, RuleDraft, StepDraft
from hmi.panes.notifications.rule_rows import PeriodRow, Rows, StepRow
from hmi.panes.notifications.words import PRIORITIES, named, place_choices, type_choices
from hmi.ui.cards import card, choice
from hmi.ui.form_parts import FaultLabel, field, note, push, show_checks, show_choices, show_text
from hmi.ui.label import tip
from hmi.ui.theme import Theme

BODY_PX: Final = 130
WORDS_PX: Final = 540
CHOOSE_PX: Final = 170


class RulePage(FormPage):
    """Tells each change to the draft; the presenter says when to show it again."""

    def __init__(self, presenter: NotificationsPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._draft = RuleDraft()
        self._faults = {name: FaultLabel() for name in ("name", "priorities", "periods", "steps", "quiet")}
        self._faults |= {name: FaultLabel() for name in ("subject", "body")}
        self.name = field(tr("Name"), partial(self._set, "name"))
        self.name.setFixedWidth(FIELD_PX)
        self._is_on = self._box(tr("In use"), "is_on")
        for frame in (self._which(), self._whom(), self._words()):
            self.inside.addWidget(frame)
        self.inside.addStretch(1)

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self.name

    def refresh(self, draft: RuleDraft, catalogue: Catalogue) -> None:
        """Show a draft."""
        self._draft = draft
        settings = self._presenter.settings
        self.title.setText(tr("New rule") if draft.is_new else tr("Rule"))
        show_text(self.name, draft.name)
        for box, is_checked in (
            (self._is_on, draft.is_on),
            (self._on_return, draft.on_return),
            (self._has_quiet, draft.has_quiet),
            *((box, priority in draft.priorities) for priority, box in self._priorities.items()),
        ):
            show_checks(box, self._theme)
            box.setChecked(is_checked)
        self._show_places(draft, catalogue)
        for row, period in zip(self.periods.fit(len(draft.periods)), draft.periods, strict=True):
            if isinstance(row, PeriodRow):
                row.refresh(period)
        for row, step in zip(self.steps.fit(len(draft.steps)), draft.steps, strict=True):
            if isinstance(row, StepRow):
                row.refresh(step, settings)
                row.remove.setEnabled(len(draft.steps) > 1)
        self._quiet_row.refresh(draft.quiet)
        show_choices(self._spared, [(text, each) for each, text in PRIORITIES.items()], draft.spared)
        for widget in (self._quiet_row, self._spared, self._spared_label):
            widget.setVisible(draft.has_quiet)
        show_text(self._subject, draft.subject)
        if self._body.toPlainText() != draft.body:
            with QSignalBlocker(self._body):
                self._body.setPlainText(draft.body)
        for name, label in self._faults.items():
            label.say(draft.faults.get(name, ""))
        self.fault.say(draft.faults.get("", ""))
        self.save.setEnabled(draft.is_new or draft.is_changed)

    # ── the cards ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _which(self) -> QWidget:
        frame, inside = card(tr("Which alarms"))
        priorities = QHBoxLayout()
        priorities.setSpacing(14)
        self._priorities: dict[Priority, QCheckBox] = {}
        for priority, name in PRIORITIES.items():
            box = QCheckBox(name)
            box.setAccessibleName(tr("Priority {name}").format(name=name))
            box.clicked.connect(self._choose_priorities)
            self._priorities[priority] = box
            priorities.addWidget(box)
        priorities.addStretch(1)
        hint = tr("None chosen: the whole plant.")
        self.areas = ChooseButton(tr("Areas"), hint, partial(self._set, "areas"))
        self.stations = ChooseButton(tr("Stations"), hint, partial(self._set, "stations"))
        self.types = ChooseButton(tr("Types"), tr("None chosen: every type."), partial(self._set, "types"))
        where = QHBoxLayout()
        where.setSpacing(8)
        for button in (self.areas, self.stations, self.types):
            button.setFixedWidth(CHOOSE_PX)
            where.addWidget(button)
        where.addStretch(1)
        self.periods = Rows(self._period_row)
        times = QVBoxLayout()
        times.setSpacing(4)
        self._any_time = note(tr("At any time."))
        times.addWidget(self._any_time)
        times.addWidget(self.periods)
        add = QHBoxLayout()
        add.addWidget(push(tr("Add period"), self._add_period))
        add.addStretch(1)
        times.addLayout(add)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow(tr("Name"), _below(self.name, self._faults["name"]))
        form.addRow("", self._is_on)
        form.addRow(tr("Priorities"), _below(priorities, self._faults["priorities"]))
        form.addRow(tr("Where and what"), where)
        form.addRow(tr("When it came"), _below(times, self._faults["periods"]))
        inside.addLayout(form)
        return frame

    def _whom(self) -> QWidget:
        frame, inside = card(tr("Whom it tells"))
        self.steps = Rows(self._step_row)
        self._on_return = self._box(tr("Tell them, too, when it is gone"), "on_return")
        self._has_quiet = self._box(tr("Quiet hours: hold what is less urgent and send it as one"), "has_quiet")
        self._quiet_row = PeriodRow(tr("Quiet hours"), self._presenter.changed)
        self._spared_label = note(tr("Told at once even so, with all above it:"))
        self._spared_label.setWordWrap(False)
        self._spared = choice(tr("Told at once in quiet hours, with all above it"), self._choose_spared)
        spared = QHBoxLayout()
        spared.addWidget(self._spared_label)
        spared.addWidget(self._spared)
        spared.addStretch(1)
        add = QHBoxLayout()
        add.addWidget(push(tr("Add step"), self._add_step))
        add.addWidget(note(tr("0 min: at once. A later step is taken while nobody has acknowledged.")), 1)
        for each in (self.steps, self._faults["steps"]):
            inside.addWidget(each)
        inside.addLayout(add)
        for part in (self._on_return, self._has_quiet, self._quiet_row):
            inside.addWidget(part)
        inside.addLayout(spared)
        inside.addWidget(self._faults["quiet"])
        return frame

    def _words(self) -> QWidget:
        frame, inside = card(tr("What it says"))
        self._subject = field(tr("Subject"), partial(self._set, "subject"))
        self._subject.setFixedWidth(WORDS_PX)
        self._body = QPlainTextEdit()
        self._body.setAccessibleName(tr("Text"))
        self._body.setTabChangesFocus(True)
        self._body.setFixedSize(WORDS_PX, BODY_PX)
        self._body.textChanged.connect(lambda: self._set("body", self._body.toPlainText()))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow(tr("Subject"), _below(self._subject, self._faults["subject"]))
        form.addRow(tr("Text"), _below(self._body, self._faults["body"]))
        known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
        places = note(tr("Places to be filled in: {names}").format(names=known))
        places.setToolTip(tip("\n".join(f"{{{name}}}: {text}" for name, text in PLACEHOLDERS.items())))
        inside.addLayout(form)
        inside.addWidget(places)
        return frame

    # ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _show_places(self, draft: RuleDraft, catalogue: Catalogue) -> None:
        areas = [(each.name, each.id) for each in catalogue.areas]
        stations, types = place_choices(catalogue), type_choices()
        names = [name for name, key in areas if key in draft.areas]
        self.areas.refresh(areas, draft.areas, named(names, tr("All areas")))
        names = [name for name, key in stations if key in draft.stations]
        self.stations.refresh(stations, draft.stations, named(names, tr("All stations")))
        labels = [TYPE_LABELS[AlarmType(each)] for each in draft.types]
        self.types.refresh(types, draft.types, named(labels, tr("All types")))
        self._any_time.setVisible(not draft.periods)

    def _box(self, text: str, name: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setAccessibleName(text)
        box.clicked.connect(lambda is_checked: self._set(name, is_checked))
        return box

    def _set(self, name: str, value: object) -> None:
        if getattr(self._draft, name) != value:
            setattr(self._draft, name, value)
            self._draft.faults.pop(name, None)
            self._presenter.changed()

    def _choose_priorities(self) -> None:
        self._set("priorities", tuple(each for each, box in self._priorities.items() if box.isChecked()))

    def _choose_spared(self, priority: object) -> None:
        self._set("spared", Priority(int(str(priority))))

    def _period_row(self, number: int) -> QWidget:
        name = tr("Period {number}").format(number=number + 1)
        return PeriodRow(name, self._presenter.changed, partial(self._remove_period, number))

    def _step_row(self, number: int) -> QWidget:
        return StepRow(number + 1, self._presenter.changed, partial(self._remove_step, number))

    def _add_period(self) -> None:
        self._draft.periods.append(PeriodDraft(begin="06:00", end="22:00"))
        self._presenter.changed()

    def _remove_period(self, number: int) -> None:
        del self._draft.periods[number]
        self._presenter.changed()

    def _add_step(self) -> None:
        last = self._draft.steps[-1]
        self._draft.steps.append(StepDraft(last.channel, "10"))
        self._presenter.changed()

    def _remove_step(self, number: int) -> None:
        del self._draft.steps[number]
        self._presenter.changed()


def _below(above: QWidget | QHBoxLayout | QVBoxLayout, fault: FaultLabel) -> QVBoxLayout:
    """Return a field with what is wrong with it below."""
    layout = QVBoxLayout()
    layout.setSpacing(2)
    if isinstance(above, QWidget):
        layout.addWidget(above)
    else:
        layout.addLayout(above)
    layout.addWidget(fault)
    return layout
