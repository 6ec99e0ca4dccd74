"""Step 6: what the station is called and where it stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.domain.plant import StationKind
from hmi.panes.station_editor.desk import Desk, StepView
from hmi.panes.station_editor.session import EditSession
from hmi.panes.station_editor.words import station_kind_text
from hmi.ui.form_parts import FaultLabel, field, heading, note, push, show_choices, show_text


class PlaceStep(StepView):
    """Name, area, kind, coordinates."""

    def __init__(self, desk: Desk, pick_spot: Callable[[], None]) -> None:
        super().__init__()
        self._desk = desk
        self._faults: dict[str, FaultLabel] = {}
        self._name = self._line("name", tr("Station's name"))
        self._area = QComboBox()
        self._area.setAccessibleName(tr("Area"))
        self._area.setEditable(True)
        self._area.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._area.currentTextChanged.connect(lambda text: self._set("area", text))
        self._kind = QComboBox()
        self._kind.setAccessibleName(tr("Kind of station"))
        self._kind.activated.connect(self._kind_chosen)
        self._latitude = self._line("latitude", tr("Latitude in degrees"))
        self._longitude = self._line("longitude", tr("Longitude in degrees"))
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow(tr("Name"), self._with_fault(self._name, "name"))
        form.addRow(tr("Area"), self._with_fault(self._area, "area"))
        form.addRow(tr("Kind"), self._kind)
        form.addRow(tr("Latitude, °"), self._with_fault(self._latitude, "latitude"))
        form.addRow(tr("Longitude, °"), self._with_fault(self._longitude, "longitude"))
        pick = QHBoxLayout()
        pick.addWidget(push(tr("Choose on the map"), pick_spot))
        pick.addStretch(1)
        form.addRow("", pick)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading(tr("What is it called, and where does it stand?")))
        layout.addLayout(form)
        layout.addWidget(note(tr("An area that is not in the list is made with the station.")))
        layout.addStretch(1)

    def first_field(self) -> QWidget:
        return self._name

    def refresh(self, session: EditSession) -> None:
        draft = session.draft
        show_text(self._name, draft.name)
        self._show_areas(session.areas, draft.area)
        show_choices(self._kind, [(station_kind_text(kind), str(kind)) for kind in StationKind], str(draft.kind))
        show_text(self._latitude, draft.latitude)
        show_text(self._longitude, draft.longitude)
        for name, label in self._faults.items():
            label.say(session.fault(name))

    def _show_areas(self, areas: tuple[str, ...], chosen: str) -> None:
        self._area.blockSignals(True)
        if [self._area.itemText(row) for row in range(self._area.count())] != list(areas):
            self._area.clear()
            self._area.addItems(areas)
        if self._area.currentText().strip() != chosen.strip():
            self._area.setEditText(chosen)
        self._area.blockSignals(False)

    def _line(self, name: str, label: str) -> QLineEdit:
        line = field(label, lambda text: self._set(name, text))
        line.returnPressed.connect(self._desk.go_on)
        return line

    def _with_fault(self, widget: QWidget, name: str) -> QVBoxLayout:
        self._faults[name] = FaultLabel()
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(widget)
        column.addWidget(self._faults[name])
        return column

    def _kind_chosen(self, row: int) -> None:
        self._set("kind", StationKind(self._kind.itemData(row)))

    def _set(self, name: str, value: object) -> None:
        session = self._desk.session()
        if session is not None:
            session.set_place(**{name: value})
