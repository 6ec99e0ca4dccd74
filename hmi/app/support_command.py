"""`python -m hmi support-bundle FILE`: what those who help need, also of a program that does not start any more."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hmi.config.profile import Profile, default_folder
from hmi.services.diagnostics.bundle import files_of, plan, save

FAILED = 1


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(
        prog="python -m hmi support-bundle",
        description="Save logs, crash files, versions, settings and configuration as one file, without any password, "
        "key or reading. Nothing is sent anywhere, and nothing of the profile is changed.",
    )
    options.add_argument("file", type=Path, metavar="FILE", help="the .zip to write")
    options.add_argument("--profile", type=Path, metavar="DIR", help="folder of configuration and history")
    options.add_argument("--demo", action="store_true", help="the demo's profile")
    options.add_argument("--list", action="store_true", help="say what it would hold, and write nothing")
    return options


def main(arguments: list[str]) -> int:
    """Write the bundle and return the exit status: 0 well, 1 failed, 2 wrong options."""
    options = parser().parse_args(arguments)
    folder = (options.profile or default_folder(is_demo=options.demo)).expanduser().absolute()
    if not folder.is_dir():
        return _fail(f"There is no profile in {folder}. Look at --profile.")
    parts = files_of(Profile(folder))  # not opened: a folder that cannot be written is a reason to ask for help
    if options.list:
        lines = (f"{each.bytes:>12,}  {each.blotted:>4} blotted  {each.name}  ({each.about})" for each in plan(parts))
        sys.stdout.write("\n".join(lines) + "\n")
        return 0
    try:
        said = save(parts, options.file.expanduser().absolute(), lambda _done, _total: None)
    except OSError as error:
        return _fail(f"{options.file} cannot be written ({error.strerror}). Choose another place.")
    sys.stdout.write(said + "\n")
    return 0


def _fail(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return FAILED
