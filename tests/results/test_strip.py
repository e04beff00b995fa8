from hypothesis import given
from hypothesis import strategies as st

from engine.results.strip import Scale, scale_of, strip

SCALE = Scale(0.0, 1.0)


def dots(text):
    return sum((ord(char) - 0x2800).bit_count() for char in text)


def test_the_ends_and_the_middle():
    assert strip([0.0, 0.5, 1.0], SCALE, plain=True, width=5) == ". . ."
    assert strip([0.0, 1.0], SCALE, width=2) == "⡀⢀"


def test_what_falls_together_is_stacked():
    assert strip([0.0] * 4, SCALE, width=2) == "⡇⠀"
    assert [strip([0.0] * n, SCALE, plain=True, width=2) for n in (1, 2, 3, 9)] == [". ", ": ", "# ", "# "]


def test_rows_share_their_scale():
    rows = [[0.2, 0.4], [0.3, None], [None]]
    scale = scale_of(rows)
    assert scale == Scale(0.2, 0.4)
    assert [strip(row, scale, plain=True, width=3) for row in rows] == [". .", " . ", ""]


def test_equal_values_stand_in_the_middle_and_none_is_no_strip():
    assert strip([0.5, 0.5], scale_of([[0.5, 0.5]]), plain=True, width=3) == " : "
    assert scale_of([[None], []]) is None
    assert strip([0.5], None) == ""


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_no_repeat_is_lost_where_few_are(values):
    assert dots(strip(values, scale_of([values]))) == len(values)
    assert len(strip(values, scale_of([values]))) == len(strip(values, scale_of([values]), plain=True)) == 8
