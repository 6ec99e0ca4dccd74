"""node-opcua from npm: a server for tests and a client for benchmarks, each in a process of its own.

`installer/dev.py test` brings node and the packages. The first start on a machine makes a certificate; all later ones
share it, from the build area, unless they name a `pki` of their own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.child import ROOT, ChildError, Option, arguments_of
from tests.support.peer import Peer, alone

FOLDER = ROOT / "tests" / "peers" / "node_opcua"
HAS_NODE = shutil.which("node") is not None and (FOLDER / "node_modules" / "node-opcua").is_dir()
READY_S = 60.0
CONNECT_S = 60.0


class NodeServer(Peer):
    """The server from the test's side: `with NodeServer(items=10, rate_hz=5) as server:`."""

    def __init__(self, **options: Option) -> None:
        self._shares_pki = "pki" not in options
        if self._shares_pki:
            with alone("node-opcua-pki") as folder:
                options["pki"] = folder
        super().__init__(_node("server.js"), options, ready_s=READY_S)

    def start(self) -> None:
        pki = self._options["pki"]
        if self._shares_pki and not (Path(str(pki)) / "own" / "certs" / "certificate.pem").exists():
            with alone("node-opcua-pki"):
                super().start()
        else:
            super().start()


@dataclass(frozen=True, slots=True)
class Load:
    """What the benchmark client measured; times in the units of their names, rss in 10⁶ bytes."""

    values: int
    distinct_items: int
    seconds: float
    cpu_s: float
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    rss_mb: float
    create_s: float
    missed: int = -1
    """Values that a counter stepped over; -1 where the client does not count them."""

    @property
    def values_per_cpu_s(self) -> float:
        return self.values / self.cpu_s


def run_load_client(
    endpoint: str, *, items: int, publishing: float = 250, sampling: float = 250, queue: int = 10, seconds: float = 10
) -> Load:
    """Subscribe to items for some seconds, intervals in ms. Blocks; raises ChildError."""
    options: dict[str, Option] = {
        "endpoint": endpoint,
        "items": items,
        "publishing": publishing,
        "sampling": sampling,
        "queue": queue,
        "seconds": seconds,
    }
    command = [*_node("load_client.js"), *arguments_of(options)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + CONNECT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise ChildError(f"the load client did not end\n{error.stderr!r}") from error
    if done.returncode != 0:
        raise ChildError(f"the load client failed\n{done.stderr}")
    return Load(**json.loads(done.stdout))


def _node(script: str) -> list[str]:
    if not HAS_NODE:
        raise ChildError("node-opcua is not installed: run `python3 installer/dev.py test` once")
    return ["node", str(FOLDER / script)]
