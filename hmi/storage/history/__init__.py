"""Samples in DuckDB: one live file that one thread writes; a damaged file is set aside and never stops the program."""
