"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog


def names() -> list[str]:
    """Return the benchmarks there are: the modules of this folder that have a `run`."""
    folder = Path(__file__).parent
    return sorted(path.stem for path in folder.glob("*.py") if path.stem not in ("__init__", "__main__", "result"))


def missed(targets: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Return what was asked for and not reached, a line a target."""
    return [
        f"{name}: {target['value']}, target {target['target']}" for name, target in targets.items() if not target["met"]
    ]


def main() -> int:
    """Run one benchmark, print it, and return 0, or 1 with --must-meet when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("name", choices=names())
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.add_argument("--quick", action="store_true", help="a smaller run")
    parser.add_argument("--must-meet", action="store_true", help="end with 1 when a target is missed")
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # what is printed is the figures
    result = importlib.import_module(f"tests.bench.{options.name}").run(quick=options.quick)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    lacking = missed(result["targets"]) if options.must_meet else []
    for line in lacking:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if lacking else 0


def show(result: Mapping[str, Any]) -> None:
    """Print the figures as a table."""
    print(result["name"])
    for name, figure in result["figures"].items():
        target = result["targets"].get(name)
        note = f"   target {target['target']}: {'met' if target['met'] else 'MISSED'}" if target else ""
        print(f"  {name:44s} {figure['value']:>12} {figure['unit']}{note}")


if __name__ == "__main__":
    sys.exit(main())
