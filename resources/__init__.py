"""Files the program shows and never changes: icons, map data, palette, handbook."""
