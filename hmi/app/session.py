"""What the window looked like when it was last closed: theme, size, place, and each pane's own state.

A convenience, never a fact: a file that is damaged or from another version is passed over.
"""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

from hmi.ui.navigator import Place, Workspace


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
        part = self._part("place")
        try:
            station = part.get("station_id")
            return Place(Workspace(str(part.get("workspace"))), UUID(str(station)) if station else None)
        except ValueError:
            return Place()

    def save(self, theme: str, window: dict[str, str], place: Place, panes: dict[str, object]) -> None:
        """Write the session; a folder that cannot be written is no reason to complain at the end of a shift."""
        text = json.dumps(
            {
                "theme": theme,
                "window": window,
                "place": {
                    "workspace": place.workspace,
                    "station_id": str(place.station_id) if place.station_id else None,
                },
                "panes": panes,
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
