"""Facts of the whole configuration to a file and from one: what a file would change, before it does; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.mirror import Mirror
from hmi.services.port import (
    CompareConfiguration,
    ConfigurationPreview,
    ExportConfiguration,
    ImportConfiguration,
    Port,
    RefusedError,
)

EVERYTHING = (
    Permission.EDIT_STATIONS,
    Permission.EDIT_ALARMS,
    Permission.EDIT_USERS,
    Permission.EDIT_NOTIFICATIONS,
    Permission.EDIT_DATA,
)


class WholeFile:
    """Keeps the file that is looked at until it is imported or let go; `changed` is called after each change."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self.changed: Callable[[], None] = lambda: None
        self.path: Path | None = None
        self.preview: ConfigurationPreview | None = None
        """What the file would change; None while that is being found out, or cannot be."""
        self.removes = False
        self.is_busy = False
        self.fault = ""
        self.said = ""

    @property
    def may(self) -> bool:
        """Whether the user may do all that an import does."""
        return all(self._mirror.user.may_everywhere(each) for each in EVERYTHING)

    @property
    def title(self) -> str:
        return tr("Import {name}").format(name=self.path.name) if self.path is not None else ""

    @property
    def words(self) -> str:
        """How much would change."""
        if self.preview is None:
            return "" if self.fault else tr("Comparing…")
        count, shown = self.preview.count, len(self.preview.differences)
        if not count:
            return tr("Nothing differs from what is here already.")
        words = tr("Differences: {count:,}. Nothing is changed before you import.").format(count=count)
        return words if shown == count else words + " " + tr("The first {shown:,} are shown.").format(shown=shown)

    @property
    def can_import(self) -> bool:
        return self.may and not self.is_busy and self.preview is not None and self.preview.count > 0

    def rows(self) -> list[tuple[str, str, str]]:
        """Return what would change: what, which, how."""
        found = self.preview.differences if self.preview is not None else ()
        return [(each.what, each.name, each.change) for each in found]

    async def export(self, path: Path) -> None:
        """Write everything but secrets to a file."""
        self.said = tr("Exporting…")
        self.changed()
        try:
            self.said = await self._port.request(ExportConfiguration(path))
            self.fault = ""
        except RefusedError as error:
            self.said, self.fault = "", str(error)
        self.changed()

    async def read(self, path: Path) -> None:
        """Ask what importing a file would change."""
        self.path, self.removes, self.said = path, False, ""
        await self._compare()

    async def set_removes(self, *, removes: bool) -> None:
        """Say whether what the file does not have is to go."""
        self.removes = removes
        await self._compare()

    async def bring_in(self) -> None:
        """Import what was looked at; on a refusal it stays to be looked at."""
        path, preview = self.path, self.preview
        if path is None or preview is None:
            return
        self.is_busy, self.fault = True, ""
        self.changed()
        try:
            said = await self._port.request(ImportConfiguration(path, self.removes, preview.seal))
            self.let_go()
            self.said = said
        except RefusedError as error:
            self.fault = str(error)
        finally:
            self.is_busy = False
            self.changed()

    def let_go(self) -> None:
        """Forget the file."""
        self.path, self.preview, self.removes = None, None, False
        self.fault = self.said = ""
        self.changed()

    async def _compare(self) -> None:
        path, removes = self.path, self.removes
        self.preview, self.fault = None, ""
        self.changed()
        if path is None:
            return
        found, fault = None, ""
        try:
            found = await self._port.request(CompareConfiguration(path, removes))
        except RefusedError as error:
            fault = str(error)
        if (path, removes) == (self.path, self.removes):  # nothing else is looked at by now
            self.preview, self.fault = found, fault
            self.changed()
