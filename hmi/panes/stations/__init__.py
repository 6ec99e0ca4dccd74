"""The station tree: areas and stations with the worst alarm and link below each."""
