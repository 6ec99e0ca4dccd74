"""Coastlines and borders as flat arrays that load in milliseconds; build.py makes them, README.md describes them."""
