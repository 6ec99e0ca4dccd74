"""What each key of the trend does; keys.KEYS says it to people."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from hmi.panes.trend.chart.time_box import ZOOM
from hmi.panes.trend.cursors import Cursor
from hmi.panes.trend.pens import MOST_PENS, Draws
from hmi.panes.trend.presenter import TrendPresenter

KEY_PAN: Final = 0.1
KEY_CURSOR_PX: Final = 2
KEY_CURSOR_FAR_PX: Final = 20

NONE: Final = Qt.KeyboardModifier.NoModifier
SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
CONTROL: Final = Qt.KeyboardModifier.ControlModifier
ALT: Final = Qt.KeyboardModifier.AltModifier
Key = Qt.Key


class KeyHand:
    """chart: returns the active one. columns: how many pixels wide it is."""

    def __init__(self, chart: Callable[[], TrendPresenter], columns: Callable[[], int]) -> None:
        self._chart = chart
        self._columns = columns
        self._acts: dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[], object]] = {
            (Key.Key_Space, NONE): self.toggle_live,
            (Key.Key_L, NONE): self._go_live,
            (Key.Key_Plus, NONE): lambda: chart().zoom_in_place(1 / ZOOM),
            (Key.Key_Plus, SHIFT): lambda: chart().zoom_in_place(1 / ZOOM),
            (Key.Key_Equal, NONE): lambda: chart().zoom_in_place(1 / ZOOM),
            (Key.Key_Minus, NONE): lambda: chart().zoom_in_place(ZOOM),
            (Key.Key_PageUp, NONE): lambda: chart().travel.step(-1),
            (Key.Key_PageDown, NONE): lambda: chart().travel.step(1),
            (Key.Key_Backspace, NONE): self._back,
            (Key.Key_Left, ALT): self._back,
            (Key.Key_Home, NONE): self._fit,
            (Key.Key_A, NONE): lambda: chart().choose_cursor(Cursor.A),
            (Key.Key_B, NONE): lambda: chart().choose_cursor(Cursor.B),
            (Key.Key_BracketLeft, NONE): lambda: chart().step_event(-1),
            (Key.Key_BracketRight, NONE): lambda: chart().step_event(1),
            (Key.Key_H, NONE): self._hide,
            (Key.Key_S, NONE): self._step,
            (Key.Key_Delete, NONE): self._remove,
        }
        for key, direction in ((Key.Key_Left, -1), (Key.Key_Right, 1)):
            self._acts[key, NONE] = partial(self._move, direction, KEY_CURSOR_PX)
            self._acts[key, SHIFT] = partial(self._move, direction, KEY_CURSOR_FAR_PX)
            self._acts[key, CONTROL] = partial(self._pan, direction)
        for number in range(1, MOST_PENS + 1):
            self._acts[Qt.Key(Key.Key_0 + number), NONE] = partial(self._choose, number)

    def add(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, act: Callable[[], object]) -> None:
        """Let a key do what only the pane can do."""
        self._acts[key, modifiers] = act

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; whether it means anything."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        act = self._acts.get((Qt.Key(event.key()), modifiers))
        if event.key() == Key.Key_Escape:
            return self._escape()
        if act is None:
            return False
        act()
        return True

    def toggle_live(self) -> None:
        """Pause, or go live."""
        travel = self._chart().travel
        if travel.window.is_live:
            travel.pause()
        else:
            travel.go_live()

    def _go_live(self) -> None:
        if not self._chart().window.is_live:  # L only ever leads there
            self._chart().travel.go_live()

    def _move(self, direction: int, pixels: int) -> None:
        chart = self._chart()
        if chart.cursor_us is None:
            self._pan(direction)
        else:
            chart.move_cursor(direction * round(pixels * chart.window.span_us / max(1, self._columns())))

    def _pan(self, direction: int) -> None:
        chart = self._chart()
        chart.travel.pan(direction * round(KEY_PAN * chart.window.span_us))

    def _back(self) -> None:
        self._chart().travel.back()

    def _fit(self) -> None:
        self._chart().travel.fit()

    def _escape(self) -> bool:
        chart = self._chart()
        if chart.drop_cursor():
            return True
        if chart.emphasised is None:
            return False
        chart.emphasise(None)
        return True

    def _choose(self, number: int) -> None:
        chart = self._chart()
        if chart.pens.by_number(number) is not None:
            chart.emphasise(None if chart.emphasised == number else number)

    def _hide(self) -> None:
        chart = self._chart()
        pen = chart.chosen_pen
        if pen is not None:
            chart.hide(pen.number, not pen.is_hidden)

    def _step(self) -> None:
        chart = self._chart()
        pen = chart.chosen_pen
        if pen is not None and not pen.is_lane:
            chart.set_drawing(pen.number, Draws.LINE if pen.is_stepped else Draws.STEPS)

    def _remove(self) -> None:
        chart = self._chart()
        if chart.emphasised is not None:
            chart.remove(chart.emphasised)
