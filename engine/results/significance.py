"""Whether two configurations can be told apart: three tests, and Holm's correction for making many of them."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.05
# By how much two differences of equal decimals may differ, as a part of what was subtracted.
ROUNDING = 4 * sys.float_info.epsilon
# From so many alike on, that they have no spread tells something.
FEWEST_ALIKE = 3
PAIRED, WELCH, MCNEMAR = "paired t", "Welch's t", "exact McNemar"


@dataclass(frozen=True, slots=True)
class Tie:
    """How a row compares with the first of its board.

    `method` names the test, or says why there was none; `p` is its two-sided probability, `corrected` the same by Holm
    over `comparisons`, all that the board asks for. Both are None where nothing was tested.
    """

    method: str
    p: float | None = None
    corrected: float | None = None
    comparisons: int = 0

    @property
    def tied(self) -> bool | None:
        """Whether the row cannot be told from the first at the 5% level; None where nothing was tested."""
        return None if self.corrected is None else self.corrected > LEVEL


def paired_t(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """p of a paired t test over two pairs or more, two-sided.

    Differences that are all alike, but for the rounding of the subtraction, have no spread: p is 1 where they are 0,
    and else 0, as the formula has it in the limit. None where two alone are alike and not 0, which chance makes as
    easily as a reason. Source: Student, 1908.
    """
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    count = len(differences)
    if max(differences) - min(differences) <= ROUNDING * max(map(abs, (*ours, *theirs))):
        differences = [differences[0]] * count
    mean, variance = _moments(differences)
    if not variance and mean and count < FEWEST_ALIKE:
        return None
    return _two_sided(mean, variance / count, count - 1)


def welch_t(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """p of Welch's t test of two samples of two values or more each, two-sided; without any spread as `paired_t`.

    Source: Welch, The generalization of Student's problem when several different population variances are involved,
    1947.
    """
    (mean_a, variance_a), (mean_b, variance_b) = _moments(ours), _moments(theirs)
    a, b = variance_a / len(ours), variance_b / len(theirs)
    # Scaled first, since the squares of very small variances are 0.
    largest = max(a, b)
    if not largest:
        few = min(len(ours), len(theirs)) < FEWEST_ALIKE
        return None if few and mean_a != mean_b else _two_sided(mean_a - mean_b, 0.0, 1)
    x, y = a / largest, b / largest
    freedom = (x + y) ** 2 / (x * x / (len(ours) - 1) + y * y / (len(theirs) - 1))
    return _two_sided(mean_a - mean_b, a + b, freedom)


def mcnemar(ours: int, theirs: int) -> float:
    """p of McNemar's exact test: of the digits that one of two models got right alone, so many were ours and theirs.

    Under the null hypothesis each falls to either with probability 1/2; two-sided, and 1 where there are none. Source:
    McNemar, Note on the sampling error of the difference between correlated proportions or percentages, 1947.
    """
    from scipy.special import bdtr  # noqa: PLC0415 - 0.4 s, which only comparing needs

    return min(1.0, 2.0 * float(bdtr(min(ours, theirs), ours + theirs, 0.5))) if ours != theirs else 1.0


def holm(ps: Sequence[float], count: int | None = None) -> list[float]:
    """The p values in their order, corrected for `count` comparisons, by default as many as there are.

    Comparisons that were not made count as such with p = 1, so that what is corrected is never too small. Source:
    Holm, A simple sequentially rejective multiple test procedure, 1979.
    """
    left = len(ps) if count is None else count
    corrected, largest = [0.0] * len(ps), 0.0
    for index in sorted(range(len(ps)), key=ps.__getitem__):
        largest = max(largest, min(1.0, left * ps[index]))
        corrected[index] = largest
        left -= 1
    return corrected


def _moments(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample variance; values that are all alike have none, whatever the rounding of their mean."""
    first = values[0]
    if all(value == first for value in values):
        return first, 0.0
    mean = math.fsum(values) / len(values)
    return mean, math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _two_sided(difference: float, variance: float, freedom: float) -> float:
    if not variance:
        return 1.0 if difference == 0 else 0.0
    from scipy.special import stdtr  # noqa: PLC0415 - 0.4 s, which only comparing needs

    return min(1.0, 2.0 * float(stdtr(freedom, -abs(difference) / math.sqrt(variance))))
