"""What several repeats say together: mean, sample standard deviation, and each value."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from engine.results.metrics import METRICS, known
from engine.results.rows import JobRow

FIELDS = {name: attrgetter(metric.field) for name, metric in METRICS.items()}


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over the jobs of a row, in the order of their seeds; values that are absent or NaN are None.

    `mean` is None as soon as one value is, since a mean over the survivors would flatter. `std` divides by n - 1, and
    is None for a single value.
    """

    mean: float | None
    std: float | None
    values: tuple[float | None, ...]


def figure(jobs: Sequence[JobRow], name: str) -> Figure:
    """Metric `name` over `jobs`, of which there is at least one. Raises KeyError for a name that is no metric."""
    return figure_of([FIELDS[name](job) for job in jobs])


def figure_of(figures: Sequence[float | None]) -> Figure:
    """What jobs' figures say together."""
    if len(figures) == 1:
        value = figures[0] if known(figures[0]) else None
        return Figure(value, None, (value,))
    values = tuple(value if known(value) else None for value in figures)
    present = [value for value in values if value is not None]
    if len(present) < len(values):
        return Figure(None, None, values)
    mean = mean_over(figures)
    if mean is None:
        return Figure(None, None, values)
    try:
        spread = math.sqrt(math.fsum((value - mean) * (value - mean) for value in present) / (len(present) - 1))
    except OverflowError:
        return Figure(mean, None, values)
    return Figure(mean, spread if math.isfinite(spread) else None, values)


def mean_of(jobs: Sequence[JobRow], name: str) -> float | None:
    """The mean alone, quicker; None as in `figure`."""
    return mean_over([FIELDS[name](job) for job in jobs])


def mean_over(figures: Sequence[float | None]) -> float | None:
    """The mean alone of jobs' figures; None as in `figure_of`."""
    try:
        mean = math.fsum(figures) / len(figures)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):  # None is among them, infinities of both signs, or too large a sum
        return None
    return mean if math.isfinite(mean) else None


def best_of(figure: Figure, name: str) -> float | None:
    """The best of a figure's values; None where none of them is a number. Raises KeyError as `figure` does."""
    pick = max if METRICS[name].higher_is_better else min
    return pick((value for value in figure.values if value is not None), default=None)
