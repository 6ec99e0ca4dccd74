"""Tags out as a file's text."""

from __future__ import annotations

from collections.abc import Iterable

from hmi.config.csv_files.writing import decimal_of, write_lines
from hmi.config.tag_csv.columns import COLUMNS, cells_of
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import placed_draft_of
from hmi.domain.tags import Tag


def write(tags: Iterable[Tag], catalogue: Catalogue, *, is_european: bool = False) -> str:
    """Return the tags as a file's text; is_european: semicolons between cells, commas in numbers."""
    decimal = decimal_of(is_european=is_european)
    lines = (cells_of(placed_draft_of(tag), catalogue, decimal) for tag in tags)
    return write_lines(COLUMNS, lines, is_european=is_european)
