"""What a start does first: options, profile, the one instance; then with or without a window."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Final

from hmi.app import garbage
from hmi.app.demo import parse_load
from hmi.app.passphrase import PassphraseError, vault_passphrase
from hmi.config.instance import InstanceLock, TakenError
from hmi.config.profile import Profile, ProfileError, open_profile

EXIT_OPTIONS: Final = 2
EXIT_PROFILE: Final = 3
EXIT_RUNNING: Final = 4


def run(options: argparse.Namespace, started: float) -> int:
    """Do what the command line asks and return the exit status. started: time.perf_counter() at the process's start."""
    garbage.begin()
    if options.demo_load and parse_load(options.demo_load) is None:
        return _say("--demo-load needs the form STATIONSxTAGS@HZ, such as 40x50@1.", EXIT_OPTIONS)
    if options.selftest:
        from hmi.app.selftest import selftest

        return selftest()
    try:
        passphrase = vault_passphrase(options.vault_passphrase_file)
    except PassphraseError as error:
        return _say(str(error), EXIT_OPTIONS)
    try:
        profile = open_profile(options.profile, is_demo=options.demo)
    except ProfileError as error:
        return _say(str(error), EXIT_PROFILE)
    try:
        lock = InstanceLock(profile.lock, has_window=not options.headless)
    except TakenError as error:
        return _already_running(profile, error)
    try:
        if options.headless:
            from hmi.app.headless import run_headless

            return asyncio.run(run_headless(options, profile, started, passphrase))
        from hmi.app.window import run_window

        return run_window(options, profile, started, passphrase)
    finally:
        lock.release()


def _already_running(profile: Profile, error: TakenError) -> int:
    if error.has_window:
        from hmi.shell.raising import raise_running

        if raise_running(profile.folder):
            return _say(f"{error} Its window is now in front.", EXIT_RUNNING)
    return _say(f"{error} End it first, or choose another folder with --profile.", EXIT_RUNNING)


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(sentence + "\n")
    return status
