"""Markdown in which nothing that came from data marks anything up."""

from hypothesis import given
from hypothesis import strategies as st

from engine.results.markup import block, table


@given(st.lists(st.text(alphabet="`a ~", max_size=12)))
def test_nothing_ends_a_fence_but_its_end(lines: list[str]) -> None:
    head, *inner, end = block(lines)
    assert head == end + "text"
    assert set(end) == {"`"}
    assert all(end not in line for line in inner)
    assert inner == [line.rstrip() for line in lines]


def test_a_cell_is_never_two() -> None:
    lines = list(table(("name", "n"), [("a|b\n", "1"), ("*c*", "2")], numeric=(1,)))
    assert lines == ["| name | n |", "|:---|---:|", "| a\\|b\\\\n | 1 |", "| \\*c\\* | 2 |"]
