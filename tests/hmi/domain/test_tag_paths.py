from __future__ import annotations

from dataclasses import replace

import pytest

from hmi.domain.expressions import ExpressionError, parse
from hmi.domain.tag_paths import TagPaths, full_name
from tests.support.plants import CATALOGUE, LEVEL, RUN, STATION, TAGS, second_station

TWO = second_station(1)


def test_a_tag_is_found_by_its_own_name_in_its_station_and_by_its_full_name_anywhere() -> None:
    paths = TagPaths(TWO)
    assert paths.find("Tank level", STATION.id) == TAGS[LEVEL]
    assert paths.find("Tank level", TWO.stations[1].id) == TWO.tags[-1]
    assert paths.find(" hill  BOREHOLE · tank level ", TWO.stations[1].id) == TAGS[LEVEL]
    assert paths.find("Station 1 · Tank level") == TWO.tags[-1]
    assert full_name(TWO, TWO.tags[-1]) == "Station 1 · Tank level"


def test_names_that_nobody_or_several_have() -> None:
    paths = TagPaths(TWO)
    with pytest.raises(KeyError):
        paths.find("Tank level")
    with pytest.raises(KeyError):
        paths.find("Pump 1 running", TWO.stations[1].id)
    twice = replace(TAGS[RUN], revision=replace(TAGS[RUN].revision, name="Tank level"))
    both = TagPaths(replace(CATALOGUE, tags=(*TAGS[:RUN], twice, *TAGS[RUN + 1 :])))
    with pytest.raises(ExpressionError, match="Several tags are called Tank level"):
        both.find("Tank level", STATION.id)


def test_an_expression_of_a_station_is_bound() -> None:
    bound = parse("[Pump 1 running] = 0 and [Station 1 · Tank level] > 1").bind(TagPaths(TWO).resolver(STATION.id))
    assert bound.tags == {RUN, TWO.tags[-1].index}
    with pytest.raises(ExpressionError, match="There is no tag called Pump 2"):
        parse("[Pump 2] = 0").bind(TagPaths(TWO).resolver(STATION.id))
