"""What every layer is handed to paint one frame with."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QPainter

from hmi.panes.map.lettering import MapLettering
from hmi.panes.map.plan import Plan
from hmi.panes.map.projection import Viewport
from hmi.ui.theme import Tokens


@dataclass(frozen=True, slots=True)
class Sheet:
    """One frame: where to, in which look, which part of the world, and where its labels go."""

    painter: QPainter
    tokens: Tokens
    view: Viewport
    plan: Plan
    lettering: MapLettering
