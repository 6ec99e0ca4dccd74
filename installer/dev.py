"""Run the program, or its tests, on a machine that has nothing but Python.

    python3 installer/dev.py run  [arguments of the program]
    python3 installer/dev.py test [arguments of pytest]

Brings what is missing (system libraries on Debian and its kin, a virtual environment with the locked packages), then
starts. The second call finds everything in place and starts at once. Never asks a question, except for sudo's password
on a terminal. Standard library only, and no syntax newer than Python 3.8, so that an old Python gets the sentence about
its age and not a traceback.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed-locks"
RUN_LOCK = ROOT / "installer" / "requirements.lock"
TEST_LOCK = ROOT / "installer" / "requirements-test.lock"  # holds all of RUN_LOCK
SIDE_BY_SIDE = ("--numprocesses=logical", "--maxprocesses=4", "--dist=loadfile")
NODE_PEER = ROOT / "tests" / "peers" / "node_opcua"  # package.json, package-lock.json
OLDEST, NEWEST = (3, 11), (3, 13)
OLDEST_NODE = 18
WINDOWLESS_PLATFORMS = ("offscreen", "minimal")


class SetUpError(Exception):
    """What is missing and what to do, in words for the person at the terminal."""


# --- what a machine must offer -------------------------------------------------------------------------------------


class Need(NamedTuple):
    """One thing to look for, the Debian packages that bring it (the first that apt knows), and what is lost without."""

    is_there: Callable[[str], bool]
    name: str
    packages: tuple[str, ...]
    lost: str = ""  # empty: nothing starts without it


def has_library(name: str) -> bool:
    """Say whether the loader finds this shared library, wherever it came from."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_program(name: str) -> bool:
    """Say whether a program is installed, also where Debian keeps servers, outside a plain user's PATH."""
    servers = [str(path) for path in Path("/usr/lib/postgresql").glob("*/bin")]
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", *servers])
    return shutil.which(name, path=path) is not None


def has_module(name: str) -> bool:
    """Say whether this Python has a module; Debian ships Python without ensurepip."""
    return importlib.util.find_spec(name) is not None


def has_node(_name: str) -> bool:
    """Say whether node is installed and new enough for the packages of the tests' peer."""
    major = captured(["node", "--version"]).stdout.split(".")[0]  # of v18.20.4
    return major[:1] == "v" and major[1:].isdigit() and int(major[1:]) >= OLDEST_NODE


def has_font(_name: str) -> bool:
    """Say whether any font that Qt can draw is installed."""
    homes = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts"]
    return any(next(home.rglob(kind), None) is not None for home in homes for kind in ("*.ttf", "*.otf"))


VENV_NEEDS = (Need(has_module, "ensurepip", (f"python3.{sys.version_info[1]}-venv", "python3-venv")),)
QT_NEEDS = (
    Need(has_library, "libEGL.so.1", ("libegl1",)),
    Need(has_library, "libGL.so.1", ("libgl1",)),
    Need(has_library, "libxkbcommon.so.0", ("libxkbcommon0",)),
    Need(has_library, "libfontconfig.so.1", ("libfontconfig1",)),
    Need(has_library, "libdbus-1.so.3", ("libdbus-1-3",)),
    Need(has_library, "libglib-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0")),
    Need(has_font, "a font", ("fonts-dejavu-core",), "readable text"),
)
WINDOW_NEEDS = (
    Need(has_library, "libxcb-cursor.so.0", ("libxcb-cursor0",), "windows on an X screen"),
    Need(has_library, "libxkbcommon-x11.so.0", ("libxkbcommon-x11-0",), "windows on an X screen"),
    Need(has_library, "libxcb-icccm.so.4", ("libxcb-icccm4",), "windows on an X screen"),
    Need(has_library, "libxcb-keysyms.so.1", ("libxcb-keysyms1",), "windows on an X screen"),
    Need(has_library, "libxcb-shape.so.0", ("libxcb-shape0",), "windows on an X screen"),
)
# One line for each server or peer that tests talk to.
TEST_NEEDS = (
    Need(has_program, "Xvfb", ("xvfb",), "tests marked xvfb"),
    Need(has_program, "xdotool", ("xdotool",), "tests marked xvfb"),
    Need(has_program, "gnome-keyring-daemon", ("gnome-keyring",), "tests marked keyring"),
    Need(has_program, "dbus-run-session", ("dbus",), "tests marked keyring"),
    Need(has_node, f"node {OLDEST_NODE}", ("nodejs",), "tests against node-opcua"),
    Need(has_program, "npm", ("npm",), "tests against node-opcua"),
    Need(has_program, "strace", ("strace",), "power cuts of the history"),
    Need(has_program, "slapd", ("slapd",), "tests against an LDAP directory"),
)


