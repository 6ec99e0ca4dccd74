"""The profile folder: where one installation keeps its files, for one running instance at a time."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

NETWORK_FILESYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs", "fuse.glusterfs", "davfs"}
)


class ProfileError(Exception):
    """The profile folder cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Paths of one profile; all folders exist."""

    folder: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "roams.db"

    @property
    def journal(self) -> Path:
        return self.folder / "journal.db"

    @property
    def history(self) -> Path:
        return self.folder / "history"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def crashes(self) -> Path:
        return self.folder / "crashes"

    @property
    def vault(self) -> Path:
        """Where the vault is, when an administrator has chosen one."""
        return self.folder / "secrets.vault"

    @property
    def pki(self) -> Path:
        return self.folder / "pki"

    @property
    def session(self) -> Path:
        return self.folder / "session.json"

    @property
    def lock(self) -> Path:
        return self.folder / "instance.lock"


def open_profile(folder: Path | None, *, is_demo: bool = False) -> Profile:
    """Return the profile in a folder, made when missing. Raises ProfileError."""
    chosen = folder or default_folder(is_demo=is_demo)
    path = chosen.expanduser().absolute()
    kind = filesystem_of(path)
    if kind in NETWORK_FILESYSTEMS or str(path).startswith("\\\\"):
        raise ProfileError(
            f"{path} is on a network share ({kind or 'UNC path'}). Files of a profile need a local disk: "
            "choose another folder with --profile."
        )
    profile = Profile(path)
    try:
        for each in (profile.folder, profile.history, profile.logs, profile.crashes, profile.pki):
            each.mkdir(parents=True, exist_ok=True)
        probe = profile.folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ProfileError(
            f"The profile folder {path} cannot be written ({error.strerror}). "
            "Make it writable, or choose another with --profile."
        ) from error
    return profile


def default_folder(*, is_demo: bool) -> Path:
    """Return the folder of this user's profile; the demo has one of its own, away from a real plant's."""
    base = Path(platformdirs.user_data_dir("Roams", appauthor=False))
    return base / ("demo" if is_demo else "default")


def filesystem_of(path: Path) -> str:
    """Return the kind of file system a path lies on, where the system tells (Linux); else an empty string."""
    if sys.platform != "linux":
        return ""
    mounts = Path("/proc/self/mounts")
    return kind_of_mount(path, mounts.read_text(encoding="utf-8", errors="replace")) if mounts.exists() else ""


def kind_of_mount(path: Path, mounts: str) -> str:
    """Return the kind of the innermost mount that holds a path, from the text of /proc/self/mounts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, found, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        is_inside = path == Path(point) or Path(point) in path.parents
        if is_inside and len(point) >= len(best):
            best, kind = point, found
    return kind
