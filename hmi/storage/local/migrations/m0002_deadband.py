"""Step 2: a tag's deadband, which its source is asked to keep back changes within."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = ("ALTER TABLE tag_revision ADD COLUMN deadband FLOAT DEFAULT 0 NOT NULL",)
