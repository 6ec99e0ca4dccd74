import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

DEV_PATH = Path(__file__).parents[2] / "installer" / "dev.py"


@pytest.fixture
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("roams_dev", DEV_PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bare_tree(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Point the module at a tree of its own and record what it would make and install there."""
    done: list[str] = []
    (tmp_path / "run.lock").write_text("one==1\n")
    (tmp_path / "test.lock").write_text("one==1\ntwo==2\n")
    monkeypatch.setattr(dev, "VENV", tmp_path / "venv")
    monkeypatch.setattr(dev, "STAMP", tmp_path / "venv" / "stamp")
    monkeypatch.setattr(dev, "RUN_LOCK", tmp_path / "run.lock")
    monkeypatch.setattr(dev, "TEST_LOCK", tmp_path / "test.lock")
    python = tmp_path / "venv" / "python"

    def make(command: list[str]) -> subprocess.CompletedProcess[str]:
        assert command[1:4] == ["-m", "venv", "--clear"]
        done.append("made")
        python.parent.mkdir(exist_ok=True)
        python.touch()
        dev.STAMP.unlink(missing_ok=True)
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(dev, "captured", make)
    monkeypatch.setattr(dev, "venv_python", lambda: python)
    monkeypatch.setattr(dev, "pip_install", lambda lock: done.append(lock.name))
    return done


def names(needs: tuple[tuple[object, str], ...]) -> set[str]:
    return {need[1] for need in needs}


# --- what a command needs


def test_a_window_needs_the_libraries_of_an_x_screen_and_memory_does_not(dev: ModuleType) -> None:
    assert "libxcb-cursor.so.0" in names(dev.needs_of("run", [], ""))
    assert "libxcb-cursor.so.0" not in names(dev.needs_of("run", [], "offscreen"))
    assert "libEGL.so.1" in names(dev.needs_of("run", [], "offscreen"))


def test_headless_needs_no_qt_library(dev: ModuleType) -> None:
    assert names(dev.needs_of("run", ["--headless"], "")) == {"ensurepip"}


def test_tests_need_every_library_and_every_peer(dev: ModuleType) -> None:
    wanted = names(dev.needs_of("test", [], "offscreen"))
    assert wanted > names(dev.needs_of("run", [], ""))
    assert {"Xvfb", "xdotool", "gnome-keyring-daemon", "dbus-run-session", "node 18", "npm", "strace"} <= wanted


def test_only_what_is_absent_is_missing(dev: ModuleType) -> None:
    there = dev.Need(lambda _: True, "there", ("a",))
    absent = dev.Need(lambda _: False, "absent", ("b",))
    assert dev.missing([there, absent]) == [absent]


def test_a_library_is_found_by_loading_it(dev: ModuleType) -> None:
    assert not dev.has_library("libroams-does-not-exist.so.9")
    if sys.platform == "linux":
        assert dev.has_library("libc.so.6")


def test_a_program_is_found_outside_the_path_of_a_plain_user(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dev.has_program(sys.executable)
    assert not dev.has_program("roams-does-not-exist")
    monkeypatch.setenv("PATH", "")
    assert dev.has_program("adduser") == Path("/usr/sbin/adduser").exists()


@pytest.mark.parametrize(
    ("said", "is_there"),
    [("v18.20.4\n", True), ("v20.20.2\n", True), ("v12.22.12\n", False), ("no such file", False)],
)
def test_only_a_node_that_is_new_enough_will_do(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, said: str, is_there: bool
) -> None:
    monkeypatch.setattr(dev, "captured", lambda command: subprocess.CompletedProcess(command, 0, said))
    assert dev.has_node("node 18") == is_there


# --- packages


def test_the_first_package_that_apt_knows_is_chosen(dev: ModuleType) -> None:
    glib = dev.Need(dev.has_library, "libglib-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0"))
    cursor = dev.Need(dev.has_library, "libxcb-cursor.so.0", ("libxcb-cursor0",))
    assert dev.choose_packages([glib, cursor], {"libglib2.0-0", "libxcb-cursor0"}.__contains__) == (
        ["libglib2.0-0", "libxcb-cursor0"],
        True,
    )
    assert dev.choose_packages([glib], lambda _: True) == (["libglib2.0-0t64"], True)


def test_an_unknown_package_is_named_and_asks_for_fresh_lists(dev: ModuleType) -> None:
    need = dev.Need(dev.has_program, "Xvfb", ("newer", "older"))
    assert dev.choose_packages([need], lambda _: False) == (["older"], False)


def test_apt_lists_are_fetched_only_when_a_package_is_unknown(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []

    def apt_get(prefix: list[str], verb: str, *rest: str) -> subprocess.CompletedProcess[str]:
        calls.append(verb)
        return subprocess.CompletedProcess([], 0, "")

    monkeypatch.setattr(dev, "apt_get", apt_get)
    need = dev.Need(dev.has_program, "Xvfb", ("xvfb",))
    monkeypatch.setattr(dev, "is_known_to_apt", lambda _: True)
    dev.install_packages([need], [])
    assert calls == ["install"]
    monkeypatch.setattr(dev, "is_known_to_apt", lambda _: False)
    dev.install_packages([need], [])
    assert calls == ["install", "update", "install"]
    assert "xvfb" in capsys.readouterr().out


def test_lists_that_are_out_of_date_are_fetched_and_the_install_tried_again(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []

    def apt_get(prefix: list[str], verb: str, *rest: str) -> subprocess.CompletedProcess[str]:
        calls.append(verb)
        return subprocess.CompletedProcess([], 100, "Reading lists\nE: Failed to fetch it\nW: later\n")

    monkeypatch.setattr(dev, "apt_get", apt_get)
    monkeypatch.setattr(dev, "is_known_to_apt", lambda _: True)
    dev.install_packages([dev.Need(dev.has_program, "Xvfb", ("xvfb",))], [])
    assert calls == ["install", "update", "install"]
    assert "E: Failed to fetch it" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="there is no root")
@pytest.mark.parametrize(
    ("is_root", "sudo_works", "is_terminal", "prefix"),
    [
        (True, False, False, []),
        (False, True, False, ["sudo", "-n"]),
        (False, False, True, ["sudo"]),
        (False, False, False, None),
    ],
)
def test_sudo_asks_for_a_password_only_on_a_terminal(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    is_root: bool,
    sudo_works: bool,
    is_terminal: bool,
    prefix: list[str] | None,
) -> None:
    class Input:
        def isatty(self) -> bool:
            return is_terminal

    monkeypatch.setattr(os, "geteuid", lambda: 0 if is_root else 1000)
    monkeypatch.setattr(dev.shutil, "which", lambda name, path=None: f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "captured", lambda _: subprocess.CompletedProcess([], 0 if sudo_works else 1, ""))
    monkeypatch.setattr(sys, "stdin", Input())
    assert dev.administrator_prefix() == prefix


def without_administrator(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name, path=None: None if name == "sudo" else f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "administrator_prefix", lambda: None)
    monkeypatch.setattr(dev, "is_known_to_apt", lambda _: True)


def test_without_root_and_sudo_the_line_for_an_administrator_is_given(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_administrator(dev, monkeypatch)
    need = dev.Need(lambda _: False, "libEGL.so.1", ("libegl1",))
    with pytest.raises(
        dev.SetUpError, match=r"lacks libEGL\.so\.1\.(.|\n)*apt-get install -y --no-install-recommends libegl1$"
    ):
        dev.bring([need], is_strict=False)


def test_without_apt_only_the_names_of_the_packages_are_given(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name, path=None: None)
    need = dev.Need(lambda _: False, "libEGL.so.1", ("libegl1",))
    with pytest.raises(dev.SetUpError, match="Debian's packages for it are called: libegl1"):
        dev.bring([need], is_strict=False)


def test_what_tests_lose_is_said_and_stops_a_strict_run(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_administrator(dev, monkeypatch)
    need = dev.Need(lambda _: False, "Xvfb", ("xvfb",), "tests marked xvfb")
    dev.bring([need], is_strict=False)
    assert "Going on without: tests marked xvfb." in capsys.readouterr().out
    with pytest.raises(dev.SetUpError, match="lacks Xvfb"):
        dev.bring([need], is_strict=True)


def test_a_missing_program_is_a_failure_and_no_exception(dev: ModuleType) -> None:
    assert dev.captured(["roams-does-not-exist"]).returncode == 127


# --- the virtual environment


def test_a_second_call_finds_everything_in_place(dev: ModuleType, bare_tree: list[str]) -> None:
    dev.prepare_venv(dev.RUN_LOCK)
    dev.prepare_venv(dev.RUN_LOCK)
    assert bare_tree == ["made", "run.lock"]


def test_the_test_lock_serves_running_too(dev: ModuleType, bare_tree: list[str]) -> None:
    dev.prepare_venv(dev.TEST_LOCK)
    dev.prepare_venv(dev.RUN_LOCK)
    assert bare_tree == ["made", "test.lock"]


def test_tests_only_add_to_what_running_installed(dev: ModuleType, bare_tree: list[str]) -> None:
    dev.prepare_venv(dev.RUN_LOCK)
    dev.prepare_venv(dev.TEST_LOCK)
    dev.prepare_venv(dev.TEST_LOCK)
    assert bare_tree == ["made", "run.lock", "test.lock"]


def test_a_changed_lock_makes_the_environment_anew(dev: ModuleType, bare_tree: list[str]) -> None:
    dev.prepare_venv(dev.RUN_LOCK)
    dev.RUN_LOCK.write_text("one==2\n")
    dev.prepare_venv(dev.RUN_LOCK)
    assert bare_tree == ["made", "run.lock"] * 2


def test_a_half_made_environment_is_repaired(
    dev: ModuleType, bare_tree: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(lock: Path) -> None:
        raise dev.SetUpError("no network")

    with monkeypatch.context() as patch:
        patch.setattr(dev, "pip_install", fail)
        with pytest.raises(dev.SetUpError):
            dev.prepare_venv(dev.RUN_LOCK)
    dev.prepare_venv(dev.RUN_LOCK)
    assert bare_tree == ["made", "made", "run.lock"]


def test_an_environment_without_its_python_is_repaired(dev: ModuleType, bare_tree: list[str]) -> None:
    dev.prepare_venv(dev.RUN_LOCK)
    dev.venv_python().unlink()
    dev.prepare_venv(dev.RUN_LOCK)
    assert bare_tree == ["made", "run.lock"] * 2


def test_another_python_has_another_digest(
    dev: ModuleType, bare_tree: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dev.digest_of(dev.RUN_LOCK)
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert dev.digest_of(dev.RUN_LOCK) != before


def test_a_failed_install_is_one_sentence(dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dev, "venv_python", lambda: Path(sys.executable))
    monkeypatch.setattr(dev.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))
    with pytest.raises(dev.SetUpError, match="could not be installed"):
        dev.pip_install(tmp_path / "x.lock")


# --- the peer from npm


@pytest.fixture
def npm_calls(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Point the module at a peer of its own; each number is the exit code of an installation, the next one first."""
    codes = [0, 0]
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(dev, "NODE_PEER", tmp_path)
    monkeypatch.setattr(dev.shutil, "which", lambda name, path=None: f"/usr/bin/{name}")

    def install(npm: str) -> subprocess.CompletedProcess[str]:
        shutil.rmtree(tmp_path / "node_modules", ignore_errors=True)
        (tmp_path / "node_modules").mkdir()
        return subprocess.CompletedProcess([npm], codes.pop(0), "npm ERR! code E404\nnpm ERR! not found\nbye\n")

    monkeypatch.setattr(dev, "npm_install", install)
    return codes


def test_the_peer_is_installed_once(dev: ModuleType, npm_calls: list[int]) -> None:
    dev.prepare_node_peer(is_strict=True)
    dev.prepare_node_peer(is_strict=True)
    assert npm_calls == [0]


def test_a_changed_lock_installs_the_peer_anew(dev: ModuleType, npm_calls: list[int]) -> None:
    dev.prepare_node_peer(is_strict=True)
    (dev.NODE_PEER / "package-lock.json").write_text('{"packages": {}}')
    dev.prepare_node_peer(is_strict=True)
    assert npm_calls == []


def test_a_half_installed_peer_is_repaired(
    dev: ModuleType, npm_calls: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    npm_calls[:] = [1, 0]
    dev.prepare_node_peer(is_strict=False)
    said = capsys.readouterr().out
    assert "npm ERR! not found" in said
    assert "Going on without: tests against node-opcua." in said
    dev.prepare_node_peer(is_strict=False)
    assert npm_calls == []


def test_a_strict_run_stops_without_the_peer(dev: ModuleType, npm_calls: list[int]) -> None:
    npm_calls[:] = [1]
    with pytest.raises(dev.SetUpError, match="npm could not install"):
        dev.prepare_node_peer(is_strict=True)


def test_without_npm_nothing_is_installed(
    dev: ModuleType, npm_calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name, path=None: None)
    dev.prepare_node_peer(is_strict=True)
    assert npm_calls == [0, 0]


def test_the_lock_of_the_peer_names_no_address(dev: ModuleType) -> None:
    lock = (dev.NODE_PEER / "package-lock.json").read_text()
    assert "://" not in lock
    assert '"resolved"' not in lock


# --- starting


@pytest.mark.parametrize(
    ("environment", "system", "platform"),
    [
        ({}, "linux", "offscreen"),
        ({"DISPLAY": ":0"}, "linux", ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ""),
        ({"QT_QPA_PLATFORM": "vnc"}, "linux", "vnc"),
        ({"QT_QPA_PLATFORM": "vnc", "DISPLAY": ":0"}, "linux", "vnc"),
        ({}, "darwin", ""),
        ({}, "win32", ""),
    ],
)
def test_without_a_display_the_window_is_drawn_in_memory(
    dev: ModuleType, environment: dict[str, str], system: str, platform: str
) -> None:
    assert dev.qt_platform(environment, system) == platform


def test_arguments_are_passed_on_after_the_demo(dev: ModuleType) -> None:
    assert dev.run_command(["--headless", "--port", "0"])[1:] == ["-m", "hmi", "--demo", "--headless", "--port", "0"]
    assert dev.run_command([])[1:] == ["-m", "hmi", "--demo"]
    assert dev.test_command(["-k", "two words"])[1:] == ["-m", "pytest", "-k", "two words"]
    assert dev.with_secret_service(["python", "two words"])[-2:] == ["python", "two words"]


@pytest.mark.parametrize(
    ("arguments", "is_told"),
    [([], True), (["--headless"], False)],
)
def test_run_says_when_it_goes_offscreen(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    is_told: bool,
) -> None:
    started: list[dict[str, str]] = []

    def start(command: list[str], environment: dict[str, str]) -> int:
        started.append(environment)
        return 0

    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr(dev, "qt_platform", lambda _: "offscreen")
    monkeypatch.setattr(dev, "bring", lambda needs, is_strict: None)
    monkeypatch.setattr(dev, "prepare_venv", lambda lock: None)
    monkeypatch.setattr(dev, "start", start)
    assert dev.main(["run", *arguments]) == 0
    assert ("There is no display" in capsys.readouterr().out) == is_told
    assert (started[0].get("QT_QPA_PLATFORM") == "offscreen") == is_told


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_good_python_is_not_complained_about(dev: ModuleType, version: tuple[int, int]) -> None:
    assert dev.age_complaint(version) == ""


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_another_python_is_refused_in_one_sentence(dev: ModuleType, version: tuple[int, int]) -> None:
    assert dev.age_complaint(version) == f"Roams needs Python 3.11 to 3.13; this is {version[0]}.{version[1]}."


@pytest.mark.parametrize("arguments", [[], ["build"], ["--help"]])
def test_a_wrong_call_is_told_the_two_commands(
    dev: ModuleType, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert dev.main(arguments) == 2
    assert "installer/dev.py test" in capsys.readouterr().err


def test_a_failed_set_up_is_a_sentence_and_no_traceback(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(lock: Path) -> None:
        raise dev.SetUpError("No network.")

    monkeypatch.setattr(dev, "bring", lambda needs, is_strict: None)
    monkeypatch.setattr(dev, "prepare_venv", fail)
    assert dev.main(["test"]) == 1
    assert capsys.readouterr().err == "No network.\n"


@pytest.mark.keyring
def test_the_tests_get_a_secret_service_that_keeps_a_secret(dev: ModuleType, tmp_path: Path) -> None:
    if not (dev.has_program("dbus-run-session") and dev.has_program("gnome-keyring-daemon")):
        pytest.skip("this machine has no gnome-keyring")
    keep = (
        "import keyring; from keyring.backends.SecretService import Keyring; k = Keyring();"
        "k.set_password('roams', 'probe', 'water'); print(k.get_password('roams', 'probe'))"
    )
    environment = {**os.environ, **dev.private_directories(tmp_path)}
    answer = subprocess.run(
        dev.with_secret_service([sys.executable, "-c", keep]),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.stdout == "water\n", answer.stderr
