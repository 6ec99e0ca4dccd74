"""What the handbook claims of security has a test that is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in (ROOT / "resources" / "handbook" / "security.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| CR ")
]
NAMED = re.compile(r"`([^`]+\.py)::(\w+)`")


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def test_the_table_is_there() -> None:
    assert len(ROWS) > 30


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_requirement_names_a_way_and_tests_that_exist(row: list[str]) -> None:
    requirement, way, shown_by = row
    assert way, requirement
    named = NAMED.findall(shown_by)
    assert named, f"{requirement} is claimed without a test"
    for path, name in named:
        assert (ROOT / path).exists(), path
        assert name in functions_of(ROOT / path), f"{path} has no {name}"