def needs_of(command: str, arguments: Sequence[str], platform: str) -> tuple[Need, ...]:
    """Return what a command needs on Linux; `platform` is Qt's, empty where Qt chooses by itself."""
    if command == "test":
        return VENV_NEEDS + QT_NEEDS + WINDOW_NEEDS + TEST_NEEDS
    if "--headless" in arguments:
        return VENV_NEEDS
    return VENV_NEEDS + QT_NEEDS + (() if platform in WINDOWLESS_PLATFORMS else WINDOW_NEEDS)


def missing(needs: Sequence[Need]) -> list[Need]:
    """Return the needs that this machine does not meet."""
    return [need for need in needs if not need.is_there(need.name)]


# --- system packages -----------------------------------------------------------------------------------------------


def say(sentence: str) -> None:
    """Print at once: what is started next may write past our buffer."""
    print(sentence, flush=True)


def captured(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command without input and keep what it prints; a missing program is a failure like any other."""
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, str(error))


def administrator_prefix() -> list[str] | None:
    """Return what makes a command run as root: nothing for root, else sudo where it works; None where it cannot be."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if captured(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin is not None and sys.stdin.isatty() else None


def is_known_to_apt(package: str) -> bool:
    """Say whether apt has this package in its lists; they are empty on a fresh machine."""
    return captured(["apt-cache", "show", package]).returncode == 0


def choose_packages(needs: Sequence[Need], is_known: Callable[[str], bool]) -> tuple[list[str], bool]:
    """Return one package for each need, and whether all are known; an unknown need gets its last, oldest name."""
    chosen = []
    all_known = True
    for need in needs:
        known = next((package for package in need.packages if is_known(package)), None)
        all_known = all_known and known is not None
        chosen.append(known or need.packages[-1])
    return sorted(set(chosen)), all_known


def apt_get(prefix: Sequence[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run apt-get without a question, waiting two minutes for another that is at work."""
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120"]
    return captured([*prefix, *quiet, *arguments])


def install_packages(needs: Sequence[Need], prefix: Sequence[str]) -> None:
    """Install the packages of these needs; fetch apt's lists first where they are empty or out of date."""
    packages, all_known = choose_packages(needs, is_known_to_apt)
    if not all_known:
        say("Fetching the list of system packages.")
        apt_get(prefix, "update")
        packages, _ = choose_packages(needs, is_known_to_apt)
    say("Installing system packages: " + " ".join(packages))
    result = apt_get(prefix, "install", "--no-install-recommends", *packages)
    if result.returncode != 0 and all_known:
        apt_get(prefix, "update")
        result = apt_get(prefix, "install", "--no-install-recommends", *packages)
    if result.returncode != 0:
        say("apt-get could not install them: " + reason(result.stdout))


def reason(output: str) -> str:
    """Return the line of a program's output that says best why it failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("E:", "ERROR:", "Error:", "npm ERR!", "npm error"))]
    return (errors or lines or ["it gave no reason"])[-1]


def advice(needs: Sequence[Need], has_apt: bool) -> str:
    """Return the sentence that tells an administrator what to install."""
    packages, _ = choose_packages(needs, is_known_to_apt if has_apt else lambda _: False)
    if has_apt:
        return (
            "An administrator can install it with:\n    apt-get update && apt-get install -y --no-install-recommends "
            + " ".join(packages)
        )
    return "Debian's packages for it are called: " + " ".join(packages)


def bring(needs: Sequence[Need], is_strict: bool) -> None:
    """Install what is missing; raise when something indispensable stays away, or anything at all when strict."""
    absent = missing(needs)
    if not absent:
        return
    has_apt = shutil.which("apt-get") is not None
    prefix = administrator_prefix() if has_apt else None
    if prefix is not None:
        install_packages(absent, prefix)
        absent = missing(absent)
    if absent:
        report_absent(absent, has_apt, is_strict)


def report_absent(absent: Sequence[Need], has_apt: bool, is_strict: bool) -> None:
    """Say what cannot be had and what is lost by it; raise when that stops us."""
    names = ", ".join(need.name for need in absent)
    sentence = f"This machine lacks {names}. {advice(absent, has_apt)}"
    if is_strict or not all(need.lost for need in absent):
        raise SetUpError(sentence)
    say(sentence)
    say("Going on without: " + ", ".join(sorted({need.lost for need in absent})) + ".")


# --- the virtual environment ---------------------------------------------------------------------------------------


def venv_python(venv: Path = VENV) -> Path:
    """Return the interpreter inside a virtual environment."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def digest_of(lock: Path) -> str:
    """Return what stands for a lock installed by this version of Python, as 64 hexadecimal digits."""
    return hashlib.sha256(b"%d.%d\n" % sys.version_info[:2] + lock.read_bytes()).hexdigest()


def installed_locks(stamp: Path) -> set[str]:
    """Return the digests of the locks that were installed to the end; the stamp is written last."""
    return set(stamp.read_text().split()) if stamp.is_file() else set()


def prepare_venv(lock: Path) -> None:
    """Make the virtual environment hold this lock; at once when it already does.

    Without a valid stamp it is made anew: a half-made one cannot be trusted, and pip removes nothing that has left a
    lock. Going from the run lock to the test lock only adds.
    """
    done = installed_locks(STAMP) if venv_python().exists() else set()
    if digest_of(lock) in done:
        return
    if digest_of(RUN_LOCK) not in done:
        say("Making the virtual environment.")
        # Run from inside the environment, sys.executable would be the very file that --clear removes.
        base = getattr(sys, "_base_executable", None) or sys.executable
        result = captured([base, "-m", "venv", "--clear", str(VENV)])
        if result.returncode != 0:
            raise SetUpError("The virtual environment could not be made: " + reason(result.stdout))
    STAMP.unlink(missing_ok=True)
    pip_install(lock)
    locks = (RUN_LOCK, TEST_LOCK) if lock == TEST_LOCK else (lock,)
    STAMP.write_text("\n".join(map(digest_of, locks)) + "\n")


def pip_install(lock: Path) -> None:
    """Install exactly what the lock names, wheels only, compiled: asyncua costs seconds at each start otherwise."""
    say(f"Installing the packages of {lock.name} (a minute or two).")
    options = ["--disable-pip-version-check", "--no-input", "--quiet", "--quiet", "--compile"]
    exactly = ["--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    command = [str(venv_python()), "-m", "pip", "install", *options, *exactly]
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        raise SetUpError("The Python packages could not be installed: see pip's lines above; is the network there?")


# --- the peer from npm ---------------------------------------------------------------------------------------------


def prepare_node_peer(is_strict: bool) -> None:
    """Make the peer's folder hold the packages of its lock; at once when it already does.

    npm begins by removing what is there; the stamp is written into it last. Without npm there is nothing to be done
    here: `bring` has said what is lost.
    """
    stamp = NODE_PEER / "node_modules" / "installed-locks"
    digest = digest_of(NODE_PEER / "package-lock.json")
    npm = shutil.which("npm")
    if npm is None or digest in installed_locks(stamp):
        return
    say("Installing the packages of the tests' OPC UA peer.")
    result = npm_install(npm)
    if result.returncode == 0:
        stamp.write_text(digest + "\n")
        return
    sentence = "npm could not install the packages of the tests' OPC UA peer: " + reason(result.stdout)
    if is_strict:
        raise SetUpError(sentence)
    say(sentence)
    say("Going on without: tests against node-opcua.")


def npm_install(npm: str) -> subprocess.CompletedProcess[str]:
    """Install exactly what the lock names; no package runs a script of its own."""
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    return captured([npm, "ci", "--prefix", str(NODE_PEER), "--ignore-scripts", *quiet])


# --- the two commands ----------------------------------------------------------------------------------------------


def qt_platform(environment: Mapping[str, str], system: str = sys.platform) -> str:
    """Return what QT_QPA_PLATFORM must be: what the user asked for, offscreen without a display, else Qt's choice."""
    given = environment.get("QT_QPA_PLATFORM", "")
    has_display = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    return "offscreen" if not given and not has_display and system == "linux" else given


def run_command(arguments: Sequence[str]) -> list[str]:
    """Return the command line of the demo plant and its window."""
    return [str(venv_python()), "-m", "hmi", "--demo", *arguments]


def test_command(arguments: Sequence[str]) -> list[str]:
    """Return the command line of the tests; all of them run side by side, since most of their time is waiting."""
    return [str(venv_python()), "-m", "pytest", *(arguments or SIDE_BY_SIDE)]


def with_secret_service(command: Sequence[str]) -> list[str]:
    """Return the command line that runs a command in a session bus of its own, with an unlocked keyring."""
    unlock = 'printf "test-pass\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'
    return ["dbus-run-session", "--", "sh", "-c", unlock, "sh", *command]


def run(arguments: Sequence[str]) -> int:
    """Start the program in our place, so that signals reach it."""
    platform = qt_platform(os.environ)
    if sys.platform == "linux":
        # Wayland can do without the libraries of an X screen; nothing else can.
        bring(needs_of("run", arguments, platform), is_strict=not os.environ.get("WAYLAND_DISPLAY"))
    prepare_venv(RUN_LOCK)
    environment = dict(os.environ)
    if platform and "--headless" not in arguments:
        if not environment.get("QT_QPA_PLATFORM"):
            say(f"There is no display: the window is drawn in memory only (QT_QPA_PLATFORM={platform}).")
        environment["QT_QPA_PLATFORM"] = platform
    return start(run_command(arguments), environment)


def start(command: list[str], environment: Mapping[str, str]) -> int:
    """Become the command, without a shell; Windows has no exec that waits, so there it is a child."""
    os.chdir(ROOT)
    if os.name == "posix":
        os.execve(command[0], command, environment)  # noqa: S606
    return subprocess.run(command, env=environment, check=False).returncode


def test(arguments: Sequence[str]) -> int:
    """Run the tests with what they talk to, in a home of their own for keys and runtime files."""
    is_strict = os.environ.get("CI") == "true"
    if sys.platform == "linux":
        bring(needs_of("test", arguments, "offscreen"), is_strict=is_strict)
    prepare_venv(TEST_LOCK)
    prepare_node_peer(is_strict)
    command = test_command(arguments)
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    with tempfile.TemporaryDirectory(prefix="roams-test-", ignore_cleanup_errors=True) as home:
        if has_program("dbus-run-session") and has_program("gnome-keyring-daemon"):
            command = with_secret_service(command)
            environment.update(private_directories(Path(home)))
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def private_directories(home: Path) -> dict[str, str]:
    """Make the directories of a session, readable by this user only, and return the variables that name them."""
    variables = {"XDG_RUNTIME_DIR": home / "run", "XDG_DATA_HOME": home / "data"}
    for path in variables.values():
        path.mkdir(mode=0o700)
    return {name: str(path) for name, path in variables.items()}


def age_complaint(version: tuple[int, int]) -> str:
    """Return the sentence about a Python that is too old or too new, empty when it will do."""
    if OLDEST <= version <= NEWEST:
        return ""
    return "Roams needs Python {}.{} to {}.{}; this is {}.{}.".format(*OLDEST, *NEWEST, *version)


def main(arguments: Sequence[str]) -> int:
    """Carry out a command line and return the exit code: 2 for a wrong call or Python, 1 for a failed set-up."""
    complaint = age_complaint(sys.version_info[:2])
    if not complaint and (not arguments or arguments[0] not in {"run", "test"}):
        complaint = __doc__ or ""
    if complaint:
        print(complaint.strip(), file=sys.stderr)
        return 2
    try:
        return (run if arguments[0] == "run" else test)(arguments[1:])
    except (SetUpError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
