"""What CSV files of configured objects have in common: reading, writing, and comparing before anything is taken in.

One line an object, one column a field; headings are labels or the fields' own names. Columns that are missing change
nothing. A line that cannot be read or taken costs only itself.
"""

from hmi.config.csv_files.differences import CsvChange, CsvDifferences, CsvFault
from hmi.config.csv_files.reading import BYTES_MOST, CsvError

__all__ = ["BYTES_MOST", "CsvChange", "CsvDifferences", "CsvError", "CsvFault"]
