"""What several repeats say together: mean, sample standard deviation, and each value."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from engine.results.intervals import Interval, student, wilson
from engine.results.metrics import METRICS, known
from engine.results.rows import JobRow

# How many test images the data sets have that have a name.
NAMED = {"mnist": 10_000, "fashion_mnist": 10_000}

FIELDS = {name: attrgetter(metric.field) for name, metric in METRICS.items()}
# What a mean is settled to, and up to where: beyond, twelve decimals are more than a float holds.
DECIMALS, LARGE = 1e12, 1e3


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over the jobs of a row, in the order of their seeds; values that are absent or NaN are None.

    `mean` is None as soon as one value is, since a mean over the survivors would flatter; it is `settled`. `std`
    divides by n - 1, and is None for a single value.
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
        return Figure(mean_over(figures), None, (figures[0] if known(figures[0]) else None,))
    values = tuple(value if known(value) else None for value in figures)
    present = [value for value in values if value is not None]
    if len(present) < len(values):
        return Figure(None, None, values)
    mean = mean_over(figures)
    if mean is None:
        return Figure(None, None, values)
    if all(value == values[0] for value in values):
        return Figure(mean, 0.0, values)
    exact = math.fsum(present) / len(present)
    try:
        spread = math.sqrt(math.fsum((value - exact) * (value - exact) for value in present) / (len(present) - 1))
    except OverflowError:
        return Figure(mean, None, values)
    return Figure(mean, spread if math.isfinite(spread) else None, values)


def mean_of(jobs: Sequence[JobRow], name: str) -> float | None:
    """The mean alone, quicker; None as in `figure`."""
    return mean_over([FIELDS[name](job) for job in jobs])


def mean_over(figures: Sequence[float | None]) -> float | None:
    """The mean alone of jobs' figures, at least one; None as in `figure_of`."""
    first = figures[0]
    if figures.count(first) == len(figures):
        return settled(first) if first is not None and known(first) else None
    try:
        mean = math.fsum(figures) / len(figures)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):  # None is among them, infinities of both signs, or too large a sum
        return None
    return settled(mean) if math.isfinite(mean) else None


def settled(mean: float) -> float:
    """A mean without what floating point leaves behind its twelfth decimal, a whole number or a large one as it is.

    Three times 0.9957 is by one bit another mean than 0.9957 is: what shows as equal has to rank and to be coloured as
    equal. `grouping.Grouped.means` does the same, to the last bit.
    """
    if isinstance(mean, int) or not abs(mean) < LARGE:
        return mean
    return round(mean * DECIMALS) / DECIMALS


def best_of(figure: Figure, name: str) -> float | None:
    """The best of a figure's values; None where none of them is a number. Raises KeyError as `figure` does."""
    pick = max if METRICS[name].higher_is_better else min
    return pick((value for value in figure.values if value is not None), default=None)


def interval_of(jobs: Sequence[JobRow], name: str, samples: Callable[[], int | None]) -> Interval | None:
    """The 95% interval of metric `name` over `jobs`, as `LeaderboardRow.interval`.

    `samples` gives the number of test digits where the only job does not tell it. Raises KeyError for no metric.
    """
    if len(jobs) > 1:
        return interval_over([FIELDS[name](job) for job in jobs])
    job = jobs[0]
    if name != "test_accuracy" or job.test_accuracy is None or not known(job.test_accuracy):
        return None
    count = NAMED.get(str(job.config.get("dataset"))) or known_samples([job.misclassified], [job.test_accuracy])
    return share_interval(job.test_accuracy, count or samples())


def interval_over(figures: Sequence[float | None]) -> Interval | None:
    """Student's t over several repeats; None where one of them lacks the figure."""
    values = [value for value in figures if value is not None and known(value)]
    return student(values) if len(values) == len(figures) else None


def share_interval(accuracy: float | None, samples: int | None) -> Interval | None:
    """Wilson's interval of an accuracy over so many samples; None where either is unknown."""
    if accuracy is None or not known(accuracy) or not samples or not 0 <= accuracy <= 1:
        return None
    return wilson(round(accuracy * samples), samples)


def known_samples(wrong: Sequence[float | None], accuracies: Sequence[float | None]) -> int | None:
    """How many samples there are, from the first job that got some of them wrong; None where none did."""
    for count, accuracy in zip(wrong, accuracies, strict=True):
        if count and accuracy is not None and accuracy < 1:
            return round(count / (1 - accuracy))
    return None
