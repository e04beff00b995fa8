"""Values as they are typed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.editing.sweeptext import MOST, text_of, values_of


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("0.2, 0.25, 0.2", "float", [0.2, 0.25, 0.2]),
        ("[0.2, 0.25]", "float", [0.2, 0.25]),
        ("7", "int", [7]),
        ("1e-4..1e-2 log 5", "float", [1e-4, 0.0003162, 1e-3, 0.003162, 1e-2]),
        ("0..0.5 lin 6", "float", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        ("8..128 log 5", "int", [8, 16, 32, 64, 128]),
        ("1..5", "int", [1, 2, 3, 4, 5]),
        ("3..1", "int", [3, 2, 1]),
        ("1..3, 9", "int", [1, 2, 3, 9]),
        ("on, off, True, no", "bool", [True, False, True, False]),
        ("relu, tanh", "text", ["relu", "tanh"]),
        ("'a,b.npz', mnist", "text", ["a,b.npz", "mnist"]),
        ("many", "int", ["many"]),
        ("1e999", "float", [math.inf]),
        ("64, 128,", "int", [64, 128]),
    ],
)
def test_what_is_typed_is_what_is_meant(text, kind, values):
    found = values_of(text, kind)
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "type a value"),
        ("1,,2", "nothing between two commas"),
        ("0..1", "how the range is walked"),
        ("0..1 log 5", "both ends above 0"),
        ("0..1 lin", "say how many"),
        ("0..1 lin 1", "2 or more"),
        ("0..1 lin 99999999999", "more than"),
        ("1e999..2 lin 3", "finite"),
        ("1..2 cubic 3", "a range is first..last"),
    ],
)
def test_what_means_nothing_is_said_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        values_of(text, "float")


def test_a_range_too_long_is_refused_before_it_is_made():
    with pytest.raises(ValueError, match="more than"):
        values_of("1..999999999", "int")


@given(st.text(max_size=40), st.sampled_from(["bool", "int", "float", "text"]))
def test_no_text_is_a_surprise(text, kind):
    try:
        assert 1 <= len(values_of(text, kind)) <= MOST + 2
    except ValueError as error:
        assert str(error)


numbers = st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False))
words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\"'"), min_size=1, max_size=12)


@given(st.lists(numbers, min_size=1, max_size=8))
def test_numbers_are_written_as_they_are_read(values):
    found = values_of(text_of(values), "float")
    assert found == values


@given(st.lists(words, min_size=1, max_size=6))
def test_words_are_written_as_they_are_read(values):
    assert values_of(text_of(values), "text") == values


@given(st.floats(1e-9, 1e3), st.floats(1e-9, 1e3), st.integers(2, 40), st.sampled_from(["log", "lin"]))
def test_a_range_begins_and_ends_as_it_says(low, high, count, how):
    values = values_of(f"{low!r}..{high!r} {how} {count}", "float")
    assert (values[0], values[-1], len(values)) == (low, high, count)
    assert all(min(low, high) * 0.999 <= value <= max(low, high) * 1.001 for value in values)
