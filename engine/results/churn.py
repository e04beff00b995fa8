"""Two jobs or configurations side by side: which samples one has right where the other is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.results.missed import Missed, Tally
from engine.results.significance import mcnemar


@dataclass(frozen=True)
class Churn:
    """A beside B over one test set. Of several repeats, a sample counts as right where more than half have it right.

    `mended` are places in the test set that A has right and B wrong, `broken` those that B has right and A wrong, in
    the order of the test set. `p` is McNemar's exact, two-sided: how likely so uneven a pair of counts would be, were
    both equally good at the samples in which they differ.
    """

    mended: tuple[int, ...]
    broken: tuple[int, ...]
    both_right: int
    both_wrong: int
    p: float

    @property
    def n(self) -> int:
        """How many samples there are."""
        return len(self.mended) + len(self.broken) + self.both_right + self.both_wrong

    @property
    def accuracy_a(self) -> float:
        """The fraction that A has right."""
        return (self.both_right + len(self.mended)) / self.n if self.n else 0.0

    @property
    def accuracy_b(self) -> float:
        """The fraction that B has right."""
        return (self.both_right + len(self.broken)) / self.n if self.n else 0.0


def churn(right_a: NDArray[np.bool_], right_b: NDArray[np.bool_]) -> Churn:
    """What A mends and breaks beside B, from which samples (n,) each has right."""
    mended, broken = np.flatnonzero(right_a & ~right_b), np.flatnonzero(right_b & ~right_a)
    return Churn(
        tuple(mended.tolist()),
        tuple(broken.tolist()),
        int((right_a & right_b).sum()),
        int((~right_a & ~right_b).sum()),
        mcnemar(len(mended), len(broken)),
    )


def compared(a: Tally, b: Tally) -> Churn:
    """The same of two tallies over one test set. Raises ValueError where they are of two."""
    if not np.array_equal(a.true, b.true):
        raise ValueError("the jobs were not tested on the same samples")
    return churn(a.usually_right(), b.usually_right())


def surest(tally: Tally, places: Sequence[int]) -> list[Missed]:
    """What is known of samples that a side has wrong, first those that most of its jobs miss, and most surely."""
    return sorted(tally.missed(places), key=lambda each: (-each.missed, -(each.confidence or 0.0), each.index))
