"""What the OPC UA servers that tests talk to have in common: options, node names and commands.

Every server has the namespaces `urn:peer:NAME` in the order of the option `namespaces`. All nodes are in `urn:peer:a`,
below the object `Peer`, with string identifiers:

    Item0001 …     items that change `rate_hz` times a second: Double, or with `mixed` six types in turn
    Setpoint       a writable Double
    Analog         a Double with EURange -10 … 90 and EngineeringUnits °C
    Running        a two-state discrete with TrueState "On" and FalseState "Off"
    Level          a Double; node-opcua has the limit alarm LevelAlarm on it (20 40 60 80)
    Historic       a Double that answers HistoryRead with the option `history`
    Add            a method: the sum of two Doubles
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from tests.support.child import ROOT, Child

BUILD = ROOT / "build" / "peers"
NAMESPACE = "urn:peer:a"
USER, PASSWORD = "operator", "secret"

Value = float | str | list[float]
HostileKind = Literal["huge_string", "long_array", "nan", "inf", "year_1601", "year_9999", "changed_type"]


class Peer(Child):
    """A server in a child process; its options are those of its command line, with underscores."""

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}"

    def node_id(self, item: str, namespaces: Sequence[str]) -> str:
        """Return an item's node id, given the server's NamespaceArray."""
        return f"ns={list(namespaces).index(NAMESPACE)};s={item}"

    def set_value(self, item: str, value: Value, **options: Any) -> None:
        """Give an item a value, which it then keeps.

        Options: `data_type` (the name of a built-in type; without it the type stays), `status` (a status code's name)
        and `source_time` (ISO 8601, or None for none; without it now).
        """
        self.command("set", item=item, value=value, **options)

    def read(self, item: str) -> Any:
        """Return an item's value as the server has it."""
        return self.command("read", item=item)["value"]

    def remove(self, item: str) -> None:
        """Delete a node."""
        self.command("remove", item=item)

    def add(self, item: str) -> None:
        """Add a Double, as a rule one that was removed."""
        self.command("add", item=item)

    def add_items(self, count: int) -> None:
        """Add so many items after the last."""
        self.command("add_items", count=count)

    def set_service_level(self, level: int) -> None:
        """Set Server.ServiceLevel, 0 to 255."""
        self.command("service_level", level=level)


@contextmanager
def alone(name: str) -> Iterator[Path]:
    """Hold a folder of the build area for this process alone, while something slow and shared is made in it."""
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    with (BUILD / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
