from __future__ import annotations

import pytest

from hmi.config.passwords import as_code, make_password, normal, password_fault


@pytest.mark.parametrize(
    "password", ["blue heron lake", "Zq7!kfpw0Lmx", "пароль-насос-12", "839201748392", "水塔と青い鷺と湖とポンプと夜"]
)
def test_good_ones(password: str) -> None:
    assert password_fault(password, "Ana") == ""


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "At least 12"),
        ("eleven char", "At least 12"),
        ("x" * 257, "256"),
        ("my name is Ana!", "name"),
        ("MY-NAME-IS-ANA", "name"),
        ("aaaaaaaaaaaa", "first"),
        ("abababababab", "first"),
        ("123456789012", "first"),
        ("210987654321", "first"),
        ("qwertyuiopqwerty", "first"),
        ("Password2026!!", "first"),
        ("p a s s w o r d 1 2", "first"),
        ("administrator", "first"),
        ("operatoroperator", "first"),
        ("PumpStation1", "first"),
        ("ｐａｓｓｗｏｒｄ２０２６", "first"),
    ],
)
def test_bad_ones(password: str, words: str) -> None:
    assert words in password_fault(password, "Ana")


def test_the_length_is_a_rule_of_the_plant() -> None:
    assert password_fault("heron8!x", "Ana", 8) == ""
    assert "20" in password_fault("blue heron lake", "Ana", 20)


def test_a_short_name_forbids_nothing() -> None:
    assert password_fault("blue heron lake", "E") == ""


def test_what_looks_the_same_is_the_same() -> None:
    assert normal("ﬁve\u0301") == normal("fivé")
    assert normal("\ud800") == "?"


def test_made_ones_differ_pass_the_rules_and_are_read_from_paper() -> None:
    made = {make_password() for _ in range(200)}
    assert len(made) == 200
    for each in made:
        assert password_fault(each, "Ana") == ""
        assert not set("0o1il") & set(each)
        assert as_code(each.upper().replace("-", " ") + " \n") == each
