"""The port between the services and a window: frames out, requests in.

Everything here is immutable and picklable, so that a window may one day sit in another process. Out: a window pulls
one `Frame` every 100 ms, with what changed since its last pull, coalesced; for alarms, links and commands it is woken
at once. In: a `Request` is answered by its result, or refused with RefusedError in the operator's words.
"""

from __future__ import annotations

from hmi.services.port.alarms import Acknowledge, ActOnCondition, ConditionAction
from hmi.services.port.control import (
    CancelSelection,
    Check,
    EnterCredentials,
    Operate,
    ReadCommands,
    SelectControl,
    Selection,
)
from hmi.services.port.frames import (
    AlarmRow,
    CommandStatus,
    ConditionRow,
    Frame,
    JobState,
    JobStatus,
    LinkStatus,
    LiveDelta,
    PipelineFigures,
)
from hmi.services.port.history import PenData, ReadHistory
from hmi.services.port.jobs import CancelJob
from hmi.services.port.port import Port
from hmi.services.port.requests import RefusedError, Request
from hmi.services.port.stations import (
    BrowseLevel,
    CheckStation,
    CloseExploration,
    CompareStations,
    DeleteStation,
    DescribeNodes,
    Discover,
    DriverChoice,
    EnableConnection,
    Exploration,
    ExportStations,
    FoundNode,
    FoundNodes,
    ImportStations,
    ListDrivers,
    NextTestStep,
    OpenExploration,
    PackageChange,
    SaveStation,
    SearchNodes,
    StartConnectionTest,
    TrustCertificate,
)

__all__ = [
    "Acknowledge",
    "ActOnCondition",
    "AlarmRow",
    "BrowseLevel",
    "CancelJob",
    "CancelSelection",
    "Check",
    "CheckStation",
    "CloseExploration",
    "CommandStatus",
    "CompareStations",
    "ConditionAction",
    "ConditionRow",
    "DeleteStation",
    "DescribeNodes",
    "Discover",
    "DriverChoice",
    "EnableConnection",
    "EnterCredentials",
    "Exploration",
    "ExportStations",
    "FoundNode",
    "FoundNodes",
    "Frame",
    "ImportStations",
    "JobState",
    "JobStatus",
    "LinkStatus",
    "ListDrivers",
    "LiveDelta",
    "NextTestStep",
    "OpenExploration",
    "Operate",
    "PackageChange",
    "PenData",
    "PipelineFigures",
    "Port",
    "ReadCommands",
    "ReadHistory",
    "RefusedError",
    "Request",
    "SaveStation",
    "SearchNodes",
    "SelectControl",
    "Selection",
    "StartConnectionTest",
    "TrustCertificate",
]
