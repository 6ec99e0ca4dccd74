"""What the toolbar's menus hold, made anew each time that one opens."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QMenu, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.board import Board, Layout
from hmi.panes.trend.comparing import SHIFTS, free_shift
from hmi.panes.trend.drawing.limits import LimitsOf
from hmi.panes.trend.groups import Groups
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.timeline.shift import Shift
from hmi.panes.trend.widgets.confirm_panel import ConfirmPanel
from hmi.panes.trend.widgets.text_panel import TextPanel
from hmi.panes.trend.widgets.toolbar import Toolbar, add_choice
from hmi.services.port import MOST_NAME, EventKind

Start = Callable[[Coroutine[Any, Any, object], str, Callable[[str], None]], None]

LAYOUTS: Final = {
    Layout.ONE: "One chart",
    Layout.BESIDE: "Two side by side",
    Layout.BELOW: "Two, one above the other",
    Layout.GRID: "Four",
}


class Menus:
    """Fills the menus and opens the small panels that they lead to. start: runs a coroutine, tells a refusal."""

    def __init__(self, owner: QWidget, toolbar: Toolbar, board: Board, groups: Groups, start: Start) -> None:
        self._toolbar = toolbar
        self._board = board
        self.groups = groups
        self._start = start
        self.name_panel = TextPanel(owner, tr("Name of the group"), "Save")
        self.rename_panel = TextPanel(owner, tr("New name of the group"), "Rename")
        self.shift_panel = TextPanel(owner, tr("How far back"), "Compare", 160)
        self.delete_panel = ConfirmPanel(owner, "Delete")
        self.delete_panel.confirmed.connect(self._delete_group)
        self.name_panel.given.connect(self._save_group)
        self.rename_panel.given.connect(self._rename_group)
        self.shift_panel.given.connect(self._compare_typed)
        toolbar.fill(toolbar.groups, self.fill_groups)
        toolbar.fill(toolbar.compare, self.fill_compare)
        toolbar.fill(toolbar.show_menu, self.fill_show)
        toolbar.fill(toolbar.charts, self.fill_charts)

    @property
    def _active(self) -> TrendPresenter:
        return self._board.active

    def fill_groups(self, menu: QMenu) -> None:
        """List the groups, and what can be done with the current one."""
        for group in self.groups.groups:
            is_current = group.id == self.groups.current
            add_choice(menu, group.name.replace("&", "&&"), is_current, partial(self._open_group, group.id))
        if not self.groups.groups:
            menu.addAction(tr("No groups yet")).setEnabled(False)
        menu.addSeparator()
        save = menu.addAction(tr("Save these pens as…"))
        save.setEnabled(bool(len(self._active.pens)))
        save.triggered.connect(self._ask_name)
        current = self.groups.current_group
        for text, act in (
            (tr("Save changes to “{name}”"), self._save_current),
            (tr("Rename “{name}”…"), self._ask_rename),
            ("", None),
            (tr("Delete “{name}”…"), self._ask_delete),
        ):
            if current is not None and act is None:
                menu.addSeparator()
            elif current is not None:
                menu.addAction(text.format(name=current.name).replace("&", "&&")).triggered.connect(act)

    def fill_compare(self, menu: QMenu) -> None:
        """List how far back a comparison may lie."""
        now = self._active.comparison.shift
        add_choice(menu, tr("No comparison"), now is None, lambda _: self._active.compare(None))
        for name, shift in SHIFTS.items():
            text = tr("{span} before").format(span=tr(name))
            add_choice(menu, text, now == shift, partial(self._compare, shift))
        is_free = now is not None and now not in SHIFTS.values()
        other = tr("Other…") if not is_free else tr("Other: {span}…").format(span=self._active.comparison.label)
        add_choice(menu, other, is_free, lambda _: self._ask_shift())

    def fill_show(self, menu: QMenu) -> None:
        """List what can be shown with the lines."""
        active = self._active
        add_choice(menu, tr("Full ranges"), active.is_full_range, active.set_full_range)
        add_choice(menu, tr("Band from lowest to highest"), active.has_bands, active.set_bands)
        menu.addAction(tr("Fit the axes (Home)")).triggered.connect(self._fit)
        menu.addSeparator()
        for limits, text in (
            (LimitsOf.CHOSEN, tr("Limits of the chosen pen")),
            (LimitsOf.ALL, tr("Limits of all pens")),
            (LimitsOf.NONE, tr("No limits")),
        ):
            add_choice(menu, text, active.limits is limits, partial(self._set_limits, limits))
        menu.addSeparator()
        for kind, text in (
            (EventKind.ALARM, tr("Alarms")),
            (EventKind.COMMAND, tr("Commands")),
            (EventKind.NOTE, tr("Notes")),
        ):
            add_choice(menu, text, kind in active.overlay.kinds, partial(active.overlay.toggle, kind))

    def fill_charts(self, menu: QMenu) -> None:
        """List how many charts there may be."""
        for layout, text in LAYOUTS.items():
            add_choice(menu, tr(text), self._board.layout is layout, partial(self._lay_out, layout))
        menu.addSeparator()
        is_possible = self._board.layout is not Layout.ONE
        common = tr("Common time")
        add_choice(menu, common, self._board.is_time_common, self._board.share_time, is_enabled=is_possible)

    # ── what they do ──────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self, layout: Layout, _is_checked: bool) -> None:
        self._board.lay_out(layout)

    def _fit(self) -> None:
        self._active.travel.fit()

    def _set_limits(self, limits: LimitsOf, _is_checked: bool) -> None:
        self._active.set_limits(limits)

    def _compare(self, shift: Shift, _is_checked: bool) -> None:
        self._active.compare(shift)

    def _ask_shift(self) -> None:
        self.shift_panel.ask(self._toolbar.compare, tr("How far back: for instance 3 d, or 2 d 12 h"))

    def _compare_typed(self, text: str) -> None:
        shift = free_shift(text)
        if shift is None:
            self.shift_panel.refuse(tr("Type days and hours, such as 3 d or 36 h; ten years are the most."))
            return
        self.shift_panel.hide()
        self._active.compare(shift)

    def _open_group(self, group_id: UUID, _is_checked: bool) -> None:
        definition = self.groups.opened(group_id)
        if definition is not None:
            self._active.replace_pens(definition)

    def _ask_name(self) -> None:
        self.name_panel.ask(self._toolbar.groups, tr("Save these pens, their axes and the span as"), most=2 * MOST_NAME)

    def _save_group(self, name: str) -> None:
        self._begin(self.groups.save(name, self._active.state()), tr("Save group"), self.name_panel)

    def _save_current(self) -> None:
        current = self.groups.current_group
        if current is not None:
            self._begin(self.groups.save(current.name, self._active.state()), tr("Save group"), None)

    def _ask_rename(self) -> None:
        current = self.groups.current_group
        if current is not None:
            self.rename_panel.ask(self._toolbar.groups, tr("New name"), current.name, 2 * MOST_NAME)

    def _rename_group(self, name: str) -> None:
        self._begin(self.groups.rename(name), tr("Rename group"), self.rename_panel)

    def _ask_delete(self) -> None:
        current = self.groups.current_group
        if current is not None:
            question = tr("Delete the group “{name}” for everyone?").format(name=current.name)
            self.delete_panel.ask(self._toolbar.groups, question)

    def _delete_group(self) -> None:
        self._begin(self.groups.delete(), tr("Delete group"), self.delete_panel)

    def _begin(self, work: Coroutine[Any, Any, object], name: str, panel: TextPanel | ConfirmPanel | None) -> None:
        async def then_close() -> None:
            await work
            if panel is not None:
                panel.hide()

        self._start(then_close(), name, panel.refuse if panel is not None else self._say)

    def _say(self, sentence: str) -> None:
        self._active.say(sentence)
