"""What the pane's tests show: a history of two files, two imports, and files to read."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from hmi.config.history_settings import HistorySettings
from hmi.services.importing import preview
from hmi.services.port import (
    ArchiveState,
    CheckBackup,
    EstimateExport,
    JobState,
    JobStatus,
    ListImports,
    ListRowErrors,
    PlanRetention,
    PreviewImport,
    ReadArchive,
    RefusedError,
    RetentionLoss,
    RowErrorList,
    StartImport,
)
from hmi.storage.errors import StorageError
from hmi.storage.exchange.mapping import RowError
from hmi.storage.history.records import DAY_US, FileKind, FileStatus, HistoryStatus, ImportRecord
from tests.support.fake_port import FakePort
from tests.support.plants import CATALOGUE

NOON_US = 1_792_886_400_000_000
JOB = UUID(int=77)
STATE = ArchiveState(
    HistoryStatus(
        (
            FileStatus("live.duckdb", FileKind.LIVE, 0, 0, 52_000_000, 8_000_000),
            FileStatus(
                "2026-10-01.duckdb", FileKind.SEALED, NOON_US - 24 * DAY_US, NOON_US, 1_900_000_000, 312_000_000
            ),
        ),
        rows=320_000_000,
        bytes=1_952_000_000,
        oldest_us=NOON_US - 24 * DAY_US,
        newest_us=NOON_US,
        free_bytes=78_000_000_000,
        bytes_per_day=64_000_000,
        days_left=1218.0,
    ),
    HistorySettings(),
)
IMPORTS = (
    ImportRecord(2, "october.csv", "Local administrator", NOON_US, 12_345, 3, NOON_US, NOON_US),
    ImportRecord(1, "old.csv", "Local administrator", NOON_US, 9, 0, NOON_US, NOON_US, is_undone=True),
)
FAULTS = RowErrorList(3, (RowError(62, "time", "This is not a time.", "never"),))


LOSSES = tuple(
    RetentionLoss(f"{day}.duckdb", NOON_US - (9 - day) * DAY_US, NOON_US - (8 - day) * DAY_US, 1_000, is_whole=day == 0)
    for day in range(8)
)


def look(request: PreviewImport) -> object:
    """Answer as the services do."""
    try:
        return preview(CATALOGUE, request.path, request.plan)
    except StorageError as error:
        return RefusedError(str(error))


def answer(port: FakePort) -> None:
    """Let a port answer the archive's requests."""
    port.answers |= {
        ReadArchive: STATE,
        ListImports: IMPORTS,
        PreviewImport: look,
        EstimateExport: 1_300_000,
        StartImport: JOB,
        ListRowErrors: FAULTS,
        PlanRetention: (),
        CheckBackup: "",
    }


def job(state: JobState, detail: str = "", done: int = 0, total: int = 0) -> JobStatus:
    """Return the import's job."""
    return JobStatus(JOB, "Import in.csv", state, done, total, "bytes", detail, NOON_US)


def wide_file(folder: Path) -> Path:
    """Write a file with a column a tag."""
    path = folder / "in.csv"
    path.write_text("Fecha;Tank level [cm];Otro\n25.10.2026 12:00;250,5;x\n25.10.2026 12:01;251;x\n", encoding="utf-8")
    return path
