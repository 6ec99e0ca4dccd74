"""Numbers of things in words; no Qt."""

from __future__ import annotations

from hmi.domain.language import tr


def records_text(count: int) -> str:
    """Return how many records."""
    return tr("1 record") if count == 1 else tr("{count} records").format(count=count)


def tags_text(count: int) -> str:
    """Return how many tags."""
    return tr("1 tag") if count == 1 else tr("{count} tags").format(count=count)


def lines_text(count: int) -> str:
    """Return how many lines of a file."""
    return tr("1 line") if count == 1 else tr("{count} lines").format(count=count)
