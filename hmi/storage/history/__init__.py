"""Readings in DuckDB: one live file, sealed files of whole days; one writes, one moves, many read, nothing is lost."""
