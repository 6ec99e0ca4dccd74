"""Facts of the setup workspace: the list of stations, the one that is being edited, a package that was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from hmi.domain.drafts import StationDraft, draft_of, duplicate_of
from hmi.domain.language import tr
from hmi.panes.station_editor.finding import unlike
from hmi.panes.station_editor.packages import Packages
from hmi.panes.station_editor.session import EditSession, Origin
from hmi.panes.station_editor.station_list import StationList
from hmi.panes.station_editor.tag_files import TagFiles
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port
from hmi.ui.navigator import EditWish, Navigator, Workspace
from hmi.ui.pane_facts import Listen, all_of


class Page(StrEnum):
    """What the workspace shows."""

    LIST = "list"
    EDITOR = "editor"
    IMPORT = "import"
    TAG_IMPORT = "tag import"


class StationEditorPresenter:
    """One editing at a time; a wish for another while one is unsaved is refused in words."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._tell: Callable[[], None] = lambda: None
        self.session: EditSession | None = None
        self.stations = StationList(mirror, port, self._changed)
        self.packages = Packages(port, self._changed)
        self.tag_files = TagFiles(mirror, port, self._changed)

    def listen(
        self, listen: Listen, changed: Callable[[], None], wished: Callable[[EditWish, UUID | None], None]
    ) -> Callable[[], None]:
        """Call `changed` when anything shown may differ, `wished` when another pane wants a station edited."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.CATALOGUE | Change.LINKS | Change.USER):
                changed()

        return all_of(listen(on_change), self._navigator.on_edit(wished))

    @property
    def _files(self) -> tuple[Packages | TagFiles, ...]:
        return (self.packages, self.tag_files)

    @property
    def place(self) -> UUID | None:
        """The station that is selected in every pane."""
        return self._navigator.place.station_id

    @property
    def page(self) -> Page:
        if self.session is not None:
            return Page.EDITOR
        if self.tag_files.importing is not None:
            return Page.TAG_IMPORT
        return Page.IMPORT if self.packages.name else Page.LIST

    async def add(self) -> None:
        """Begin a new station, in the area of the selected one."""
        area = self._area_of_selection()
        await self._begin(StationDraft(area=area), Origin.NEW)

    async def edit(self, station_id: UUID) -> None:
        """Begin to edit a station."""
        if station_id in self._mirror.catalogue.station_by_id:
            await self._begin(draft_of(self._mirror.catalogue, station_id), Origin.SAVED)

    async def duplicate(self, station_id: UUID) -> None:
        """Begin another station like this one."""
        catalogue = self._mirror.catalogue
        if station_id in catalogue.station_by_id:
            draft = draft_of(catalogue, station_id)
            name = unlike(tr("{name} copy").format(name=draft.name), [each.name for each in catalogue.stations])
            await self._begin(duplicate_of(draft, name), Origin.COPY)

    async def switch(self, station_id: UUID) -> None:
        """Switch a station on, or ask whether it may be switched off."""
        if self._is_free():
            await self.leave()
            if self.stations.is_on(station_id):
                self.stations.ask_switch_off(station_id)
            else:
                await self.stations.switch(station_id, is_on=True)

    async def delete(self, station_id: UUID) -> None:
        """Ask whether a station may be deleted."""
        if self._is_free():
            await self.leave()
            self._let_go_of_files()
            self.stations.ask_delete(station_id)

    async def go_on(self) -> None:
        """Do what leaving the present step means; after the last the station is on the map, selected."""
        if self.session is None:
            return
        self._after_save(await self.session.go_on())

    async def save(self) -> None:
        """Save from any step."""
        if self.session is None:
            return
        self._after_save(await self.session.save())

    async def leave(self) -> None:
        """End the editing without saving, and every link that was opened for it."""
        session, self.session = self.session, None
        self._changed()
        if session is not None:
            await session.leave()

    @property
    def is_busy(self) -> bool:
        """Whether the list waits for something."""
        return self.stations.work.is_busy or self.packages.work.is_busy or self.tag_files.work.is_busy

    @property
    def said(self) -> str:
        """What the list waits for, or what came of it."""
        words = self.stations.work.words or self.packages.work.words or self.tag_files.work.words
        return words or next((each.message for each in self._files if each.message and not each.is_trouble), "")

    @property
    def fault(self) -> str:
        """What went wrong last; empty for nothing."""
        trouble = next((each.message for each in self._files if each.is_trouble), "")
        return self.stations.message or trouble

    async def export(self, station_ids: Sequence[UUID], path: Path) -> None:
        """Write stations to a file; all where none is named."""
        self._let_go_of_files()
        chosen = tuple(station_ids) or tuple(row.id for row in self.stations.rows())
        await self.packages.export(chosen, path)

    async def export_tags(self, station_ids: Sequence[UUID], path: Path, *, is_european: bool) -> None:
        """Write the tags of stations to a file; of all where none is named."""
        self._let_go_of_files()
        await self.tag_files.export(station_ids, path, is_european=is_european)

    async def read_package(self, path: Path) -> None:
        """Look at a package."""
        self._let_go_of_files()
        await self.packages.read(path)

    async def read_tags(self, path: Path) -> None:
        """Look at a file of tags."""
        self._let_go_of_files()
        await self.tag_files.begin_import(path)

    def pick_spot(self) -> None:
        """Let the station's place be chosen on the map."""
        if self.session is not None:
            name = self.session.draft.name.strip() or tr("the new station")
            self._navigator.ask_spot(name, self.session.set_spot)

    def _after_save(self, station_id: UUID | None) -> None:
        if station_id is not None:
            self.session = None
            self._changed()
            self._navigator.open_station(station_id, Workspace.MAP)

    async def _begin(self, draft: StationDraft, origin: Origin) -> None:
        if not self._is_free():
            return
        before, self.session = self.session, EditSession(self._mirror, self._port, draft, origin, self._changed)
        self._let_go_of_files()
        self.stations.question, self.stations.message = None, ""
        self._changed()
        if before is not None:
            await before.leave()

    def _is_free(self) -> bool:
        """Whether something else may be begun: not without leave, and not over an editing that is unsaved."""
        if not self.stations.may_edit:
            self.stations.message = self.stations.why_not
        elif self.session is not None and self.session.is_dirty:
            self.session.message = tr("Save or cancel this station first.")
        else:
            return True
        self._changed()
        return False

    def _area_of_selection(self) -> str:
        catalogue = self._mirror.catalogue
        station = catalogue.station_by_id.get(self._navigator.place.station_id or UUID(int=0))
        return catalogue.area_by_id[station.area_id].name if station is not None else ""

    def _let_go_of_files(self) -> None:
        self.packages.let_go()
        self.tag_files.let_go()

    def _changed(self) -> None:
        self._tell()
