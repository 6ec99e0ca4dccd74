"""Exports of what is visible: asks for a path, writes, says how it went."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.board import Board
from hmi.panes.trend.chart.panel import range_text
from hmi.panes.trend.export.buckets import BucketRows
from hmi.panes.trend.export.csv_file import csv_lines, width_text, write_csv
from hmi.panes.trend.export.paper import Sheet, pdf_of, save_png
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.timeline.ticks import local, zone_text
from hmi.panes.trend.widgets.toolbar import Toolbar

KINDS: Final = {
    "csv": ("Values as CSV…", "CSV (*.csv)"),
    "png": ("Picture…", "PNG (*.png)"),
    "png2": ("Picture, twice as fine…", "PNG (*.png)"),
    "pdf": ("Page as PDF…", "PDF (*.pdf)"),
}
AskPath = Callable[[str, str, str, Callable[[Path], None]], None]
Start = Callable[[Coroutine[Any, Any, object], str, Callable[[str], None]], None]


class Exporting:
    """ask_path: gets title, filter, a file name and what to call with the path; a file dialog, but for tests."""

    def __init__(
        self, owner: QWidget, toolbar: Toolbar, board: Board, charts: Callable[[], QWidget], start: Start
    ) -> None:
        self._owner = owner
        self._board = board
        self._charts = charts
        self._start = start
        self.ask_path: AskPath = self._ask_path
        toolbar.fill(toolbar.export, self.fill)

    def fill(self, menu: QMenu) -> None:
        """List the kinds of file."""
        for kind, (text, _) in KINDS.items():
            action = menu.addAction(tr(text))
            action.setEnabled(bool(len(self._board.active.pens)))
            action.triggered.connect(lambda _checked=False, kind=kind: self.export(kind))

    def export(self, kind: str) -> None:
        """Ask where to, then write."""
        ending = kind.rstrip("2")
        name = f"trend-{local(time.time_ns() // 1000):%Y%m%d-%H%M%S}.{ending}"
        self.ask_path(tr(KINDS[kind][0]), KINDS[kind][1], name, lambda path: self._write(kind, path))

    def _write(self, kind: str, path: Path) -> None:
        chart = self._board.active
        if kind in ("csv", "pdf"):
            work = self._write_csv(chart, path) if kind == "csv" else self._write_pdf(chart, path)
            self._start(work, tr("Export"), chart.say)
            return
        done = save_png(self._charts(), path, 2 if kind == "png2" else 1)
        self._told(chart, path, "" if done else tr("check that the folder is there and may be written to"))

    async def _write_csv(self, chart: TrendPresenter, path: Path) -> None:
        rows = await chart.rows_for_file()
        lines = csv_lines(rows, chart.stations_by_id, chart.comparison.label)
        try:
            await asyncio.to_thread(write_csv, path, lines)
        except OSError as error:
            self._told(chart, path, error.strerror or str(error))
            return
        # What the rows are comes first: of a long sentence the end may be cut.
        remarks = []
        if isinstance(rows, BucketRows):
            remarks.append(tr("Each row is {width}: low, mean, high.").format(width=width_text(rows)))
        elif rows.is_cut:
            remarks.append(tr("Only the newest rows: zoom in for the others."))
        remarks.append(tr("{count} rows saved as {name}.").format(count=len(rows), name=path.name))
        chart.say(" ".join(remarks))

    async def _write_pdf(self, chart: TrendPresenter, path: Path) -> None:
        now_us = time.time_ns() // 1000
        stations = ", ".join(dict.fromkeys(row.station for row in chart.rows()))
        heads = ("", "Tag", "Unit", "Min", "Max", "Mean / on", "First", "Last", "Change", "Good")
        sheet = Sheet(
            tr("Trend: {stations}").format(stations=stations),
            range_text(chart.picture.window),
            tr("Printed {moment:%Y-%m-%d %H:%M:%S} {zone}").format(moment=local(now_us), zone=zone_text(now_us)),
            tuple(tr(each) if each else "" for each in heads),
            chart.statistics(is_between_cursors=False),
            chart.overlay.marks(chart.picture.window),
        )
        page = pdf_of(chart.picture, sheet)
        try:
            await asyncio.to_thread(path.write_bytes, page)
        except OSError as error:
            self._told(chart, path, error.strerror or str(error))
            return
        self._told(chart, path, "")

    def _told(self, chart: TrendPresenter, path: Path, reason: str) -> None:
        if reason:
            chart.say(tr("{name} was not saved: {reason}.").format(name=path.name, reason=reason.rstrip(".")))
        else:
            chart.say(tr("Saved as {name}.").format(name=path.name))

    def _ask_path(self, title: str, kinds: str, name: str, chosen: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._owner, title.rstrip("…"), name, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(name.rpartition(".")[2])
        dialog.fileSelected.connect(lambda path: chosen(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
