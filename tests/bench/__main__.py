"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path


def names() -> list[str]:
    """Return the benchmarks there are: the modules of this folder that have a `run`."""
    folder = Path(__file__).parent
    return sorted(path.stem for path in folder.glob("*.py") if path.stem not in ("__init__", "__main__", "result"))


def main() -> int:
    """Run one benchmark, print it, and return 0 whether or not its targets were met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("name", choices=names())
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.add_argument("--quick", action="store_true", help="a smaller run")
    options = parser.parse_args()
    result = importlib.import_module(f"tests.bench.{options.name}").run(quick=options.quick)
    if options.json:
        print(json.dumps(result))
        return 0
    print(result["name"])
    for name, figure in result["figures"].items():
        target = result["targets"].get(name)
        note = f"   target {target['target']}: {'met' if target['met'] else 'MISSED'}" if target else ""
        print(f"  {name:44s} {figure['value']:>12} {figure['unit']}{note}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
