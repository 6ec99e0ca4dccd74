"""Benchmarks: `python -m tests.bench NAME [--json] [--quick]`. They show figures and gate nothing by themselves."""
