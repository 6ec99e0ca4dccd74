"""Stations to a file and from one. Files are read and written on a worker thread; no Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from hmi.domain.language import tr
from hmi.panes.station_editor.words import stations_text
from hmi.panes.station_editor.work import Work
from hmi.services.port import CompareStations, ExportStations, ImportStations, PackageChange, Port, RefusedError

BYTES_MOST: Final = 50 * 2**20
SUFFIX: Final = ".roams-stations.json"


class FileError(Exception):
    """A file that cannot be used; its text is the reason for the person."""


class Packages:
    """Keeps the package that was read until it is imported or let go."""

    def __init__(self, port: Port, changed: Callable[[], None]) -> None:
        self._port = port
        self._changed = changed
        self._text = ""
        self.work = Work(changed)
        self.name = ""
        """Name of the file that was read; empty for none."""
        self.changes: Sequence[PackageChange] = ()
        self.message = ""
        self.is_trouble = False

    async def export(self, station_ids: Sequence[UUID], path: Path) -> None:
        """Write stations to a file."""
        with self.work.doing(tr("Exporting…")):
            try:
                text = await self._port.request(ExportStations(tuple(station_ids)))
                await asyncio.to_thread(_write, path, text)
            except (RefusedError, FileError) as error:
                self._say(str(error), is_trouble=True)
            else:
                what = stations_text(len(station_ids))
                self._say(tr("Written to {file}: {what}.").format(what=what, file=path.name))

    async def read(self, path: Path) -> None:
        """Read a file and ask what importing it would change."""
        self.let_go()
        with self.work.doing(tr("Reading {file}…").format(file=path.name)):
            try:
                text = await asyncio.to_thread(_read, path)
                changes = await self._port.request(CompareStations(text))
            except (RefusedError, FileError) as error:
                self._say(f"{path.name}: {error}", is_trouble=True)
                return
        self._text, self.name, self.changes = text, path.name, changes
        self._changed()

    async def bring_in(self) -> None:
        """Import what was read; on a refusal it stays to be looked at."""
        with self.work.doing(tr("Importing…")):
            try:
                count = await self._port.request(ImportStations(self._text))
            except RefusedError as error:
                self._say(str(error), is_trouble=True)
                return
        name = self.name
        self.let_go()
        self._say(tr("Imported from {file}: {what}.").format(what=stations_text(count), file=name))

    def let_go(self) -> None:
        """Forget what was read."""
        self.work.cancel()
        self._text, self.name, self.changes = "", "", ()
        self.message, self.is_trouble = "", False
        self._changed()

    def _say(self, sentence: str, *, is_trouble: bool = False) -> None:
        self.message, self.is_trouble = sentence, is_trouble
        self._changed()


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > BYTES_MOST:
            raise FileError(tr("The file is larger than 50 MB; no package of stations is."))
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(tr("The file cannot be read: {reason}.").format(reason=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise FileError(tr("The file is no text, so it is no package of stations.")) from error


def _write(path: Path, text: str) -> None:
    """Write beside and replace, so that a failure leaves what was there."""
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise FileError(tr("The file cannot be written: {reason}.").format(reason=error.strerror)) from error
