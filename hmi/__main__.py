"""The command line. Only what must be here before the window is imported here."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

STARTED = time.perf_counter()


def parser() -> argparse.ArgumentParser:
    """Return the options of `python -m hmi`."""
    options = argparse.ArgumentParser(
        prog="python -m hmi",
        description="Roams: the plant on one screen.",
        epilog="python -m hmi history: readings out, in and kept safe; see its --help. "
        "python -m hmi support-bundle FILE: what those who help need, without secrets.",
    )
    options.add_argument("--demo", action="store_true", help="start the demo plant and sign in a demo operator")
    options.add_argument("--profile", type=Path, metavar="DIR", help="folder of configuration and history")
    options.add_argument("--headless", action="store_true", help="record without a window until SIGTERM")
    options.add_argument(
        "--vault-passphrase-file",
        type=Path,
        metavar="FILE",
        help="open the vault of passwords with the file's first line; else with ROAMS_VAULT_PASSPHRASE",
    )
    options.add_argument(
        "--health-port",
        type=int,
        metavar="N",
        help="with --headless: answer /health, /ready and /metrics on this port of 127.0.0.1, 0 for a free one",
    )
    options.add_argument("--screenshots", type=Path, metavar="DIR", help="save a picture of every pane, then leave")
    options.add_argument("--exit-after", type=float, metavar="S", help="leave after S seconds and print what was seen")
    options.add_argument("--selftest", action="store_true", help="check that every part loads, then leave")
    options.add_argument("--theme", choices=("light", "dark"), help="look of the window; kept for the next start")
    options.add_argument(
        "--demo-load", metavar="NxM@HZ", help="with --demo: N stations of M tags at HZ instead of the water network"
    )
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status: 0 well, 1 failed, 2 wrong options, 3 profile, 4 already running."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["history"]:
        from hmi.app.history_command import main as history

        return history(given[1:])
    if given[:1] == ["support-bundle"]:
        from hmi.app.support_command import main as support_bundle

        return support_bundle(given[1:])
    options = parser().parse_args(given)
    if options.exit_after is not None and options.exit_after <= 0:
        parser().error("--exit-after needs a number of seconds above 0.")
    if options.health_port is not None and not (options.headless and 0 <= options.health_port <= 65_535):
        parser().error("--health-port needs --headless and a number from 0 to 65535.")
    from hmi.app.launch import run

    return run(options, STARTED)


if __name__ == "__main__":
    sys.exit(main())
