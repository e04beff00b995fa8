"""The jobs of each configuration, put together at once: of 100,000 jobs in a fifth of the time that lists take."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from engine.results.figures import DECIMALS, LARGE, mean_over
from engine.results.ordering import Arranged, Places

Integers: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


class Grouped(Arranged):
    """Groups of places: group `i` holds `counts[i]` of the places from `starts[i]` on."""

    def __init__(self, places: Integers, starts: Integers, counts: Integers) -> None:
        self._places = places
        self._starts = starts
        self._counts = counts

    @classmethod
    def of_equal(cls, keys: Sequence[int]) -> "Grouped":
        """The places of equal keys together, ascending; the groups in the order of their first places."""
        column = np.array(keys, dtype=np.int64)
        places = np.argsort(column, kind="stable")
        starts = np.flatnonzero(np.diff(column[places], prepend=column[places[:1]] - 1))
        counts = np.diff(starts, append=len(places))
        order = np.argsort(places[starts])
        return cls(places, starts[order], counts[order])

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Places: ...

    @overload
    def __getitem__(self, index: slice) -> "Grouped": ...

    def __getitem__(self, index: int | slice) -> "Places | Grouped":
        if isinstance(index, slice):
            return Grouped(self._places, self._starts[index], self._counts[index])
        start = int(self._starts[index])
        group: list[int] = self._places[start : start + int(self._counts[index])].tolist()
        return group

    def __iter__(self) -> Iterator[Places]:
        places = self._places.tolist()
        for start, count in zip(self._starts.tolist(), self._counts.tolist(), strict=True):
            yield places[start : start + count]

    def rearranged(self, order: Sequence[int]) -> "Grouped":
        return Grouped(self._places, self._starts[order], self._counts[order])

    def means(self, figures: Sequence[float]) -> list[float | None]:
        """Each group's mean of finite figures, to the last bit as `figures.mean_over` has it."""
        column = np.array(figures, dtype=np.float64)
        means = np.empty(len(self), dtype=np.float64)
        exact = np.empty(len(self), dtype=np.bool_)
        for count in np.unique(self._counts):
            which = np.flatnonzero(self._counts == count)
            places = self._places[self._starts[which][:, None] + np.arange(count)]
            values = column[places]
            sums, exact[which] = exact_sums(values)
            means[which] = np.where((values == values[:, :1]).all(axis=1), values[:, 0], sums / count)
        found: list[float | None] = list(settled_all(means).tolist())
        for group in np.flatnonzero(~exact).tolist():
            found[group] = mean_over([figures[place] for place in self[group]])
        return found


def settled_column(figures: Sequence[float | None]) -> list[float]:
    """Each of these figures as a mean of itself; NaN where there is none."""
    column: list[float] = settled_all(np.array(figures, dtype=np.float64)).tolist()
    return column


def settled_all(means: Floats) -> Floats:
    """Each of these means as `figures.settled` has it."""
    with np.errstate(over="ignore"):
        rounded = np.rint(means * DECIMALS) / DECIMALS
    # A negative zero would show its sign.
    return np.where(np.abs(means) < LARGE, rounded + 0.0, means)


def exact_sums(values: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """The sum of each line of (n, m) values, m at least 1, and whether it is rounded as the exact sum would be.

    What each addition loses is known exactly (Knuth's two-sum, The Art of Computer Programming 4.2.2) and added up
    beside it. Where that addition loses nothing itself, sum and loss together are the exact sum.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        total, lost = values[:, 0], np.zeros(len(values))
        exact = np.ones(len(values), dtype=np.bool_)
        for column in values.T[1:]:
            total, error = _two_sum(total, column)
            lost, again = _two_sum(lost, error)
            exact &= again == 0
        rounded = total + lost
    return rounded, exact & np.isfinite(rounded)


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The rounded sum, and what it lacks of the exact one."""
    rounded = a + b
    of_b = rounded - a
    return rounded, (a - (rounded - of_b)) + (b - of_b)
