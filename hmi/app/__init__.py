"""The composition root: joins plant, services and window for one run; the only place that knows everything."""

from hmi.app.launch import run

__all__ = ("run",)
