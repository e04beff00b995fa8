"""Confusion and scores of answers that were written down by hand, or have a known answer by construction."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.results.confusion import Confusion, classes_of, confusions, macro_f1, matrix, scores, surest_mistakes
from tests.results.predictions_made import said

# Of three 0s one is taken for a 1; two 1s are right; two 2s are both taken for 0s.
FOUND = said([0, 0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 1, 0, 0], [0.5, 0.5, 0.5, 0.5, 0.5, 0.75, 1.0])


def test_the_matrix_counts_what_was_taken_for_what() -> None:
    assert matrix(FOUND.true, FOUND.predicted, 3).tolist() == [[2, 1, 0], [0, 2, 0], [2, 0, 0]]


def test_scores_are_those_of_the_textbook() -> None:
    zero, one, two = scores(FOUND)
    assert (zero.precision, zero.recall, zero.f1) == (2 / 4, 2 / 3, 4 / 7)
    assert (one.precision, one.recall, one.f1) == (2 / 3, 1.0, 4 / 5)
    assert (two.precision, two.recall, two.f1) == (None, 0.0, 0.0)
    assert macro_f1([zero, one, two]) == (4 / 7 + 4 / 5 + 0) / 3


def test_a_class_that_never_occurs_has_no_score() -> None:
    never = scores(said([0, 2], [0, 2]))[1]
    assert (never.precision, never.recall, never.f1) == (None, None, None)


def test_pairs_stand_by_how_often_they_were_confused() -> None:
    assert confusions(FOUND) == [Confusion(2, 0, 2), Confusion(0, 1, 1)]
    assert confusions(said([1, 0], [1, 0])) == []


def test_the_most_confident_mistakes_come_first_and_equal_ones_in_their_order() -> None:
    assert surest_mistakes(FOUND) == [6, 5, 2]
    assert surest_mistakes(FOUND, 1) == [6]
    assert surest_mistakes(said([0, 0, 0], [1, 1, 1], 0.5)) == [0, 1, 2]
    assert surest_mistakes(said([0, 0], [1, 1], [float("nan"), 0.5])) == [1, 0]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=200))
def test_matrix_scores_and_pairs_agree(pairs: list[tuple[int, int]]) -> None:
    true, predicted = zip(*pairs, strict=True)
    found = said(true, predicted)
    counts = matrix(found.true, found.predicted, classes_of(found))
    assert counts.sum() == len(pairs)
    for each in scores(found):
        assert (each.true, each.predicted) == (counts[each.number].sum(), counts[:, each.number].sum())
        assert each.right == counts[each.number, each.number]
    off = counts - np.diag(np.diag(counts))
    assert {(each.true, each.predicted): each.count for each in confusions(found)} == {
        (int(true), int(predicted)): int(off[true, predicted]) for true, predicted in zip(*off.nonzero(), strict=True)
    }
