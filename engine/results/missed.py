"""Which samples of the test set many jobs get wrong, and what they take them for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.results.predictions import Predictions

# So many wrong answers are kept one by one before they are counted together: 8 MB.
PENDING = 1_000_000
# Of the jobs: where so many agree on another class, a person should look at the label.
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Missed:
    """A sample that `missed` of `jobs` jobs got wrong.

    `index` is its place in the test set. `taken` says how often it was taken for each wrong class, most often first;
    `confidence` is the mean probability that those jobs gave to their wrong answers, None where one is no number.
    `witness` is one of them, as its number in the order in which jobs were added.
    """

    index: int
    true: int
    missed: int
    jobs: int
    taken: tuple[tuple[int, int], ...]
    confidence: float | None
    witness: int

    @property
    def agreed(self) -> float:
        """The share of the wrong answers that are the most frequent one: near 1, the label may be what is wrong."""
        return self.taken[0][1] / self.missed

    @property
    def label_doubtful(self) -> bool:
        """Several jobs, nearly all of them, say the same other class."""
        return self.jobs > 1 and self.taken[0][1] >= NEARLY_ALL * self.jobs


class Tally:
    """Counts wrong answers, a job after the other, in memory that does not grow with the number of jobs."""

    def __init__(self, true: NDArray[Any]) -> None:
        """`true` (n,) are the labels of the test set."""
        self.true = true
        self.jobs = 0
        self.wrong: NDArray[np.int32] = np.zeros(len(true), np.int32)
        """(n,): by how many jobs each sample was missed."""
        self._confidence = np.zeros(len(true))
        self._witness = np.zeros(len(true), np.int32)
        # A wrong answer as one number: place in the test set times 2**16, plus the class.
        self._pending: list[NDArray[np.int64]] = []
        self._waiting = 0
        self._answers: NDArray[np.int64] = np.zeros(0, np.int64)
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)

    def add(self, found: Predictions) -> None:
        """Count one more job. Raises ValueError where it was tested on other labels."""
        if not np.array_equal(found.true, self.true):
            raise ValueError("the jobs were not tested on the same samples")
        places = np.flatnonzero(found.predicted != self.true)
        self.wrong[places] += 1
        self._confidence[places] += found.confidence[places]
        self._witness[places] = self.jobs
        self._pending.append((places << 16) | found.predicted[places])
        self._waiting += len(places)
        self.jobs += 1
        if self._waiting > PENDING:
            self._count()

    def _count(self) -> None:
        ones = [np.ones(len(each), np.int64) for each in self._pending]
        answers, where = np.unique(np.concatenate([self._answers, *self._pending]), return_inverse=True)
        weights = np.concatenate([self._counts, *ones])
        self._answers, self._counts = answers, np.bincount(where, weights, len(answers)).astype(np.int64)
        self._pending, self._waiting = [], 0

    def usually_right(self) -> NDArray[np.bool_]:
        """(n,): which samples more than half of the jobs got right."""
        return 2 * self.wrong < self.jobs

    def missed(self, places: Sequence[int]) -> list[Missed]:
        """What is known of the samples at these places, each of which some job got wrong."""
        self._count()
        return [self._missed(place) for place in places]

    def _missed(self, place: int) -> Missed:
        first, last = np.searchsorted(self._answers, [place << 16, (place + 1) << 16])
        answers = (self._answers[first:last] & 0xFFFF).tolist()
        taken = sorted(zip(answers, self._counts[first:last].tolist(), strict=True), key=lambda each: -each[1])
        count = int(self.wrong[place])
        sure = float(self._confidence[place]) / count
        return Missed(
            place,
            int(self.true[place]),
            count,
            self.jobs,
            tuple(taken),
            sure if np.isfinite(sure) else None,
            int(self._witness[place]),
        )

    def hardest(self, least: int = 1) -> list[int]:
        """The places of samples that at least `least` jobs missed: by how many first, then the surest wrong answers.

        What is still equal stands in the order of the test set.
        """
        places = np.flatnonzero(self.wrong >= max(1, least))
        sure = np.nan_to_num(self._confidence[places] / self.wrong[places], nan=-1.0)
        found: list[int] = places[np.lexsort((-sure, -self.wrong[places]))].tolist()
        return found
