"""Where repeats are spent: decided rows get none, and fewer trainings name the same winner as repeats for all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.plan.jobs import JobStatus
from engine.results.leaderboard import rank
from engine.results.planning import Addition, plan
from engine.results.predictions import Predictions
from engine.results.ties import compared
from tests.results.rows_made import job

NOTHING = {}.get


def config(number, values, first=0, **more):
    return [
        job(1000 * number + at, first + at, dropout=number / 100, test_accuracy=value, **more)
        for at, value in enumerate(values)
    ]


NEAR = [*config(1, [0.990, 0.992, 0.991]), *config(2, [0.991, 0.990, 0.991]), *config(3, [0.950, 0.951, 0.950])]


def test_who_is_told_apart_gets_no_repeat():
    found = plan(NEAR, "test_accuracy", NOTHING, 10)
    assert [round(100 * row.config["dropout"]) for row in found.tied] == [2]
    assert found.additions == (Addition(f"{1000:016x}", 3), Addition(f"{2000:016x}", 3))
    assert found.why == "1 configuration of 2 cannot be told from dropout=0.01"
    assert not found.decided


def test_no_more_is_added_than_the_budget_and_a_round_allow():
    assert len(plan(NEAR, "test_accuracy", NOTHING, 1).additions) == 1
    many = [each for number in range(9) for each in config(number, [0.9, 0.91])]
    assert len(plan(many, "test_accuracy", NOTHING, 100).additions) == 4
    assert len(plan(many, "test_accuracy", NOTHING, 100, at_once=7).additions) == 7
    spent = plan(NEAR, "test_accuracy", NOTHING, 0)
    assert (spent.additions, spent.decided) == ((), False)
    assert spent.why == "the budget is spent: 1 configuration of 2 cannot be told from dropout=0.01"


def test_who_has_fewest_goes_first_and_takes_the_seeds_of_the_others():
    rows = [*config(1, [0.990, 0.993, 0.991]), *config(2, [0.991, 0.989], first=1), *config(3, [0.99])]
    found = plan(rows, "test_accuracy", NOTHING, 3)
    assert found.additions == (
        Addition(f"{3000:016x}", 1),
        Addition(f"{2000:016x}", 0),
        Addition(f"{1000:016x}", 3),
    )


def test_a_seed_that_failed_is_not_tried_again_and_one_that_stopped_is():
    rows = [*NEAR, job(1, 3, dropout=0.01, status=JobStatus.FAILED), job(2, 3, dropout=0.02, status=JobStatus.STOPPED)]
    assert [each.seed for each in plan(rows, "test_accuracy", NOTHING, 2).additions] == [3, 4]


def test_a_lead_of_two_equal_differences_is_no_lead_yet():
    rows = [*config(1, [0.75, 0.75]), *config(2, [0.5, 0.5])]
    assert not plan(rows, "test_accuracy", NOTHING, 5).decided
    # Both differ by 0.0012, which floating point makes two numbers of.
    rows = [*config(1, [0.9957, 0.9956]), *config(2, [0.9945, 0.9944])]
    assert not plan(rows, "test_accuracy", NOTHING, 5).decided
    # Three repeats each, of which two have a seed in common: 0.002 apart both.
    rows = [*config(1, [0.99, 0.989, 0.987]), *config(2, [0.987, 0.985, 0.9875], first=1)]
    assert not plan(rows, "test_accuracy", NOTHING, 5).decided
    rows = [*config(1, [0.75] * 3), *config(2, [0.5] * 3)]
    found = plan(rows, "test_accuracy", NOTHING, 5)
    assert found.decided
    assert found.why == "dropout=0.01 leads: told from the other (paired t, corrected p at most 0)"


def told_by(**wrong):
    """What jobs got right of 1,000 digits, by their numbers."""
    true = np.ones(1000, np.uint8)
    kept = {}
    for number, places in wrong.items():
        predicted = true.copy()
        predicted[list(places)] = 2
        kept[f"{int(number[1:]):016x}"] = Predictions(true, predicted, np.ones(1000, np.float16)).hits()
    return kept.get


def test_one_training_of_each_decides_nothing():
    rows = [*config(1, [0.99]), *config(2, [0.9]), *config(3, [0.989])]
    hits = told_by(j1000=range(10), j2000=range(100), j3000=range(11))
    [board] = rank(rows)
    assert [row.tie.tied for row in compared(board, hits).rows] == [None, True, False]
    found = plan(rows, "test_accuracy", hits, 5)
    assert not found.decided
    assert [each.like for each in found.additions] == [f"{number:016x}" for number in (1000, 3000, 2000)]
    assert found.why == "1 configuration of 2 cannot be told from dropout=0.01, 1 by one training alone"
    # Also where the leader has repeats.
    rows = [*config(1, [0.99, 0.991]), *config(2, [0.9])]
    found = plan(rows, "test_accuracy", hits, 5)
    assert found.why == "1 configuration of 1 told from dropout=0.01 by one training alone"
    assert found.additions[0] == Addition(f"{2000:016x}", 1)
    rows = [*config(1, [0.99, 0.991, 0.9905]), *config(2, [0.9, 0.901, 0.9002])]
    assert plan(rows, "test_accuracy", hits, 5).decided


@given(st.lists(st.lists(st.integers(9_900, 9_910), min_size=1, max_size=4), min_size=2, max_size=5))
def test_it_ends_just_where_the_board_tells_everybody_from_the_first(accuracies):
    rows = [each for number, values in enumerate(accuracies) for each in config(number, [v / 10_000 for v in values])]
    [board] = rank(rows)
    told = [row.tie for row in compared(board, NOTHING).rows][1:]
    assert plan(rows, "test_accuracy", NOTHING, 5).decided == all(tie.tied is False for tie in told)


def test_a_configuration_whose_repeats_fail_does_not_go_first_for_ever():
    near = config(1, [0.990, 0.992, 0.991])
    failing = [*config(2, [0.991]), *(job(2100 + s, s, dropout=0.02, status=JobStatus.FAILED) for s in range(1, 6))]
    assert plan([*near, *failing], "test_accuracy", NOTHING, 4).additions == (
        Addition(f"{1000:016x}", 3),
        Addition(f"{2000:016x}", 6),
    )


def test_what_ranks_too_far_behind_to_be_compared_is_not_repeated():
    far = [each for number in range(2, 1_100) for each in config(number, [0.5, 0.501, 0.502])]
    found = plan([*config(1, [0.99, 0.991, 0.992]), *far], "test_accuracy", NOTHING, 5)
    assert not found.additions
    assert found.decided
    assert "leads: told from the 99 next in rank" in found.why


def test_what_cannot_be_planned_is_told():
    for rows, why in (
        ([job(1, status=JobStatus.FAILED)], "none of its jobs is done"),
        ([*NEAR, job(1, 3, status=JobStatus.QUEUED)], "1 job of the experiment runs or waits"),
        ([*NEAR, job(1, dataset="fashion_mnist")], "several data sets"),
    ):
        with pytest.raises(UsageError, match=why):
            plan(rows, "test_accuracy", NOTHING, 5)
    alone = plan([job(1), job(2, 1)], "test_accuracy", NOTHING, 5)
    assert (alone.decided, alone.why) == (True, "grid is the only configuration")


class World:
    """Configurations whose mean accuracies are known: a training draws one seed's luck, and its own."""

    def __init__(self, means, seed):
        self.means, self.seed, self.rows = means, seed, []
        for number in range(len(means)):
            for repeat in range(2):
                self.train(number, repeat)

    def train(self, number, repeat):
        common = np.random.default_rng([self.seed, repeat]).normal(0, 0.0005)
        own = np.random.default_rng([self.seed, repeat, number]).normal(0, 0.0007)
        accuracy = round(self.means[number] + common + own, 4)
        self.rows.append(job(1000 * number + repeat, repeat, dropout=number / 100, test_accuracy=accuracy))

    def winner(self, found):
        return round(100 * found.leader.config["dropout"])


def refined(world):
    """The winner, and how many trainings it took beyond the first ones."""
    started = len(world.rows)
    for _ in range(500):
        found = plan(world.rows, "test_accuracy", NOTHING, 1000)
        if found.decided:
            return world.winner(found), len(world.rows) - started
        for each in found.additions:
            world.train(int(each.like, 16) // 1000, each.seed)
    raise AssertionError("it never came to an end")


def uniform(world):
    """The same with a repeat for every configuration, until the same test names a winner."""
    started = len(world.rows)
    for repeat in range(2, 500):
        found = plan(world.rows, "test_accuracy", NOTHING, 1000)
        if found.decided:
            return world.winner(found), len(world.rows) - started
        for number in range(len(world.means)):
            world.train(number, repeat)
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("seed", range(8))
def test_fewer_trainings_name_the_winner_that_repeats_for_all_name(seed):
    means = [0.9950, 0.9940, 0.9938, *(0.990 - number / 1000 for number in range(9))]
    (best, few), (same, many) = refined(World(means, seed)), uniform(World(means, seed))
    assert best == same == 0
    assert few < many
