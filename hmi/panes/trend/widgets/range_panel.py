"""From–to: two fields for typed local times, a calendar, and stretches that have a name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.timeline.moments import Named, day_of, field_remarks, typed_moment, typed_text
from hmi.panes.trend.timeline.ticks import zone_text
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.panes.trend.widgets.popup import Popup
from hmi.ui.label import Label

NAMES = {
    Named.TODAY: "Today",
    Named.YESTERDAY: "Yesterday",
    Named.THIS_WEEK: "This week",
    Named.LAST_WEEK: "Last week",
    Named.THIS_MONTH: "This month",
    Named.LAST_MONTH: "Last month",
}


class RangePanel(Popup):
    """show_typed: gets both texts and returns what is wrong with them. `named` carries a Named."""

    named = Signal(object)

    def __init__(self, parent: QWidget, show_typed: Callable[[str, str], str]) -> None:
        super().__init__(parent)
        self._show_typed = show_typed
        self.start, self.end = QLineEdit(), QLineEdit()
        self._field = self.start
        for field, name in ((self.start, tr("From")), (self.end, tr("To"))):
            field.setAccessibleName(name)
            field.setPlaceholderText("2026-03-29 14:30")
            field.setMinimumWidth(190)
            field.textEdited.connect(self._check)
            field.returnPressed.connect(self.show_range)
        self.calendar = QCalendarWidget()
        self.calendar.setAccessibleName(tr("Calendar"))
        self.calendar.setLocale(QLocale())
        self.calendar.setGridVisible(False)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(day, QTextCharFormat())  # red is for alarms
        self.calendar.clicked.connect(self._take_day)
        self._zone = Label()
        self._zone.setProperty("kind", "second")
        self._go = QPushButton(tr("Show"))
        self._go.setProperty("kind", "primary")
        self._go.clicked.connect(self.show_range)
        self._lay_out()

    def ask(self, below: QWidget, window: TimeWindow) -> None:
        """Open under a widget with a window to begin with."""
        self.start.setText(typed_text(window.start_us))
        self.end.setText(typed_text(window.end_us))
        self._zone.setText(tr("Local time, {zone}").format(zone=zone_text(window.end_us)))
        self.remark.clear()
        self._show_day(self.start)
        self.open_under(below, self.start)
        self.start.selectAll()

    def show_range(self) -> None:
        """Show what is typed, or say what is wrong with it."""
        wrong = self._show_typed(self.start.text(), self.end.text())
        self.remark.setText(wrong)
        if wrong:
            self.adjustSize()
        else:
            self.hide()

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        for name, label in NAMES.items():
            button = QPushButton(tr(label))
            button.setProperty("kind", "cell")
            button.clicked.connect(lambda _checked=False, name=name: self._take_name(name))
            names.addWidget(button)
        names.addStretch(1)
        fields = QGridLayout()
        for row, (label, field) in enumerate(((tr("From"), self.start), (tr("To"), self.end))):
            caption = Label(label)
            caption.setBuddy(field)
            fields.addWidget(caption, row, 0)
            fields.addWidget(field, row, 1)
        layout = QGridLayout(self)
        layout.addLayout(fields, 0, 0)
        layout.addWidget(self.calendar, 1, 0)
        layout.addWidget(self._zone, 2, 0)
        layout.addWidget(self.remark, 3, 0, 1, 2)
        layout.addLayout(names, 0, 1, 2, 1)
        layout.addWidget(self._go, 2, 1)

    def _take_name(self, name: Named) -> None:
        self.hide()
        self.named.emit(name)

    def _take_day(self, day: QDate) -> None:
        """Put a clicked day into the field that was last in use: from its beginning, to the beginning of the next."""
        if self.end.hasFocus() or self._field is self.end:
            self.end.setText(day.addDays(1).toString("yyyy-MM-dd") + " 00:00")
            self._field = self.start
        else:
            self.start.setText(day.toString("yyyy-MM-dd") + " 00:00")
            self._field = self.end
        self._check()

    def _check(self) -> None:
        """Say at once what is known of the typed times."""
        edited = self.sender()
        if edited in (self.start, self.end) and isinstance(edited, QLineEdit):
            self._field = edited
            self._show_day(edited)
        self.remark.setText(field_remarks(typed_moment(self.start.text()), typed_moment(self.end.text())))

    def _show_day(self, field: QLineEdit) -> None:
        day = day_of(field.text())
        if day is not None:
            self.calendar.setSelectedDate(QDate(day.year, day.month, day.day))
