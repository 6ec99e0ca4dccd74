from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.domain.expressions import (
    DEPTH_MOST,
    LENGTH_MOST,
    ExpressionError,
    parse,
    references_itself,
    renamed,
)

INDEX = {"A": 3, "B": 5, "North tank · Level": 8, "odd ] [ name": 9}


def evaluate(text: str, **values: float | None) -> bool:
    bound = parse(text).bind(INDEX.__getitem__)
    by_index = {INDEX[name]: value for name, value in values.items()}
    return bound.evaluate(lambda index: by_index.get(index, 0.0))


# ── against Python's own reading ──────────────────────────────────────────────────────────────────────────────────────

numbers: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.integers(0, 99).map(str),
        st.sampled_from(["0.5", ".25", "3.", "1e2"]),
        st.sampled_from(["[A]", "[B]", "[ North tank · Level ]", "[odd ]] [[ name]"]),
        st.tuples(numbers, st.sampled_from([" + ", "-", "*", " / ", " - "]), numbers).map("".join),
        st.tuples(st.just("("), numbers, st.just(")")).map("".join),
        st.tuples(st.sampled_from(["-", "+ "]), numbers).map("".join),
        st.tuples(st.sampled_from(["min(", "max("]), numbers, st.just(", "), numbers, st.just(")")).map("".join),
        numbers.map(lambda inside: f"abs({inside})"),
    )
)
signs = st.sampled_from(["=", "<>", " < ", "<=", ">", " >= ", "≥", "!=", "=="])
truths: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["true", "FALSE", "True"]),
        st.tuples(numbers, signs, numbers).map("".join),
        st.tuples(truths, st.sampled_from([" and ", " or ", " AND ", "\n or\t"]), truths).map("".join),
        truths.map(lambda inside: f"not {inside}"),
        truths.map(lambda inside: f"({inside})"),
    )
)


def python_of(text: str) -> str:
    """Return the same in Python's spelling."""
    text = re.sub(r"\[((?:[^\[\]]|\[\[|\]\])+)\]", lambda found: f"v({found.group(1)!r})", text)
    parts = re.split(r"(v\('[^']*'\))", text)
    for place in range(0, len(parts), 2):
        part = parts[place].lower().replace("≥", ">=").replace("<>", "!=").replace("true", "True")
        part = part.replace("false", "False").replace("\n", " ")
        parts[place] = re.sub(r"(?<![<>=!])=(?!=)", "==", part)
    return "".join(parts)


@given(truths.filter(lambda text: len(text) < LENGTH_MOST), st.lists(st.integers(-3, 3), min_size=4, max_size=4))
def test_it_means_what_python_means(text: str, values: list[int]) -> None:
    given_values = dict(zip(INDEX, (float(value) for value in values), strict=True))
    plain = {name.replace("[", "[[").replace("]", "]]"): value for name, value in given_values.items()}
    by_index = {INDEX[name]: value for name, value in given_values.items()}
    expected: bool | None
    try:
        expected = bool(eval(python_of(text), {"v": lambda name: plain[name.strip()], "min": min, "max": max}))
    except ZeroDivisionError:
        expected = None
    try:
        found = parse(text).bind(INDEX.__getitem__).evaluate(by_index.__getitem__)
    except ExpressionError as error:
        said = str(error)
    else:
        said = ""
        assert found is expected
    assert not said or expected is None or "deep at most" in said


@pytest.mark.parametrize(
    "text",
    [
        "10 - 3 - 2 = 5",
        "8 / 4 / 2 = 1",
        "2 + 3 * 4 = 14",
        "(2 + 3) * 4 = 20",
        "-2 * 3 = -6",
        "2 - -1 = 3",
        "2 − 1 × 4 ÷ 2 = 0",
        "true or true and false",
        "not false and true",
        "not 1 = 2",
        "min(3, 1, 2) = 1 and max(3, 1, 2) = 3 and abs(-3) = abs(3)",
        "1 <= 1 and 1 >= 1 and 1 ≤ 2 and 2 ≥ 1 and 1 <> 2 and 1 ≠ 2",
    ],
)
def test_what_binds_first(text: str) -> None:
    assert evaluate(text)


def refusal_of(text: str) -> ExpressionError | None:
    try:
        assert all(parse(text).names)
    except ExpressionError as error:
        return error
    return None


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    error = refusal_of(text)
    assert error is None or str(error).isprintable()


@given(st.text("[]()+-*/<>=,.19aeo \n·AB", max_size=80))
def test_any_rubble_of_its_own_signs_is_read_or_refused(text: str) -> None:
    error = refusal_of(text)
    assert error is None or 0 <= error.position <= len(text) or "empty" in str(error)


