"""Lines out, as a text that spreadsheets open: a mark of its encoding first, lines that end as Windows' do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Final

from hmi.config.csv_files.columns import Columns

BYTE_ORDER_MARK: Final = "\ufeff"


def decimal_of(*, is_european: bool) -> str:
    """Return the decimal sign of a file's numbers."""
    return "," if is_european else "."


def write_lines(columns: Columns, lines: Iterable[Mapping[str, str]], *, is_european: bool) -> str:
    """Return cells by column as a file's text; is_european: semicolons between cells."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    rows = csv.writer(text, delimiter=";" if is_european else ",", lineterminator="\r\n")
    rows.writerow(columns.labels.values())
    for cells in lines:
        rows.writerow(cells[name] for name in columns.labels)
    return text.getvalue()
