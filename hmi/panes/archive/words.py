"""Words of this pane; no Qt."""

from __future__ import annotations

from datetime import UTC, datetime

from hmi.domain.language import tr
from hmi.services.port import JobState
from hmi.storage.exchange.mapping import QualityCode, TimeFormat, Twice
from hmi.storage.exchange.sheet import ExportFormat
from hmi.storage.history.records import FileKind

MB, GB = 1_000_000, 1_000_000_000


def bytes_text(size: float) -> str:
    """Return a size with a unit that fits."""
    if size >= GB:
        return f"{size / GB:,.2f} GB"
    return f"{size / MB:,.1f} MB"


def day_text(at_us: int) -> str:
    """Return a UTC day, or a dash for none."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%d") if at_us else "–"


def days_text(first_us: int, end_us: int) -> str:
    """Return UTC days from a first one to before an end: both ends are days that belong, one day stands alone."""
    first, last = day_text(first_us), day_text(max(first_us, end_us - 1))
    return first if first == last else f"{first} – {last}"


def kind_text(kind: FileKind) -> str:
    """Return what a file of the history holds."""
    return {
        FileKind.LIVE: tr("Being written"),
        FileKind.SEALED: tr("Complete"),
        FileKind.DAMAGED: tr("Damaged, set aside"),
    }[kind]


def job_text(state: JobState) -> str:
    """Return how a job stands."""
    return {
        JobState.RUNNING: tr("Running"),
        JobState.DONE: tr("Done"),
        JobState.FAILED: tr("Failed"),
        JobState.CANCELLED: tr("Cancelled"),
    }[state]


FORMATS = (
    (tr("CSV, for nearly every program"), ExportFormat.CSV),
    (tr("XLSX, a spreadsheet"), ExportFormat.XLSX),
    (tr("Parquet, small and fast for analysis"), ExportFormat.PARQUET),
    (tr("JSON, one object a line"), ExportFormat.JSON_LINES),
    (tr("JSON, one array"), ExportFormat.JSON),
)
SHAPES = ((tr("One row a reading"), False), (tr("One column a tag"), True))
PRECISIONS = ((tr("As displayed, and 3 digits more"), False), (tr("All digits"), True))
WIDTHS = (
    (tr("Every reading"), 0),
    (tr("Averages of 1 minute"), 60),
    (tr("Averages of 15 minutes"), 900),
    (tr("Averages of 1 hour"), 3600),
    (tr("Averages of 1 day"), 86_400),
)
TIME_FORMATS = (
    (tr("2026-01-31 (ISO 8601)"), TimeFormat.ISO),
    (tr("Day first, 31.01.2026"), TimeFormat.DAY_FIRST),
    (tr("Month first, 01/31/2026"), TimeFormat.MONTH_FIRST),
    (tr("Seconds since 1970"), TimeFormat.EPOCH_S),
    (tr("Milliseconds since 1970"), TimeFormat.EPOCH_MS),
    (tr("Microseconds since 1970"), TimeFormat.EPOCH_US),
)
TWICE = (
    (tr("Leave out and list"), Twice.REFUSE),
    (tr("The first, summer time"), Twice.FIRST),
    (tr("The second, winter time"), Twice.SECOND),
)
QUALITY_CODES = (
    (tr("Words, such as good and bad"), QualityCode.WORDS),
    (tr("OPC classic, 192 is good"), QualityCode.OPC_DA),
    (tr("OPC UA, 0 is good"), QualityCode.OPC_UA),
)
SEPARATORS = ((tr("Comma"), ","), (tr("Semicolon"), ";"), (tr("Tab"), "\t"), (tr("Bar |"), "|"))
DECIMALS = ((tr("Point 1.5"), "."), (tr("Comma 1,5"), ","))
ENCODINGS = (
    ("UTF-8", "utf-8"),
    (tr("UTF-8 with a mark"), "utf-8-sig"),
    ("UTF-16", "utf-16"),
    (tr("Windows (Western Europe)"), "cp1252"),
)
ZONES = ("UTC", "Europe/Berlin", "Europe/London", "Europe/Madrid", "Europe/Lisbon", "America/New_York", "Asia/Kolkata")