# ── what it refuses ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The expression is empty."),
        ("[A]", "At character 1: [A] is a number; compare it, like [Pump running] = 1."),
        ("1 + 2", "At character 1: This is a number; compare it"),
        ("not [A]", "At character 5: [A] is a number"),
        ("[A] = 1 and [B]", "At character 13: [B] is a number"),
        ("[A = 1", "At character 1: The bracket of this tag is not closed"),
        ("[A]] = 1", "At character 1: The bracket of this tag is not closed"),
        ("[ ] = 1", "At character 1: Write a tag's name between the brackets."),
        ("1 < [A] < 3", "At character 9: Join two comparisons with and."),
        ("(1 = 1", "At character 7: ) is missing here."),
        ("1 = 1)", "At character 6: ) does not fit here."),
        ("1 = 1 2", "At character 7: 2 does not fit here."),
        ("1 =", "At character 4: Something is missing at the end."),
        ("[A] > 0,5", "write 0.5 with a point"),
        ("true = 1", "this is a comparison or true or false"),
        ("abs(1, 2) = 1", "At character 1: abs takes one number."),
        ("min(1) = 1", "At character 1: min takes two numbers or more."),
        ("1e999 > 0", "At character 1: This number is too large."),
        ("level > 1", "At character 1: level is not known. A tag stands in brackets"),
        ("__import__('os').system('x')", "At character 12: ' means nothing here."),
        ("__import__", "__import__ is not known"),
        ("(lambda x)()", "lambda is not known"),
        ("[A].real = 1", "At character 4: . means nothing here."),
        ("1 if true", "At character 3: if does not fit here."),
        ("2 ** 9 > 1", "does not fit here"),
        ("٣ = 3", "means nothing here"),
        ("1 = 1\x00", "At character 6: ? means nothing here."),
        ("（1 = 1）", "means nothing here"),
    ],
)
def test_it_says_what_is_wrong_and_where(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("mark", ["(", "not ", "-", "abs(", "min(1,"])
def test_depth_is_bounded(mark: str) -> None:
    with pytest.raises(ExpressionError, match=f"{DEPTH_MOST} deep at most"):
        parse(mark * 150)


def test_length_is_bounded_before_anything_is_read() -> None:
    for text in ("(" * 10_000, "1+" * 10_000_000, "[" * 10_000, "]" * 10_000):
        with pytest.raises(ExpressionError, match="1000 characters at most"):
            parse(text)
    assert evaluate("0" * (LENGTH_MOST - 4) + "1 =1")


def test_the_longest_chains_are_read_and_evaluated() -> None:
    assert evaluate("1" + "+1" * 490 + ">0")
    assert evaluate("true" + " or true" * 120)
    assert not evaluate("true" + " and true" * 100 + " and false")
    assert evaluate("(" * DEPTH_MOST + "[A] = 0" + ")" * DEPTH_MOST)


# ── tags ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_names_and_tags() -> None:
    found = parse("[A] = 1 or [A] > [ North tank · Level ] or [odd ]] [[ name] = 2")
    assert found.names == {"A", "North tank · Level", "odd ] [ name"}
    bound = found.bind(INDEX.__getitem__)
    assert bound.tags == {3, 8, 9}
    assert references_itself(bound, 8)
    assert not references_itself(bound, 5)


def test_a_name_that_nobody_has_is_said() -> None:
    with pytest.raises(ExpressionError, match=r"There is no tag called C\."):
        parse("[A] = 1 and [C] = 2").bind(INDEX.__getitem__)


def test_the_tags_that_are_needed_are_asked_for_once_each() -> None:
    asked: list[int] = []

    def value_of(index: int) -> float:
        asked.append(index)
        return 1.0

    assert parse("[A] = 1 and [A] + [B] = 2").bind(INDEX.__getitem__).evaluate(value_of)
    assert sorted(asked) == [3, 5]


# ── values that are none ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_trusted_is_an_error_wherever_it_stands(value: float | None) -> None:
    for text in ("[A] = 1", "true or [A] = 1", "false and [A] = 1", "not ([A] <> [A])"):
        with pytest.raises(ExpressionError, match=r"The value of A is not trusted\."):
            evaluate(text, A=value)


def test_a_division_by_zero_is_an_error_unless_it_is_guarded() -> None:
    with pytest.raises(ExpressionError, match="divides by 0"):
        evaluate("1 / [A] > 0", A=0.0)
    assert not evaluate("[A] <> 0 and 1 / [A] > 0", A=0.0)
    assert evaluate("[A] = 0 or 1 / [A] > 0", A=0.0)


@pytest.mark.parametrize("text", ["[A] * [A] > 0", "[A] + [A] - [A] > 0", "[A] / 0.001 > 0"])
def test_a_number_without_bound_is_an_error(text: str) -> None:
    with pytest.raises(ExpressionError, match="too large"):
        evaluate(text, A=1.5e308)


def test_tags_in_a_text_are_renamed_and_nothing_else_is_touched() -> None:
    text = "[ A ] = 1 and [odd ]] [[ name]>2 or [B]<[A]"
    found = renamed(text, {"A": "C", "odd ] [ name": "plain", "B": "x]y"}.__getitem__)
    assert found == "[C] = 1 and [plain]>2 or [x]]y]<[C]"
    assert renamed("", str) == ""
