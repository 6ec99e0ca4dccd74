from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hmi.config.csv_files.cells import FORMULA_MARKS, guarded, unguarded


@given(st.text(max_size=20))
def test_a_guarded_text_is_harmless_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(FORMULA_MARKS)
    assert unguarded(guarded(text)) == text.replace("\r\n", "\n").replace("\r", "\n")
