"""What is listed: a search box and four lists to choose from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from hmi.domain.alarm_drafts import PRIORITY_LABELS
from hmi.domain.alarms import TYPE_LABELS
from hmi.domain.language import tr
from hmi.panes.alarm_records.field_parts import choice
from hmi.panes.alarm_records.listing import Listing
from hmi.panes.alarm_records.rows import SHOW_LABELS
from hmi.ui.form_parts import field, show_choices, show_text

SEARCH_PX: Final = 150


class FilterBar(QWidget):
    """Tells each choice by its name in the filter."""

    def __init__(self, change: Callable[..., None]) -> None:
        super().__init__()
        self.search: QLineEdit = field(tr("Search"), lambda text: change(search=text))
        self.search.setPlaceholderText(tr("Search"))
        self.search.setMinimumWidth(SEARCH_PX)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda text: None if text else change(search=""))
        self._boxes: dict[str, QComboBox] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.search, 2)
        for name, label in (
            ("station_id", tr("Station")),
            ("type", tr("Type")),
            ("priority", tr("Priority")),
            ("show", tr("Shown")),
        ):
            self._boxes[name] = choice(label, partial(_tell, change, name))
            layout.addWidget(self._boxes[name], 1)

    def refresh(self, listing: Listing) -> None:
        """Show the filter."""
        wanted = listing.filter
        show_text(self.search, wanted.search)
        show_choices(self._boxes["station_id"], [(tr("All stations"), None), *listing.stations()], wanted.station_id)
        types = [(tr("All types"), None), *((text, each) for each, text in TYPE_LABELS.items())]
        show_choices(self._boxes["type"], types, wanted.type)
        priorities = [(tr("All priorities"), None), *((text, each) for each, text in PRIORITY_LABELS.items())]
        show_choices(self._boxes["priority"], priorities, wanted.priority)
        show_choices(self._boxes["show"], [(text, each) for each, text in SHOW_LABELS.items()], wanted.show)


def _tell(change: Callable[..., None], name: str, data: object) -> None:
    change(**{name: data})
