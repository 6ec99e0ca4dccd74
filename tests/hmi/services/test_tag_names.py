"""Tags by name, and who may have been meant."""

from __future__ import annotations

import pytest

from hmi.services.port import RefusedError
from hmi.services.tag_names import CANDIDATES, candidates, find_tags, full_name
from tests.support.plants import CATALOGUE, LEVEL


def test_a_tag_is_found_by_any_of_its_names() -> None:
    full = full_name(CATALOGUE, CATALOGUE.tag_by_index[LEVEL])
    assert find_tags(CATALOGUE, ("Tank level", full.upper())) == (LEVEL, LEVEL)


@pytest.mark.parametrize("name", ["level", "Tnak level", "hill tank"])
def test_those_that_may_be_meant_are_said(name: str) -> None:
    with pytest.raises(RefusedError, match=r"Do you mean .*Hill borehole · Tank level"):
        find_tags(CATALOGUE, (name,))
    assert len(candidates(CATALOGUE, "hill")) == CANDIDATES


def test_nobody_like_it() -> None:
    with pytest.raises(RefusedError, match=r"There is no tag called xyzzy\. Write station"):
        find_tags(CATALOGUE, ("xyzzy",))
