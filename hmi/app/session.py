"""What the window looked like when it was last closed: theme, size, place, and each pane's own state.

A convenience, never a fact: a file that is damaged or from another version is passed over.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from hmi.domain.accounts import name_key
from hmi.ui.navigator import Place, Workspace

USERS_KEPT: Final = 50


@dataclass(frozen=True, slots=True)
class OwnView:
    """What one user had open."""

    theme: str
    place: Place
    panes: dict[str, object]


class Session:
    """Reads at once; `save` writes the whole file anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved = ""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        self._found: dict[str, object] = found if isinstance(found, dict) else {}

    @property
    def theme(self) -> str:
        return "dark" if self._found.get("theme") == "dark" else "light"

    @property
    def window(self) -> dict[str, object]:
        return self._part("window")

    @property
    def panes(self) -> dict[str, object]:
        return self._part("panes")

    @property
    def place(self) -> Place:
        """Where the operator was; the map for anything that is no place."""
        return _place_of(self._part("place"))

    def of_user(self, name: str) -> OwnView | None:
        """Return what a user had open; None for one who is new here."""
        found = self._users.get(_user_key(name))
        if not isinstance(found, dict):
            return None
        place, panes = found.get("place"), found.get("panes")
        return OwnView(
            "dark" if found.get("theme") == "dark" else "light",
            _place_of(place if isinstance(place, dict) else {}),
            panes if isinstance(panes, dict) else {},
        )

    def keep_user(self, name: str, view: OwnView) -> None:
        """Remember what a user has open, until the file is saved; the one who was here longest ago is forgotten."""
        users = self._users
        users.pop(_user_key(name), None)
        users[_user_key(name)] = {"theme": view.theme, "place": _place_row(view.place), "panes": view.panes}
        while len(users) > USERS_KEPT:
            del users[next(iter(users))]
        self._found["users"] = users

    def save(self, theme: str, window: dict[str, str], place: Place, panes: dict[str, object]) -> None:
        """Write the session; a folder that cannot be written is no reason to complain at the end of a shift."""
        text = json.dumps(
            {
                "theme": theme,
                "window": window,
                "place": _place_row(place),
                "panes": panes,
                "users": self._users,
            }
        )
        if text == self._saved:
            return
        partial = self._path.with_suffix(".part")
        try:
            partial.write_text(text, encoding="utf-8")
            partial.replace(self._path)
        except OSError:
            return
        self._saved = text

    def _part(self, name: str) -> dict[str, object]:
        part = self._found.get(name)
        return part if isinstance(part, dict) else {}

    @property
    def _users(self) -> dict[str, Any]:
        return self._part("users")


def _user_key(name: str) -> str:
    """Return what a user is called in the file: no name, since the file tells nobody who may sign in."""
    return hashlib.sha256(name_key(name).encode()).hexdigest()[:16]


def _place_of(part: dict[str, object]) -> Place:
    try:
        station = part.get("station_id")
        return Place(Workspace(str(part.get("workspace"))), UUID(str(station)) if station else None)
    except ValueError:
        return Place()


def _place_row(place: Place) -> dict[str, object]:
    return {"workspace": place.workspace, "station_id": str(place.station_id) if place.station_id else None}
