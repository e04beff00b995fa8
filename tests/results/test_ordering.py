"""Ranks and groups that are made when looked at are those that would have been made beforehand."""

from hypothesis import given
from hypothesis import strategies as st

from engine.results.ordering import Ranks, Singles, ordered, rearranged

means = st.lists(st.one_of(st.none(), st.sampled_from([0.1, 0.2, 0.3, 0.4]), st.floats(0, 1)), max_size=30)


def by_hand(values: list[float | None]) -> list[int | None]:
    """One and the number of rows that are better; None where there is no figure."""
    return [None if value is None else 1 + values.index(value) for value in values]


@given(means, st.booleans(), st.data())
def test_ranks_of_a_page_are_those_of_the_whole(
    values: list[float | None], descending: bool, data: st.DataObject
) -> None:
    order = ordered(values, descending)
    shown = [values[place] for place in order]
    present = [value for value in shown if value is not None]
    assert present == sorted(present, reverse=descending)
    assert shown[len(present) :] == [None] * (len(shown) - len(present))
    ranks = Ranks(values, order)
    wanted = by_hand(shown)
    assert list(ranks) == wanted
    assert [ranks[at] for at in range(len(ranks))] == wanted
    start = data.draw(st.integers(0, len(values)))
    stop = data.draw(st.integers(0, len(values)))
    assert ranks[start:stop] == wanted[start:stop]
    assert ranks[::-1] == wanted[::-1]


def test_equal_values_stay_as_they_stand_in_both_directions() -> None:
    assert ordered([0.5, None, 0.5, 0.1], descending=True) == [0, 2, 3, 1]
    assert ordered([0.5, None, 0.5, 0.1], descending=False) == [3, 0, 2, 1]


@given(st.permutations(range(8)), st.permutations(range(8)))
def test_single_places_are_rearranged_as_lists_are(places: list[int], order: list[int]) -> None:
    listed = [(place,) for place in places]
    assert list(Singles(places)) == listed
    assert list(rearranged(Singles(places), order)) == rearranged(listed, order)
    assert list(Singles(places)[2:5]) == listed[2:5]
    assert Singles(places).of("abcdefgh") == ["abcdefgh"[place] for place in places]
