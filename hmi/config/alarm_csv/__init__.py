"""Alarm records as CSV, both ways: out for a spreadsheet, and in as differences that are looked at before they apply.

One line a record, one column a field; the names of columns are those of hmi.domain.alarm_drafts.FIELD_LABELS, or the
fields' own. A line is found again by its id, or else by its tag and type. Columns that are missing change nothing;
neither does an empty cell, but in a text, which it empties. Revision and approval go out to be read and are not taken
back.
"""

from hmi.config.alarm_csv.comparing import compare
from hmi.config.alarm_csv.writing import write

__all__ = ["compare", "write"]
