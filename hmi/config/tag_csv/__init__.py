"""Tags of stations as CSV, both ways: out for a spreadsheet, and in as differences that are looked at first.

One line a tag, one column a field of hmi.domain.drafts.TagDraft, with where it belongs. A line is found again by its
id, or else by its station and name, or its station, connection and address; one that means no tag makes a new one.
Columns that are missing change nothing; neither does an empty cell, but in the unit, which it empties. What means
nothing for a kind of tag is empty, and not read.
"""

from hmi.config.tag_csv.comparing import compare
from hmi.config.tag_csv.writing import write

__all__ = ["compare", "write"]
