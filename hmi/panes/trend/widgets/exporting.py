"""Exports of what is visible: asks for a path, writes, says how it went."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.board import Board, Layout
from hmi.panes.trend.chart.panel import ChartPanel, range_text
from hmi.panes.trend.export.buckets import BucketRows
from hmi.panes.trend.export.csv_file import csv_lines, width_text, write_csv
from hmi.panes.trend.export.paper import Sheet, pdf_of
from hmi.panes.trend.export.picture_file import PicturePart, picture_of
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.timeline.ticks import local, zone_text
from hmi.panes.trend.widgets.toolbar import Toolbar
from hmi.ui.theme import Theme

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
        self, owner: QWidget, toolbar: Toolbar, board: Board, panels: Sequence[ChartPanel], theme: Theme, start: Start
    ) -> None:
        self._owner = owner
        self._board = board
        self._panels = panels
        self._theme = theme
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
        if kind == "csv":
            work = self._write_csv(chart, path)
        else:
            work = self._write_pdf(chart, path) if kind == "pdf" else self._write_png(chart, path, 1 + (kind == "png2"))
        self._start(work, tr("Export"), chart.say)

    async def _write_png(self, chart: TrendPresenter, path: Path, scale: int) -> None:
        now_us = time.time_ns() // 1000
        across = 2 if self._board.layout in (Layout.BESIDE, Layout.GRID) else 1
        parts = [
            PicturePart(panel.chart, range_text(panel.presenter.picture.window), panel.presenter.legend(), row, column)
            for place, panel in enumerate(self._panels[: len(self._board.shown)])
            for row, column in [divmod(place, across)]
            if len(panel.presenter.pens)
        ]
        title = tr("Trend: {stations}").format(stations=_stations(self._board.shown))
        saved = tr("Saved {moment:%Y-%m-%d %H:%M:%S} {zone}").format(moment=local(now_us), zone=zone_text(now_us))
        image = picture_of(title, saved, parts, self._theme.tokens, scale)
        done = await asyncio.to_thread(lambda: QImageWriter(str(path), b"png").write(image))
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
        legend = {(row.number, row.is_past): row.name for row in chart.legend()}
        figures = chart.statistics(is_between_cursors=False)
        heads = ("", "Tag", "Unit", "Min", "Max", "Mean / on", "First", "Last", "Change", "Good")
        sheet = Sheet(
            tr("Trend: {stations}").format(stations=_stations([chart])),
            range_text(chart.picture.window),
            tr("Printed {moment:%Y-%m-%d %H:%M:%S} {zone}").format(moment=local(now_us), zone=zone_text(now_us)),
            tuple(tr(each) if each else "" for each in heads),
            [replace(row, name=legend.get((row.number, row.is_past), row.name)) for row in figures],
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


def _stations(charts: Sequence[TrendPresenter]) -> str:
    """Return the names of the charts' stations, each once."""
    return ", ".join(dict.fromkeys(row.station for chart in charts for row in chart.rows()))
