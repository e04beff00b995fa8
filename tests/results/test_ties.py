"""Marks on boards whose answer is known by construction: who cannot be told from the first, and by which test."""

import numpy as np
import pytest
import scipy.stats

from engine.results.leaderboard import rank
from engine.results.predictions import Predictions, discordant
from engine.results.significance import holm
from engine.results.ties import (
    ALIKE,
    BEYOND,
    FIRST,
    NO_DIGITS,
    NO_PREDICTIONS,
    NO_SPREAD,
    TOP,
    UNRANKED,
    WHOLE,
    compared,
    methods,
    untested,
)
from tests.results.rows_made import job

SAMPLES = 1000


def repeats(number, values, seeds=None, **settings):
    """A configuration's jobs: one a value, with seeds from 0 unless they are given."""
    seeds = range(len(values)) if seeds is None else seeds
    return [
        job(100 * number + at, seed, dropout=number / 100, test_accuracy=value, **settings)
        for at, (seed, value) in enumerate(zip(seeds, values, strict=True))
    ]


def hits(wrong, samples=SAMPLES, label=1):
    """A job that got these samples wrong."""
    true = np.full(samples, label, np.uint8)
    predicted = true.copy()
    predicted[list(wrong)] = label + 1
    return Predictions(true, predicted, np.ones(samples, np.float16)).hits()


class Kept:
    """The predictions of some jobs, and which were asked for."""

    def __init__(self, **kept):
        self.kept = kept
        self.asked = []

    def __call__(self, job_id):
        self.asked.append(job_id)
        return self.kept.get(f"j{int(job_id, 16)}")


def ties(rows, kept=None, **options):
    [board] = rank(rows, **options)
    board = compared(board, kept or Kept())
    return {round(100 * row.config["dropout"]): row.tie for row in board.rows}


def test_over_common_seeds_it_is_a_paired_t_over_those_alone():
    ours, theirs = [0.9, 0.92, 0.94, 0.97], [0.89, 0.90, 0.95]
    found = ties([*repeats(1, ours), *repeats(2, theirs, seeds=(1, 2, 7))])
    assert found[1].method == FIRST
    assert found[2].method == "paired t"
    assert found[2].p == pytest.approx(scipy.stats.ttest_rel([0.92, 0.94], [0.89, 0.90]).pvalue)


@pytest.mark.parametrize("seeds", [(5, 6, 7), (2, 6, 7)])
def test_without_two_common_seeds_it_is_welchs_t(seeds):
    ours, theirs = [0.9, 0.92, 0.94], [0.89, 0.90, 0.95]
    found = ties([*repeats(1, ours), *repeats(2, theirs, seeds=seeds)])
    assert found[2].method == "Welch's t"
    assert found[2].p == pytest.approx(scipy.stats.ttest_ind(ours, theirs, equal_var=False).pvalue)


def test_with_one_repeat_it_is_mcnemar_over_the_seed_that_both_share():
    # Seed 1 of the first and the other's only one: six samples wrong here alone, one there alone.
    kept = Kept(j100=hits(range(500)), j101=hits([1, 2]), j200=hits([1, 10, 11, 12, 13, 14, 15]))
    found = ties([*repeats(1, [0.99, 0.98]), *repeats(2, [0.97], seeds=[1])], kept)
    assert found[2].method == "exact McNemar"
    assert found[2].p == pytest.approx(scipy.stats.binomtest(1, 7).pvalue)
    assert sorted(int(name, 16) for name in kept.asked) == [101, 200]


def test_without_a_shared_seed_it_is_the_first_of_each():
    kept = Kept(j100=hits([0]), j200=hits(range(9)))
    found = ties([*repeats(1, [0.99, 0.98]), *repeats(2, [0.97], seeds=[5])], kept)
    assert found[2].p == pytest.approx(scipy.stats.binomtest(0, 8).pvalue)


def test_where_nothing_can_be_tested_there_is_no_verdict():
    others = [*repeats(1, [0.99]), *repeats(2, [0.97])]
    for kept in (Kept(), Kept(j100=hits([]), j200=hits([], 999)), Kept(j100=hits([]), j200=hits([], label=7))):
        assert (ties(others, kept)[2].method, ties(others, kept)[2].tied) == (NO_PREDICTIONS, None)
    by_validation = [*repeats(1, [0.9], val_accuracy=0.9), *repeats(2, [0.8], val_accuracy=0.8)]
    assert ties(by_validation, Kept(j100=hits([]), j200=hits([])), rank_by="val_accuracy")[2].method == NO_DIGITS
    assert ties([*repeats(1, [0.99]), *repeats(2, [None])])[2].method == UNRANKED


def test_the_figure_that_ranks_is_the_one_that_is_tested():
    rows = [
        job(10 * number + seed, seed, dropout=number / 100, test_accuracy=0.5, val_accuracy=0.9 - number / 50 + noise)
        for number in range(2)
        for seed, noise in enumerate([0.0, 0.001, 0.003 * number])
    ]
    found = ties(rows, rank_by="val_accuracy")
    ours, theirs = [0.9, 0.901, 0.9], [0.88, 0.881, 0.883]
    assert found[1].p == pytest.approx(scipy.stats.ttest_rel(ours, theirs).pvalue)
    assert ties(rows)[1].p == 1.0


def test_equal_repeats_are_tied_and_a_constant_lead_is_none():
    same = ties([*repeats(1, [0.5, 0.75]), *repeats(2, [0.5, 0.75])])
    assert (same[2].p, same[2].tied) == (1.0, True)
    ahead = ties([*repeats(1, [0.75] * 3), *repeats(2, [0.5] * 3)])
    assert (ahead[2].p, ahead[2].tied) == (0.0, False)


