"""Every key of the trend, as the list of them says it."""

from __future__ import annotations

from typing import Final

KEYS: Final = (
    ("Space, L", "Pause, or go live"),
    ("+ −", "Zoom in, zoom out"),
    ("← →", "Move the cursor; without one, move in time"),
    ("Shift+← →", "Move the cursor in larger steps"),
    ("Ctrl+← →", "Move in time"),
    ("Page Up, Page Down", "Stretch of the same length before, after"),
    ("Backspace, Alt+←", "Back to what was shown before"),
    ("Home", "Fit: every axis finds its range again"),
    ("Z", "Zoom to a rectangle: drag it (or Shift+drag)"),
    ("A, B", "Put or choose cursor A, cursor B (Shift+click: B)"),
    ("Esc", "Take away the cursor, then the chosen pen"),
    ("D", "From–to: calendar, today, this week…"),
    ("[ ]", "Event before, next event"),
    ("N", "Write a note at the cursor"),
    ("1 … 8", "Choose a pen"),
    ("H, Delete", "Hide or remove the chosen pen"),
    ("R", "Range of the chosen pen's axis"),
    ("S", "Draw the chosen pen in steps or as a line"),
    ("V", "Pens, figures, values, events"),
    ("C", "Next chart, when there are several"),
    ("Ctrl+F", "Add a pen"),
    ("Ctrl+C", "Copy the rows that are marked in a table"),
    ("Ctrl+E", "Export what is visible"),
    ("?", "This list"),
)
