"""The faceplate: everything of the selected station, value by value."""
