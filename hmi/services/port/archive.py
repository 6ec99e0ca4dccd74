"""Moving readings in and out of the history, and looking after it. What takes long answers with a job's id."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from hmi.config.history_settings import HistorySettings
from hmi.services.port.frames import JobStatus
from hmi.services.port.requests import Request
from hmi.storage.exchange.mapping import FileLook, ImportPlan, RowError
from hmi.storage.exchange.sheet import ExportFormat
from hmi.storage.history.records import HistoryStatus, ImportRecord


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """The history, its settings, and what the operator should know of the recording, or an empty note."""

    status: HistoryStatus
    settings: HistorySettings
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReadArchive(Request[ArchiveState]):
    """Ask how the history stands."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One reading as it would be taken: the value in the tag's unit, in words; quality empty for a good one."""

    time_us: int
    tag: int
    value: str
    quality: str = ""


@dataclass(frozen=True, slots=True)
class ImportSurvey:
    """What a file would give. by_tag: readings of each dense index. faults: rows and cells that are none.

    warnings: what would be taken and may not be wanted, in words. is_whole: the file was read to its end, not only
    its first rows.
    """

    readings: int
    by_tag: tuple[tuple[int, int], ...]
    faults: int
    first_us: int
    last_us: int
    warnings: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file, the plan for it, and the first readings and faults that it gives. problem: why there are none.

    survey: what some more rows give, or the whole file where it is small; None where nothing can be taken.
    """

    look: FileLook
    plan: ImportPlan
    rows: tuple[PreviewRow, ...] = ()
    errors: tuple[RowError, ...] = ()
    problem: str = ""
    survey: ImportSurvey | None = None


@dataclass(frozen=True, slots=True)
class PreviewImport(Request[ImportPreview]):
    """Ask what an import would take. Without a plan one is guessed; encoding, separator … are then found out.

    Refused in words when the file cannot be read.
    """

    path: Path
    plan: ImportPlan | None = None


@dataclass(frozen=True, slots=True)
class StartImport(Request[UUID]):
    """Begin to import a file. user: by whom, where it is not who signed in to the program."""

    plan: ImportPlan
    user: str = ""


@dataclass(frozen=True, slots=True)
class StartSurvey(Request[UUID]):
    """Begin to read a whole file without taking anything."""

    plan: ImportPlan


@dataclass(frozen=True, slots=True)
class ReadSurvey(Request[ImportSurvey]):
    """Ask what a survey found that ran since the program's start. Refused while it runs, and when it is forgotten."""

    job: UUID


@dataclass(frozen=True, slots=True)
class ListImports(Request[tuple[ImportRecord, ...]]):
    """Ask for the imports, newest first."""


@dataclass(frozen=True, slots=True)
class UndoImport(Request[UUID]):
    """Begin to take an import out again."""

    import_id: int


@dataclass(frozen=True, slots=True)
class RowErrorList:
    """The faults of an import: all counted, the first kept."""

    total: int
    kept: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class ListRowErrors(Request[RowErrorList]):
    """Ask for the faults of an import that ran since the program's start."""

    job: UUID


@dataclass(frozen=True, slots=True)
class SaveRowErrors(Request[None]):
    """Write the faults of an import to a CSV file. Refused in words."""

    job: UUID
    path: Path


@dataclass(frozen=True, slots=True)
class StartExport(Request[UUID]):
    """Begin to write readings from start_us to end_us (UTC µs) to a file.

    width_us: of the buckets, 0 for every reading. zone: None for UTC, "" for this machine's, else an IANA name.
    is_wide: one column a tag and one row a time, of CSV and XLSX; of averages then the mean, or the last one where a
    tag keeps its value between two readings. is_full: all digits, not only the tag's and three more.
    """

    tags: tuple[int, ...]
    start_us: int
    end_us: int
    path: Path
    format: ExportFormat
    width_us: int = 0
    zone: str | None = None
    separator: str = ","
    decimal: str = "."
    is_wide: bool = False
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class EstimateExport(Request[int]):
    """Ask about how many readings there are of tags between two times."""

    tags: tuple[int, ...]
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class FindTags(Request[tuple[int, ...]]):
    """Ask for tags by name, station · tag where the tag's own is not enough. Refused with those that are not there."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameTags(Request[tuple[tuple[int, str], ...]]):
    """Ask for the full names of tags by index; those that are not there are left out."""

    tags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RetentionLoss:
    """What one file of the history would lose. Days: UTC µs, the last one's end not included.

    readings: how many go, 0 when only averages do. is_whole: nothing of the file stays, no averages either.
    """

    name: str
    first_day_us: int
    end_day_us: int
    readings: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class PlanRetention(Request[tuple[RetentionLoss, ...]]):
    """Ask what would go, the oldest first, if these settings were kept; nothing goes by asking."""

    settings: HistorySettings


@dataclass(frozen=True, slots=True)
class ChangeRetention(Request[None]):
    """Keep other settings; they hold from the next daily turn on."""

    settings: HistorySettings


@dataclass(frozen=True, slots=True)
class StartRetention(Request[UUID]):
    """Begin to let go of what the settings do not keep."""


@dataclass(frozen=True, slots=True)
class StartSeal(Request[UUID]):
    """Begin to sort away what is complete, whatever the hour."""


@dataclass(frozen=True, slots=True)
class StartVerify(Request[UUID]):
    """Begin to read everything and to say what is wrong."""


@dataclass(frozen=True, slots=True)
class CheckBackup(Request[str]):
    """Ask what should be known before the history is copied into a folder; an empty text when nothing.

    Refused in words where a copy would be none, as inside the profile.
    """

    folder: Path


@dataclass(frozen=True, slots=True)
class StartBackup(Request[UUID]):
    """Begin to copy the history into a new folder below this one."""

    folder: Path


@dataclass(frozen=True, slots=True)
class WatchJob(Request[JobStatus | None]):
    """Ask how one job stands; None when it is not remembered."""

    job: UUID
