"""The range of one value axis: what fits, the whole range, or typed ends."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.drawing.picture import Axis
from hmi.panes.trend.drawing.ranges import AxisRange, RangeMode
from hmi.panes.trend.widgets.popup import Popup
from hmi.ui.label import Label


class AxisPanel(Popup):
    """set_range: takes an axis's key and range, None for what is usual. type_range: returns what is wrong."""

    def __init__(
        self,
        parent: QWidget,
        set_range: Callable[[str, AxisRange | None], None],
        type_range: Callable[[str, str, str], str],
    ) -> None:
        super().__init__(parent)
        self._set_range = set_range
        self._type_range = type_range
        self._key = ""
        self._title = Label()
        self._title.setProperty("kind", "heading")
        self.auto, self.full, self._go = (QPushButton(tr(each)) for each in ("Auto", "Full range", "Set"))
        self.auto.setToolTip(tr("What fits the visible values"))
        self.full.setToolTip(tr("The whole range of the axis's tags"))
        self.low, self.high = QLineEdit(), QLineEdit()
        for field, name in ((self.low, tr("Lower end")), (self.high, tr("Upper end"))):
            field.setAccessibleName(name)
            field.setMaximumWidth(110)
            field.returnPressed.connect(self._take_typed)
        self.auto.clicked.connect(lambda: self._take(RangeMode.AUTO))
        self.full.clicked.connect(lambda: self._take(RangeMode.FULL))
        self._go.clicked.connect(self._take_typed)
        self._lay_out()

    def ask(self, below: QWidget, axis: Axis) -> None:
        """Open under a widget for an axis."""
        self._key = axis.key
        numbers = " ".join(map(str, axis.numbers))
        self._title.setText(tr("Axis {unit} of pen {numbers}").format(unit=axis.unit, numbers=numbers))
        self.low.setText(f"{axis.low:.6g}")
        self.high.setText(f"{axis.high:.6g}")
        self.remark.clear()
        self.open_under(below, self.low)
        self.low.selectAll()

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.addWidget(self._title, 0, 0, 1, 5)
        layout.addWidget(self.auto, 1, 0, 1, 2)
        layout.addWidget(self.full, 1, 2, 1, 3)
        for column, widget in enumerate((Label(tr("From")), self.low, Label(tr("to")), self.high, self._go)):
            layout.addWidget(widget, 2, column)
        layout.addWidget(self.remark, 3, 0, 1, 5)

    def _take(self, mode: RangeMode) -> None:
        self.hide()
        self._set_range(self._key, AxisRange(mode))

    def _take_typed(self) -> None:
        wrong = self._type_range(self._key, self.low.text(), self.high.text())
        self.remark.setText(wrong)
        if not wrong:
            self.hide()
