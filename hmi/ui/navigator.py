"""Where the operator is: the selected station and tag, the workspace, and the way back. Knows no Qt.

Panes never know each other; they tell the navigator what was chosen, and it tells everyone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

PLACES_KEPT: Final = 50


class Workspace(StrEnum):
    """What the centre of the window shows."""

    MAP = "map"
    TRENDS = "trends"
    ALARMS = "alarms"
    CONTROL = "control"
    SHIFT = "shift"
    HISTORY = "history"
    DIAGNOSTICS = "diagnostics"
    ADMIN = "admin"


class EditWish(StrEnum):
    """What is to be done with a station in the workspace that edits them."""

    ADD = "add"
    EDIT = "edit"
    DUPLICATE = "duplicate"
    SWITCH = "switch"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class SpotWish:
    """A spot on the map that somebody wants chosen, for the thing called `name`; `picked` gets degrees."""

    name: str
    picked: Callable[[float, float], None]
    back_to: Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """One place. tag: dense index, −1 for none."""

    workspace: Workspace = Workspace.MAP
    station_id: UUID | None = None
    tag: int = -1


PlaceListener = Callable[[Place], None]
TrendListener = Callable[[int, int], None]
AlarmListener = Callable[[UUID], None]
EditListener = Callable[[EditWish, UUID | None], None]


class Navigator:
    """Holds the place and its history."""

    def __init__(self) -> None:
        self.place = Place()
        self._back: list[Place] = []
        self._place_listeners: list[PlaceListener] = []
        self._trend_listeners: list[TrendListener] = []
        self._alarm_listeners: list[AlarmListener] = []
        self._edit_listeners: list[EditListener] = []
        self._inbox_listeners: list[Callable[[], None]] = []
        self._spot_listeners: list[Callable[[], None]] = []
        self._support_listeners: list[Callable[[bool], None]] = []
        self.spot_wish: SpotWish | None = None

    def on_place(self, listener: PlaceListener) -> Callable[[], None]:
        """Call the listener with each new place; return what removes it."""
        self._place_listeners.append(listener)
        return lambda: self._place_listeners.remove(listener)

    def on_trend(self, listener: TrendListener) -> Callable[[], None]:
        """Call the listener with each tag whose trend is asked for, and the moment (UTC µs, 0 for now).

        Returns what removes it.
        """
        self._trend_listeners.append(listener)
        return lambda: self._trend_listeners.remove(listener)

    def on_alarm(self, listener: AlarmListener) -> Callable[[], None]:
        """Call the listener with each alarm that is to be looked at in the list; return what removes it."""
        self._alarm_listeners.append(listener)
        return lambda: self._alarm_listeners.remove(listener)

    def on_inbox(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener when somebody wants to see what was missed; return what removes it."""
        self._inbox_listeners.append(listener)
        return lambda: self._inbox_listeners.remove(listener)

    def on_edit(self, listener: EditListener) -> Callable[[], None]:
        """Call the listener with each wish to edit stations; return what removes it."""
        self._edit_listeners.append(listener)
        return lambda: self._edit_listeners.remove(listener)

    def on_spot(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener when a spot is wanted, or no longer; return what removes it."""
        self._spot_listeners.append(listener)
        return lambda: self._spot_listeners.remove(listener)

    def on_support(self, listener: Callable[[bool], None]) -> Callable[[], None]:
        """Call the listener when somebody wants to see crash files, with True for a bundle; return what removes it."""
        self._support_listeners.append(listener)
        return lambda: self._support_listeners.remove(listener)

    def select_station(self, station_id: UUID | None) -> None:
        """Select a station in every pane."""
        self.go(replace(self.place, station_id=station_id, tag=-1))

    def show(self, workspace: Workspace) -> None:
        """Show a workspace; the selection stays."""
        self.go(replace(self.place, workspace=workspace))

    def open_station(self, station_id: UUID, workspace: Workspace) -> None:
        """Select a station and show a workspace in one step."""
        self.go(Place(workspace, station_id))

    def open_trend(self, tag: int, station_id: UUID | None = None, at_us: int = 0) -> None:
        """Show a tag's trend, the one click from any value; at_us: a moment in view (UTC µs), 0 for now."""
        self.go(Place(Workspace.TRENDS, station_id or self.place.station_id, tag))
        for listener in list(self._trend_listeners):
            listener(tag, at_us)

    def open_alarm(self, alarm_id: UUID, station_id: UUID | None = None) -> None:
        """Show an alarm in the list of alarms."""
        self.go(Place(Workspace.ALARMS, station_id))
        for listener in list(self._alarm_listeners):
            listener(alarm_id)

    def open_inbox(self) -> None:
        """Show what the user has missed."""
        self.show(Workspace.SHIFT)
        for listener in list(self._inbox_listeners):
            listener()

    def open_support(self, *, makes_bundle: bool = False) -> None:
        """Show what helps when the program failed."""
        self.show(Workspace.DIAGNOSTICS)
        for listener in list(self._support_listeners):
            listener(makes_bundle)

    def edit_stations(self, wish: EditWish, station_id: UUID | None = None) -> None:
        """Show the workspace that edits stations and say what is wanted there."""
        self.show(Workspace.ADMIN)
        for listener in list(self._edit_listeners):
            listener(wish, station_id)

    def ask_spot(self, name: str, picked: Callable[[float, float], None]) -> None:
        """Show the map for a spot to be chosen; `picked` gets its latitude and longitude, or is never called."""
        self.spot_wish = SpotWish(name, picked, self.place.workspace)
        self.show(Workspace.MAP)
        self._tell_spot()

    def give_spot(self, latitude: float, longitude: float) -> None:
        """Hand over the spot that was wanted and go back to where it was asked for."""
        wish = self.spot_wish
        self.drop_spot()
        if wish is not None:
            wish.picked(latitude, longitude)

    def drop_spot(self) -> None:
        """End the wish for a spot and go back to where it was asked for."""
        wish, self.spot_wish = self.spot_wish, None
        if wish is not None:
            self._tell_spot()
            self.show(wish.back_to)

    def go(self, place: Place) -> None:
        """Go to a place and remember where we came from."""
        if place == self.place:
            return
        self._back = [*self._back[-PLACES_KEPT:], self.place]
        self._arrive(place)

    def back(self) -> None:
        """Go back to where we were before."""
        if self._back:
            self._arrive(self._back.pop())

    def home(self) -> None:
        """Go to the map, with nothing selected."""
        self.go(Place())

    @property
    def can_go_back(self) -> bool:
        return bool(self._back)

    def _tell_spot(self) -> None:
        for listener in list(self._spot_listeners):
            listener()

    def _arrive(self, place: Place) -> None:
        self.place = place
        for listener in list(self._place_listeners):
            listener(place)
