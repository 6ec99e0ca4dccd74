"""Facts of the page of versions; no Qt."""

from __future__ import annotations

from collections.abc import Callable

from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.versions.kept import KeptFacts
from hmi.panes.versions.whole_file import WholeFile
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    CompareVersions,
    ConfigurationVersion,
    Frame,
    ObjectDifference,
    Port,
    ReadVersions,
    RefusedError,
    RollBack,
)
from hmi.services.port.versions import MOST_DIFFERENCES, NOW
from hmi.ui.pane_facts import Listen

PAGE = 200


class VersionsPresenter:
    """The list of versions, one of them chosen, and either what it changed or what taking it up again would."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self._changed: Callable[[], None] = lambda: None
        self.file = WholeFile(mirror, port)
        self.kept = KeptFacts(mirror, port)
        self.versions: tuple[ConfigurationVersion, ...] = ()
        self.has_more = False
        self.chosen: ConfigurationVersion | None = None
        self.differences: tuple[ObjectDifference, ...] = ()
        self.against_now = False
        self.seen = 0
        """The version that the differences were made against."""
        self.name = ""
        self.said = ""
        self._comparison = 0

    def listen(self, listen: Listen, changed: Callable[[], None], outdated: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when something shown may differ, and `outdated` when there is another version."""
        self._changed = self.file.changed = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & Change.CATALOGUE:
                outdated()
            elif change & Change.USER:
                changed()

        return listen(on_change)

    @property
    def may_roll_back(self) -> bool:
        return self._mirror.user.may_everywhere(Permission.EDIT_DATA)

    @property
    def can_roll_back(self) -> bool:
        """Whether the chosen version can be taken up again: it is an earlier one, whose differences are in sight."""
        return self.may_roll_back and self.against_now and self.chosen is not None and bool(self.differences)

    @property
    def headline(self) -> str:
        """What the list of differences is about, in words."""
        if self.chosen is None:
            return tr("Choose a version to see what it changed.")
        words = (
            tr("What would change now if version {version} were taken up again")
            if self.against_now
            else tr("What version {version} changed")
        ).format(version=self.chosen.version)
        if not self.differences:
            return words + tr(": nothing")
        if len(self.differences) >= MOST_DIFFERENCES:
            return words + tr(" (the first {most:,})").format(most=MOST_DIFFERENCES)
        return words

    async def load(self, *, is_more: bool = False) -> None:
        """Read the newest versions, or those before the last one shown. Raises RefusedError."""
        before, name = self.versions[-1].version if is_more and self.versions else 0, self.name
        found = await self._port.request(ReadVersions(before, name, PAGE))
        if name != self.name:  # something else is looked for by now, and its answer comes
            return
        self.versions = (*self.versions, *found) if is_more else found
        self.has_more = len(found) == PAGE
        if self.chosen is not None and self.against_now:
            await self._compare()  # the configuration is another: so are the differences
        self._changed()

    async def search(self, name: str) -> None:
        """Show only versions that changed an object called so. Raises RefusedError."""
        self.name = name
        await self.load()

    async def choose(self, version: int) -> None:
        """Choose a version. Raises RefusedError."""
        self.chosen = next((each for each in self.versions if each.version == version), None)
        self.said = ""
        await self._compare()
        self._changed()

    async def look(self, *, against_now: bool) -> None:
        """Look at what the version changed, or at what taking it up again would change. Raises RefusedError."""
        self.against_now = against_now
        await self._compare()
        self._changed()

    async def roll_back(self, reason: str) -> None:
        """Take the chosen version up again, as it was looked at. Raises RefusedError."""
        if self.chosen is None:
            raise RefusedError(tr("Choose a version first."))
        made = await self._port.request(RollBack(self.chosen.version, self.seen, reason))
        self.said = tr("Version {old} was taken up again as version {new}.").format(old=self.chosen.version, new=made)
        await self.load()

    async def _compare(self) -> None:
        """Read the differences of what is looked at; an answer that another has overtaken is dropped."""
        self._comparison += 1
        asked, self.differences = self._comparison, ()
        if self.chosen is None:
            return
        number, seen = self.chosen.version, self._mirror.catalogue.version
        from_ = NOW if self.against_now else number - 1
        found = await self._port.request(CompareVersions(from_, number))
        if asked == self._comparison:
            self.differences, self.seen = found, seen