@pytest.mark.parametrize(
    ("ours", "theirs", "seeds", "why"),
    [
        ([0.75, 0.75], [0.5, 0.5], (0, 1), ALIKE),
        # One digit of 10,000, and three repeats of which two have the seed of another.
        ([0.9957, 0.9956], [0.9956, 0.9955], (0, 1), ALIKE),
        ([0.99, 0.989, 0.987], [0.988, 0.985, 0.9875], (1, 2, 7), "paired t"),
        ([0.99, 0.989, 0.987], [0.987, 0.985, 0.9875], (1, 2, 7), ALIKE),
        ([0.75, 0.75], [0.5, 0.5, 0.5], (5, 6, 7), NO_SPREAD),
    ],
)
def test_two_equal_differences_are_no_verdict(ours, theirs, seeds, why):
    tie = ties([*repeats(1, ours), *repeats(2, theirs, seeds=seeds)])[2]
    assert tie.method == why
    assert (tie.tied is None) == (why != "paired t")


def test_a_far_one_is_told_apart_and_a_near_one_is_not():
    ours = [0.99, 0.991, 0.989, 0.992, 0.988, 0.99]
    # On average 0.0001 behind, by turns 0.001 ahead and 0.0012 behind; and 0.01 behind, give or take 0.001.
    near = [value + step for value, step in zip(ours, [0.001, -0.0012] * 3, strict=True)]
    far = [value - 0.01 + step for value, step in zip(ours, [0.001, -0.001] * 3, strict=True)]
    found = ties([*repeats(1, ours), *repeats(2, near), *repeats(3, far)])
    assert {name: tie.tied for name, tie in found.items()} == {1: None, 2: True, 3: False}


def test_holm_is_over_all_rows_that_are_tested():
    draw = np.random.default_rng(1)
    rows = [each for number in range(6) for each in repeats(number, list(draw.normal(0.9 - number / 100, 0.01, 5)))]
    found = ties(rows)
    tested = {name: tie for name, tie in found.items() if tie.p is not None}
    assert len(tested) == 5
    assert [tie.corrected for tie in tested.values()] == pytest.approx(holm([tie.p for tie in tested.values()]))


def test_sorting_a_board_changes_no_mark():
    draw = np.random.default_rng(2)
    rows = [each for number in range(8) for each in repeats(number, list(draw.normal(0.9, 0.01, 4)))]
    assert ties(rows) == ties(rows, sort="dropout") == ties(rows, sort="-n")


def test_of_a_very_large_board_the_top_is_compared_and_the_rest_counts_as_tied():
    rows = [job(number, dropout=number / 1e5, test_accuracy=1 - number / 1e5) for number in range(WHOLE + 1)]
    kept = Kept(**{f"j{number}": hits(range(number)) for number in range(WHOLE + 1)})
    for sort in (None, "-dropout"):
        [board] = rank(rows, sort=sort)
        by_id = {row.job_ids[0]: row.tie for row in compared(board, kept).rows}
        found = [by_id[f"{number:016x}"] for number in range(WHOLE + 1)]
        assert [tie.method for tie in found[TOP:]] == [BEYOND] * (WHOLE + 1 - TOP)
        assert {tie.comparisons for tie in found[1:TOP]} == {WHOLE}
        # So many wrong alone tell by 2 / 2^k; the others count although they were not looked at.
        assert [tie.p for tie in found[1:TOP]] == pytest.approx([2.0 ** (1 - k) for k in range(1, TOP)], rel=1e-6)
        assert found[5].tied is True
        assert found[17].tied is False
    assert len(set(kept.asked)) == TOP


def test_of_many_jobs_the_firsts_predictions_are_read_once():
    kept = Kept(**{f"j{100 * number}": hits(range(number)) for number in range(1, 6)})
    ties([each for number in range(1, 6) for each in repeats(number, [1 - number / 1000])], kept)
    assert sorted(int(name, 16) for name in kept.asked) == [100, 200, 300, 400, 500]


def test_nothing_is_read_before_a_mark_is_asked_for():
    kept = Kept()
    [board] = rank([*repeats(1, [0.99]), *repeats(2, [0.97])])
    assert [row.rank for row in compared(board, kept).rows] == [1, 2]
    assert kept.asked == []


def test_the_words_beside_the_marks_name_what_was_done():
    kept = Kept(j100=hits([]), j300=hits([1]))
    [board] = rank([*repeats(1, [0.99, 0.98]), *repeats(2, [0.9, 0.91]), *repeats(3, [0.8])])
    rows = list(compared(board, kept).rows)
    assert methods(rows) == "paired t, exact McNemar; Holm over 2 comparisons, 5% level"
    assert methods(rows[:1]) == ""


def test_discordant_samples_are_counted_one_by_one():
    draw = np.random.default_rng(3)
    ours, theirs = (set(draw.choice(SAMPLES, 60, replace=False).tolist()) for _ in range(2))
    assert discordant(hits(ours), hits(theirs)) == (len(theirs - ours), len(ours - theirs))


def test_rows_without_a_verdict_are_counted_by_their_reason():
    [board] = rank([*repeats(1, [0.99]), *repeats(2, [0.9]), *repeats(3, [0.8]), *repeats(4, [None])])
    rows = list(compared(board, Kept()).rows)
    assert untested(rows) == [
        f"without a verdict, 2 rows: {NO_PREDICTIONS}",
        f"without a verdict, 1 row: {UNRANKED}",
    ]
