"""Every import contract breaks on the violation it is there for; a contract that cannot break protects nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINT = Path(sys.executable).with_name("lint-imports")

VIOLATIONS = {
    "layers": ("hmi/domain/tags.py", "import hmi.services.port"),
    "drivers-below": ("drivers/api/batch.py", "import hmi.domain.tags"),
    "drivers": ("drivers/opcua/codec.py", "import drivers.simulated.description"),
    "no-qt-below": ("hmi/panes/alarms/presenter.py", "import hmi.ui.theme"),
    "panes": ("hmi/panes/alarms/view.py", "import hmi.panes.map.presenter"),
    "presenters": ("hmi/panes/alarms/presenter.py", "import hmi.panes.alarms.view"),
    "port": ("hmi/panes/control/presenter.py", "import hmi.services.control"),
    "qasync": ("hmi/shell/main_window.py", "import qasync"),
    "no-tests": ("hmi/domain/tags.py", "import tests.test_contracts"),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for name in ("hmi", "drivers", "resources", "tests", "installer"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(tree: Path, contract: str) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--contract", contract, "--no-cache"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_contract_breaks_on_a_planted_violation(tree: Path, contract: str) -> None:
    name, line = VIOLATIONS[contract]
    file = tree / name
    original = file.read_text()
    try:
        file.write_text(original + f"\n{line}\n")
        found = lint(tree, contract)
    finally:
        file.write_text(original)
    assert found.returncode == 1, found.stdout
    assert "BROKEN" in found.stdout


def test_exhaustive_layers_refuse_a_new_room(tree: Path) -> None:
    room = tree / "hmi" / "utils.py"
    room.write_text("")
    try:
        found = lint(tree, "layers")
    finally:
        room.unlink()
    assert found.returncode == 1


def test_every_contract_is_tried() -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]} == set(VIOLATIONS)
