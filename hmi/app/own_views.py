"""What each user had open: kept when another signs in, and taken up again with them. The picture never goes away."""

from __future__ import annotations

from hmi.app.assembly import Assembly
from hmi.app.session import OwnView, Session
from hmi.services.mirror import Change
from hmi.services.port import Frame
from hmi.ui.navigator import Navigator
from hmi.ui.theme import Theme


class OwnViews:
    """Follows who is signed in with an account; whoever signs out leaves all as it is for who comes next."""

    def __init__(self, session: Session, assembly: Assembly, theme: Theme, navigator: Navigator) -> None:
        self._session = session
        self._assembly = assembly
        self._theme = theme
        self._navigator = navigator
        self._name = ""
        self._remove = assembly.mirror.listen(self._changed)

    def keep(self) -> None:
        """Remember what the one who is signed in has open."""
        if self._name:
            view = OwnView(self._theme.tokens.name, self._navigator.place, self._assembly.pane_states())
            self._session.keep_user(self._name, view)

    def close(self) -> None:
        """Follow nobody any more."""
        self._remove()

    def _changed(self, change: Change, _frame: Frame) -> None:
        if not change & Change.USER:
            return
        status = self._assembly.mirror.session
        name = status.name if status.session else ""
        if name == self._name:
            return
        self.keep()
        self._name = name
        view = self._session.of_user(name) if name else None
        if view is not None:
            self._take_up(view)

    def _take_up(self, view: OwnView) -> None:
        self._theme.use(view.theme)
        for name, state in view.panes.items():
            if name in self._assembly.frames and isinstance(state, dict):
                self._assembly.restore_pane(name, state)
        stations = self._assembly.mirror.catalogue.station_by_id
        if view.place.station_id is None or view.place.station_id in stations:
            self._navigator.go(view.place)
