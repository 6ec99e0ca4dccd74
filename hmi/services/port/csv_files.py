"""What importing a CSV file would do, as it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from hmi.config.csv_files import CsvDifferences
from hmi.config.csv_files.differences import Draft


@dataclass(frozen=True, slots=True)
class CsvPreview(Generic[Draft]):
    """What importing a file would do; `seal` is of the file and of the configuration that it was compared with."""

    differences: CsvDifferences[Draft]
    seal: str
