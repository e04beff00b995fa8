"""How far a figure can be trusted: 95% intervals over repeats, or over the test digits of a single training."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

CONFIDENCE = 0.95
# The 97.5% quantile of the standard normal distribution.
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95% interval, in the figure's own unit, and the name of the method that gave it."""

    low: float
    high: float
    method: str


STUDENT, WILSON = "Student's t", "Wilson"


def student(values: Sequence[float]) -> Interval | None:
    """The interval of a mean over two values or more: mean -+ t(0.975, n - 1) s / sqrt(n).

    Equal values give an interval without width. Of an accuracy it may reach above 1 where values are few: that is how
    little they say. None for fewer values, or where the spread is no finite number. Source: Student, The probable error
    of a mean, 1908.
    """
    count = len(values)
    if count < 2:
        return None
    try:
        mean = math.fsum(values) / count
        alike = all(value == values[0] for value in values)
        spread = 0.0 if alike else math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1))
    except (OverflowError, ValueError):
        return None
    if not math.isfinite(spread):
        return None
    half = quantile(count - 1) * spread / math.sqrt(count) if spread else 0.0
    return Interval(mean - half, mean + half, STUDENT)


@lru_cache(maxsize=256)
def quantile(freedom: float) -> float:
    """The 97.5% quantile of Student's t with so many degrees of freedom."""
    from scipy.special import stdtrit  # noqa: PLC0415 - 0.4 s, which a board without repeats does not need

    return float(stdtrit(freedom, 0.5 + CONFIDENCE / 2))


def wilson(right: int, count: int) -> Interval:
    """The interval of a share, `right` of `count` samples; it lies within 0 and 1, and has a width at both ends too.

    Raises ValueError where there are no samples. Source: Wilson, Probable inference, the law of succession, and
    statistical inference, 1927.
    """
    if not 0 <= right <= count or count == 0:
        raise ValueError(f"{right} of {count} samples is no share")
    share, square = right / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    low = 0.0 if right == 0 else middle - half
    return Interval(low, 1.0 if right == count else middle + half, WILSON)
