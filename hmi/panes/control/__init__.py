"""The control pane: the selected station's equipment, operated in two steps, and what became of each command."""
