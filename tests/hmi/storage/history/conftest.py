from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.storage.history.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()
