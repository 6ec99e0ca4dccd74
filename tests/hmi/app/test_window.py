"""Before the first window stands, nothing heavy is loaded: one import in the shell cost 0.8 s of it once."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("asyncua", "cryptography", "duckdb", "keyring", "numpy", "pydantic", "pyqtgraph", "sqlalchemy", "structlog")


def test_what_the_first_window_needs_loads_none_of_the_heavy_libraries() -> None:
    program = "import sys, hmi.app.launch, hmi.app.window; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert sorted(set(HEAVY) & set(done.stdout.split())) == []
