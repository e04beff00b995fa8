"""Groups made with NumPy are those that lists would give, and their means the same to the last bit."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from engine.results import leaderboard
from engine.results.figures import mean_over, settled
from engine.results.grouping import Grouped, exact_sums, settled_column
from engine.results.leaderboard import rank_pools
from engine.results.ordering import rearranged
from engine.results.pools import RowPool
from tests.results.rows_made import job

keys = st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 3), min_size=1, max_size=30)
figures = st.floats(allow_nan=False, allow_infinity=False) | st.integers(9000, 10_000).map(lambda n: n / 10_000)


def by_hand(equal: list[int]) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for place, key in enumerate(equal):
        groups.setdefault(key, []).append(place)
    return list(groups.values())


@given(keys, st.data())
def test_they_are_the_groups_that_lists_would_give(equal: list[int], data: st.DataObject) -> None:
    wanted, made = by_hand(equal), Grouped.of_equal(equal)
    assert list(made) == wanted
    assert [made[at] for at in range(-len(wanted), len(wanted))] == wanted + wanted
    start = data.draw(st.integers(0, len(wanted)))
    assert list(made[start : start + 3]) == wanted[start : start + 3]
    order = data.draw(st.permutations(range(len(wanted))))
    assert list(rearranged(made, order)) == rearranged(wanted, order)


@given(st.lists(st.tuples(st.integers(0, 4), figures), min_size=1, max_size=40))
@example([(0, 1e308), (0, 1e308)])
@example([(0, 1.0), (0, 2.0**-53), (0, 2.0**-106)])
@example([(0, 1e100), (0, 1.0), (0, -1e100)])
def test_their_means_are_exact(jobs: list[tuple[int, float]]) -> None:
    column = [figure for _, figure in jobs]
    groups = Grouped.of_equal([key for key, _ in jobs])
    assert groups.means(column) == [mean_over([column[place] for place in group]) for group in groups]


@given(figures, st.integers(1, 12), st.integers(1, 12))
def test_equal_figures_have_one_mean_however_many_they_are(figure: float, some: int, others: int) -> None:
    keys, column = [0] * some + [1] * others, [figure] * (some + others)
    first, second = Grouped.of_equal(keys).means(column)
    assert first == second == mean_over([figure]) == mean_over([figure] * others)


@given(st.integers(10, 9990), st.integers(1, 10), st.sampled_from([3, 5, 6, 7, 9, 10]))
def test_figures_that_average_to_a_decimal_have_that_mean(right: int, apart: int, pairs: int) -> None:
    around = [(right + sign * apart) / 10_000 for sign in (-1, 1) for _ in range(pairs)] + [right / 10_000]
    assert mean_over(around) == right / 10_000
    assert Grouped.of_equal([0] * len(around)).means(around) == [right / 10_000]


@given(st.lists(figures, min_size=1, max_size=20))
def test_a_settled_mean_stays_and_is_near(values: list[float]) -> None:
    found = [settled(value) for value in values]
    assert [settled(value) for value in found] == found == settled_column(values)
    assert all(abs(a - b) <= 5.1e-13 for a, b in zip(values, found, strict=True))


@given(st.lists(st.lists(figures, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_sum_that_is_called_exact_is_the_exact_one_rounded(lines: list[list[float]]) -> None:
    sums, exact = exact_sums(np.array(lines))
    for line, total, sure in zip(lines, sums.tolist(), exact.tolist(), strict=True):
        assert not sure or total == float(sum(map(Fraction, line)))


def test_accuracies_are_added_exactly_without_a_second_look() -> None:
    values = np.random.default_rng(3).integers(0, 10_001, (1000, 10)) / 10_000
    sums, exact = exact_sums(values)
    assert exact.all()
    assert sums.tolist() == [math.fsum(line) for line in values.tolist()]


class Numbered(RowPool):
    """Rows whose configurations have numbers for keys, as in the store."""

    def __init__(self, rows) -> None:
        super().__init__(rows)
        numbers = {key: number for number, key in enumerate(dict.fromkeys(self.configurations))}
        self.configurations = [numbers[key] for key in self.configurations]
        self._configs = {numbers[key]: config for key, config in self._configs.items()}


def test_a_board_of_very_many_jobs_is_the_board_of_few(monkeypatch) -> None:
    rows = [
        job(number, seed=number // 40, dropout=number % 40 / 100, test_accuracy=0.9 + number * 37 % 101 / 1010)
        for number in range(120)
    ]
    [few] = rank_pools({("mnist", ""): Numbered(rows)})
    monkeypatch.setattr(leaderboard, "MANY", 10)
    [many] = rank_pools({("mnist", ""): Numbered(rows)})
    assert isinstance(many.rows.groups.places, Grouped)
    assert list(many.rows) == list(few.rows)
