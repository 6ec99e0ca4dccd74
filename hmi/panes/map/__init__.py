"""The map: where the stations are and how they stand; numbers and places know no Qt, layers only paint."""
