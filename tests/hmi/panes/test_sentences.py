"""Sentences of the panes: each is a literal where it is translated, since what gathers them reads no variables."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import hmi.panes

FOLDER = Path(hmi.panes.__path__[0])


@pytest.mark.parametrize(
    "path",
    sorted([*FOLDER.glob("audit/*.py"), *FOLDER.glob("control/*.py")]),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_what_is_translated_is_a_literal(path: Path) -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr"
    ]
    assert not [ast.unparse(each) for each in calls if not isinstance(each.args[0], ast.Constant)]
