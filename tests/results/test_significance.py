"""Intervals and tests against SciPy, and against examples worked by hand where SciPy has no number."""

import math

import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.results.intervals import student, wilson
from engine.results.significance import Tie, holm, mcnemar, paired_t, welch_t

accuracies = st.integers(0, 10_000).map(lambda right: right / 10_000)
several = st.lists(accuracies, min_size=2, max_size=12)


def spread(values):
    return len(set(values)) > 1


@given(several)
def test_student_is_scipys(values):
    assume(spread(values))
    found = student(values)
    wanted = scipy.stats.t.interval(0.95, len(values) - 1, scipy.stats.tmean(values), scipy.stats.sem(values))
    assert (found.low, found.high) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_student_by_hand():
    # Mean 2, s = 1, t(0.975, 2) = 4.30265 as in the tables, s / sqrt(3) = 0.57735.
    found = student([1.0, 2.0, 3.0])
    assert (found.low, found.high) == pytest.approx((2 - 2.48414, 2 + 2.48414), abs=1e-5)
    assert found.method == "Student's t"


def test_equal_repeats_have_an_interval_without_width_and_one_has_none():
    assert (student([0.1] * 3).low, student([0.1] * 3).high) == pytest.approx((0.1, 0.1), abs=1e-15)
    assert student([0.99]) is None
    assert student([]) is None
    assert student([1e308, -1e308]) is None


@given(st.integers(1, 10_000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_wilson_is_scipys(share):
    right, count = share
    found = wilson(right, count)
    wanted = scipy.stats.binomtest(right, count).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), rel=1e-9, abs=1e-12)
    assert 0 <= found.low <= right / count <= found.high <= 1


def test_wilson_at_the_ends():
    # z^2 / (n + z^2) = 3.84146 / 13.84146 of ten that are all right, or all wrong.
    assert wilson(10, 10).low == pytest.approx(10 / 13.84146, abs=1e-6)
    assert (wilson(10, 10).high, wilson(0, 10).low) == (1.0, 0.0)
    for right, count in ((0, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="is no share"):
            wilson(right, count)


@given(st.lists(st.tuples(accuracies, accuracies), min_size=2, max_size=12))
def test_the_paired_test_is_scipys(pairs):
    ours, theirs = zip(*pairs, strict=True)
    assume(spread([round(a - b, 9) for a, b in pairs]))
    assert paired_t(ours, theirs) == pytest.approx(scipy.stats.ttest_rel(ours, theirs).pvalue, rel=1e-6, abs=1e-12)


@given(several, several)
def test_welchs_test_is_scipys(ours, theirs):
    assume(spread(ours) or spread(theirs))
    wanted = scipy.stats.ttest_ind(ours, theirs, equal_var=False).pvalue
    assert welch_t(ours, theirs) == pytest.approx(wanted, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("test", [paired_t, welch_t])
def test_without_any_spread_equal_ones_are_tied_and_others_are_not(test):
    assert test([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]) == 1.0
    assert test([0.1, 0.1], [0.1, 0.1]) == 1.0
    assert test([0.75] * 3, [0.5] * 3) == 0.0


@given(accuracies, accuracies)
def test_two_that_are_alike_are_no_test(ours, theirs):
    assume(ours != theirs)
    for test in (paired_t, welch_t):
        assert test([ours] * 2, [theirs] * 2) is None
    assert welch_t([ours] * 2, [theirs] * 5) is None
    assert welch_t([ours] * 3, [theirs] * 5) == 0.0
    assert paired_t([0.0123 + 0.0012, 0.4567 + 0.0012], [0.0123, 0.4567]) is None


@given(st.integers(1, 9_000), st.lists(st.integers(0, 1_000), min_size=3, max_size=6))
def test_differences_of_so_many_digits_each_are_alike_whatever_rounding_makes_of_them(digits, theirs):
    assert paired_t([(wrong + digits) / 10_000 for wrong in theirs], [wrong / 10_000 for wrong in theirs]) == 0.0


def test_welch_with_spread_on_one_side_alone():
    # The other side adds nothing: t = 1 / (1 / sqrt(3)) with two degrees of freedom.
    t = math.sqrt(3)
    assert welch_t([1.0, 2.0, 3.0], [1.0, 1.0]) == pytest.approx(2 * scipy.stats.t.sf(t, 2))


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_the_exact_binomial_test(ours, theirs):
    wanted = scipy.stats.binomtest(ours, ours + theirs).pvalue if ours + theirs else 1.0
    assert mcnemar(ours, theirs) == pytest.approx(wanted, rel=1e-9)


def test_mcnemar_by_hand():
    # One of six: 2 (1 + 6) / 2^6.
    assert mcnemar(1, 5) == pytest.approx(14 / 64)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(7, 7) == 1.0
    assert mcnemar(0, 10_000) == 0.0


def test_holm_by_hand():
    # Holm's own steps: 0.005 * 4, 0.01 * 3, then 0.03 * 2, and what is 0.04 alone may not fall below 0.06.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), max_size=8), st.integers(0, 8))
def test_comparisons_not_made_count_as_if_nothing_was_found(ps, more):
    assert holm(ps, len(ps) + more) == pytest.approx(holm([*ps, *[1.0] * more])[: len(ps)])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_what_bonferroni_does_and_never_more_than_without_a_correction(ps):
    for p, corrected in zip(ps, holm(ps), strict=True):
        assert p <= corrected <= min(1.0, p * len(ps)) or corrected == pytest.approx(p)


def test_a_tie_is_what_the_correction_leaves():
    assert Tie("paired t", 0.03, 0.06, 2).tied is True
    assert Tie("paired t", 0.03, 0.05, 2).tied is False
    assert Tie("the first").tied is None
