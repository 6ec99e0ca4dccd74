"""Two fields for what numbers are multiplied by and what is added then."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from hmi.domain.language import tr
from hmi.ui.form_parts import field
from hmi.ui.words import number_of


class ScaleFields:
    """Tells both numbers when both are some; what is typed stays as it is."""

    def __init__(self, name: str, use: Callable[[float, float], None]) -> None:
        self._use = use
        self.scale: QLineEdit = field(tr("Multiply {name}").format(name=name), self._typed)
        self.offset: QLineEdit = field(tr("Add to {name}").format(name=name), self._typed)

    def show_numbers(self, scale: float, offset: float) -> None:
        """Show the numbers, unless just they are being typed."""
        for entry, number in ((self.scale, scale), (self.offset, offset)):
            if not entry.hasFocus():
                entry.setText(f"{number:g}")

    def _typed(self, _text: str) -> None:
        scale, offset = number_of(self.scale.text()), number_of(self.offset.text())
        if scale and offset is not None:
            self._use(scale, offset)
