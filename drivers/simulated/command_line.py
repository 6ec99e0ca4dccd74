"""The demo plant's command line: what may be asked of it, and one sentence for what may not."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

_HIGHEST_PORT = 65_535
_AREAS = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. stations and tags_per_station are None for the water network; port 0 means free ports."""

    seed: int
    clock_factor: float
    stations: int | None
    tags_per_station: int | None
    rate_hz: float
    port: int
    describe: bool
    with_parent: bool


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Return what the arguments ask for. Exits with code 2 and one sentence when they are wrong."""
    parser = _Parser(
        prog="python -m drivers.simulated",
        description="The demo plant: a water network on three OPC UA endpoints of this machine. It prints one line, "
        "READY and where it listens, when it can be connected to.",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="same seed, same plant (default %(default)s)")
    parser.add_argument(
        "--clock-factor", type=float, default=1.0, metavar="F", help="seconds of the plant in one of ours (default 1)"
    )
    parser.add_argument(
        "--stations", type=int, metavar="N", help="serve a generated plant of N stations instead, for load"
    )
    parser.add_argument("--tags-per-station", type=int, metavar="M", help="tags of each generated station")
    parser.add_argument(
        "--rate", type=float, default=1.0, metavar="HZ", help="how often each generated tag changes (default 1)"
    )
    parser.add_argument(
        "--port", type=int, default=0, metavar="P", help="first of the ports, one an area (default: free ports)"
    )
    parser.add_argument("--describe", action="store_true", help="print what the plant consists of as JSON, and end")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input is closed")
    found = parser.parse_args(arguments)

    _check(parser, found)
    return Options(
        seed=found.seed,
        clock_factor=found.clock_factor,
        stations=found.stations,
        tags_per_station=found.tags_per_station,
        rate_hz=found.rate,
        port=found.port,
        describe=found.describe,
        with_parent=found.with_parent,
    )


def _check(parser: _Parser, found: argparse.Namespace) -> None:
    if not 0.1 <= found.clock_factor <= 1_000:
        parser.error("--clock-factor must lie between 0.1 and 1000.")
    if (found.stations is None) != (found.tags_per_station is None):
        parser.error("--stations and --tags-per-station belong together.")
    if found.stations is not None and not (1 <= found.stations <= 1_000 and 1 <= found.tags_per_station <= 1_000):
        parser.error("--stations and --tags-per-station must lie between 1 and 1000.")
    if not 0.1 <= found.rate <= 20:
        parser.error("--rate must lie between 0.1 and 20.")
    if found.port != 0 and not 1 <= found.port <= _HIGHEST_PORT - _AREAS + 1:
        parser.error(f"--port must lie between 1 and {_HIGHEST_PORT - _AREAS + 1}.")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message[:1].upper()}{message[1:]}\n")
