"""Units become one another exactly as the books say."""

from __future__ import annotations

import itertools

import pytest

from hmi.storage.exchange.units import TABLE, conversion, known_unit, units_like


@pytest.mark.parametrize(
    ("source", "target", "number", "wanted"),
    [
        ("m³/h", "l/s", 36, 10),
        ("l/s", "m3/h", 10, 36),
        ("bar", "kPa", 1.5, 150),
        ("°C", "°F", 100, 212),
        ("F", "degC", 32, 0),
        ("psi", "bar", 14.503773773, 1),
        ("mwc", "bar", 10.1971621, 1),
        ("m3/d", "m³/h", 24, 1),
        ("MW", "kW", 1, 1000),
        ("mS/cm", "µS/cm", 1, 1000),
        ("m", "m", 5, 5),
    ],
)
def test_conversion(source: str, target: str, number: float, wanted: float) -> None:
    found = conversion(source, target)
    assert found is not None
    assert number * found[0] + found[1] == pytest.approx(wanted, abs=1e-6)


def test_there_and_back_is_the_same_for_every_pair() -> None:
    for units in TABLE.values():
        for one, other in itertools.permutations(units, 2):
            there, back = conversion(one, other), conversion(other, one)
            assert there is not None
            assert back is not None
            assert (17 * there[0] + there[1]) * back[0] + back[1] == pytest.approx(17)


def test_what_cannot_become_the_other_does_not() -> None:
    assert conversion("bar", "m³/h") is None
    assert conversion("furlong", "m") is None
    assert conversion("furlong", "furlong") == (1.0, 0.0)


def test_a_unit_that_differs_in_case_alone_is_not_mistaken() -> None:
    assert known_unit("KPA") == "kPa"
    assert known_unit("mpa") == "mpa", "milli or mega: nobody knows"
    assert conversion("mW", "kW") is None
    assert conversion("mv", "V") is None


def test_units_to_choose_from_begin_with_the_tags_own() -> None:
    assert units_like("bar")[0] == "bar"
    assert "kPa" in units_like("bar")
    assert units_like("NTU") == ("NTU",)
    assert units_like("") == ()
