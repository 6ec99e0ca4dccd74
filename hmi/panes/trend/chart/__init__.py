"""The chart itself: painting and the mouse. Nothing here knows a tag."""
