"""A server that a fake port answers for: ways in, a certificate, a tree, descriptions; known by heart."""

from __future__ import annotations

from uuid import UUID

from drivers.api import BrowsedNode, Certificate, Description, Endpoint, TestStep
from hmi.services.port import (
    BrowseLevel,
    CheckStation,
    DescribeNodes,
    Discover,
    DriverChoice,
    Exploration,
    FoundNode,
    FoundNodes,
    ListDrivers,
    NextTestStep,
    OpenExploration,
    SaveStation,
    SearchNodes,
    StartConnectionTest,
)
from tests.support.fake_port import FakePort

LOOK, TEST = UUID(int=71), UUID(int=72)
CERTIFICATE = Certificate(
    "CN=Plant",
    "CN=Plant",
    "AB12" * 10,
    "urn:plant",
    ("plc-7",),
    1_700_000_000_000_000,
    4_000_000_000_000_000,
    ("It was made for another host name.",),
)
SAFE = Endpoint(
    "opc.tcp://plc-7:4840", {"security": "best"}, "Best policy", "Plant", 9, ("anonymous", "user"), CERTIFICATE
)
PLAIN = Endpoint("opc.tcp://plc-7:4840", {"security": "none"}, "Not secured", "Plant", 0, ("anonymous",), None, "Open.")
NAMED_ONLY = Endpoint("opc.tcp://plc-7:4840", {}, "Users only", "Plant", 5, ("user",), CERTIFICATE)
STEPS = ("Name", "TCP", "Secure channel", "Session", "Browse")

WELL = BrowsedNode("s=Well", "Well", has_children=True, is_value=False)
PUMP = BrowsedNode("s=Pump", "Pump", has_children=True, is_value=False)
SERVER = BrowsedNode("i=2253", "Server", has_children=True, is_value=False, is_plant=False)
LEVEL = BrowsedNode("s=Well.Level", "Level", has_children=True, is_value=True, data_type="Double")
RANGE = BrowsedNode("s=Well.Level.Range", "Range", has_children=False, is_value=True, data_type="Range")
LOG = BrowsedNode("s=Well.Log", "Log", has_children=False, is_value=True, data_type="Float", fault="An array.")
WELL_RUN = BrowsedNode("s=Well.Run", "Running", has_children=False, is_value=True, data_type="Boolean")
PUMP_RUN = BrowsedNode("s=Pump.Run", "Running", has_children=False, is_value=True, data_type="Boolean")
LEVELS = {None: (WELL, PUMP, SERVER), "s=Well": (LEVEL, LOG, WELL_RUN), "s=Pump": (PUMP_RUN,), "s=Well.Level": (RANGE,)}
DESCRIPTIONS = {
    "s=Well.Level": Description("s=Well.Level", "Level", "Double", "analog", "m", 0.0, 12.0),
    "s=Well.Run": Description(
        "s=Well.Run", "Running", "Boolean", "discrete", "", None, None, ("Stopped", "Runs"), writable=True
    ),
    "s=Pump.Run": Description("s=Pump.Run", "Running", "Boolean", "discrete"),
}
IN_WELL = (FoundNode(LEVEL, "Level"), FoundNode(LOG, "Log"), FoundNode(WELL_RUN, "Running"))


def steps_of(*outcomes: bool) -> list[TestStep | None]:
    """Return what a test answers: each step as it begins and as it ends, then nothing."""
    found: list[TestStep | None] = []
    for name, is_ok in zip(STEPS, outcomes, strict=False):
        found += [TestStep(name, None), TestStep(name, is_ok, "Fine." if is_ok else "The server denies access.", 0.1)]
    return [*found, None]


def serve(port: FakePort, *, ways: tuple[Endpoint, ...] = (SAFE, PLAIN), asks: bool = False) -> None:
    """Have a port answer as the server does. asks: its certificate waits for a word on the first connection."""
    steps = iter(steps_of(*[True] * len(STEPS)))
    waiting = [Exploration(LOOK, is_open=False, reason="Look at it.", certificate=CERTIFICATE)] if asks else []
    port.answers |= {
        ListDrivers: (DriverChoice("opcua", "OPC UA"),),
        Discover: ways,
        OpenExploration: lambda _request: waiting.pop() if waiting else Exploration(LOOK, is_open=True),
        BrowseLevel: lambda request: LEVELS.get(request.address, ()),
        SearchNodes: lambda request: FoundNodes(_found(request), is_whole=True, looked_at=3),
        DescribeNodes: lambda request: tuple(DESCRIPTIONS[address] for address in request.addresses),
        StartConnectionTest: TEST,
        NextTestStep: lambda _request: next(steps),
        CheckStation: (),
        SaveStation: lambda request: request.draft.id,
    }


def _found(request: SearchNodes) -> tuple[FoundNode, ...]:
    if request.under == "s=Well":
        return (*IN_WELL, FoundNode(RANGE, "Level › Range"))
    if request.under is not None:
        return ()
    every = (FoundNode(WELL_RUN, "Well › Running"), FoundNode(PUMP_RUN, "Pump › Running"))
    return tuple(each for each in every if request.text.casefold() in each.path.casefold())
