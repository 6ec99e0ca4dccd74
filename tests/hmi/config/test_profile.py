"""Where files may lie: never on a share, never where nothing can be written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hmi.config import profile
from hmi.config.profile import ProfileError, default_folder, kind_of_mount, open_profile

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/ann/local\\040disk xfs rw 0 0
//nas/plant /mnt/plant\\040files cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/roams", "ext4"),
        ("/home", "nfs4"),
        ("/home/ann/roams", "nfs4"),
        ("/homeland/roams", "ext4"),
        ("/home/ann/local disk/roams", "xfs"),
        ("/mnt/plant files", "cifs"),
    ],
)
def test_the_innermost_mount_counts(path: str, kind: str) -> None:
    assert kind_of_mount(Path(path), MOUNTS) == kind


def test_a_mount_over_a_mount_hides_it() -> None:
    assert kind_of_mount(Path("/home/ann"), MOUNTS + "/dev/sdc1 /home ext4 rw 0 0\n") == "ext4"


def test_no_mounts_say_nothing() -> None:
    assert kind_of_mount(Path("/home"), "") == ""


def test_a_share_is_refused_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "filesystem_of", lambda _: "nfs4")
    with pytest.raises(ProfileError, match=r"network share \(nfs4\).*--profile"):
        open_profile(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_profile_has_its_folders_and_nothing_else(tmp_path: Path) -> None:
    found = open_profile(tmp_path / "new")
    assert all(path.is_dir() for path in (found.history, found.logs, found.crashes, found.pki))
    assert [path for path in found.folder.rglob("*") if path.is_file()] == []
    assert {path.parent for path in (found.configuration, found.journal, found.session, found.lock)} == {found.folder}


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ProfileError, match="cannot be written"):
        open_profile(tmp_path / "taken")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    open_profile(tmp_path)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ProfileError, match="cannot be written"):
            open_profile(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_the_demo_has_a_folder_of_its_own() -> None:
    assert default_folder(is_demo=True) != default_folder(is_demo=False)
