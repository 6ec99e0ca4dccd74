"""What can be wrong with a file of the profile, in the operator's words."""

from __future__ import annotations


class StorageError(Exception):
    """A file cannot be used; its text says which, why, and what to do."""


class DamagedError(StorageError):
    """The file is not what it should be."""


class NewerError(StorageError):
    """The file was written by a newer version of the program."""


class LockedError(StorageError):
    """Another process holds the file."""


def reason_of(error: BaseException) -> str:
    """Return what a library's error says, without its own headings and only its first line."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rsplit("Error: ", 1)[-1].removeprefix("Failed to commit: ")
