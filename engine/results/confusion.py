"""Which classes a job mistakes for which, and how well it does on each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.results.predictions import Predictions


@dataclass(frozen=True)
class ClassScore:
    """One class in the test set: of `true` samples `right` were found, and `predicted` samples were taken for it.

    Precision, recall and F1 are fractions, and None where their denominator is 0.
    """

    number: int
    true: int
    predicted: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of what was taken for the class, the share that is of it."""
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Of the class, the share that was found."""
        return self.right / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both: 2 right / (true + predicted)."""
        return 2 * self.right / (self.true + self.predicted) if self.true + self.predicted else None


@dataclass(frozen=True)
class Confusion:
    """How often one class was taken for another."""

    true: int
    predicted: int
    count: int


def classes_of(found: Predictions) -> int:
    """How many classes there are, as far as labels and predictions tell."""
    return int(max(found.true.max(initial=0), found.predicted.max(initial=0))) + 1


def matrix(true: NDArray[Any], predicted: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """How often each class (a row) was taken for each (a column), what was right on the diagonal: (classes, classes).

    `true` and `predicted` (n,) are classes below `classes`.
    """
    pairs = true.astype(np.int64) * classes + predicted
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def scores(found: Predictions) -> list[ClassScore]:
    """Every class in its order."""
    size = classes_of(found)
    true = np.bincount(found.true, minlength=size).tolist()
    predicted = np.bincount(found.predicted, minlength=size).tolist()
    right = np.bincount(found.true[found.true == found.predicted], minlength=size).tolist()
    return [ClassScore(number, true[number], predicted[number], right[number]) for number in range(size)]


def macro_f1(found: list[ClassScore]) -> float | None:
    """The mean of F1 over the classes that have one."""
    known = [score.f1 for score in found if score.f1 is not None]
    return sum(known) / len(known) if known else None


def confusions(found: Predictions) -> list[Confusion]:
    """Every pair of classes that was confused, the most frequent first, then in the order of the classes."""
    wrong = np.flatnonzero(found.true != found.predicted)
    size = classes_of(found)
    pairs, counts = np.unique(found.true[wrong].astype(np.int64) * size + found.predicted[wrong], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [Confusion(int(pairs[at]) // size, int(pairs[at]) % size, int(counts[at])) for at in order]


def surest_mistakes(found: Predictions, limit: int = 0) -> list[int]:
    """The places of wrong samples in the test set, the most confident first, then in their order; 0 gives all."""
    wrong = np.flatnonzero(found.true != found.predicted)
    confidence = np.nan_to_num(found.confidence[wrong].astype(np.float64), nan=-1.0)
    order = wrong[np.argsort(-confidence, kind="stable")]
    places: list[int] = order[:limit].tolist() if limit else order.tolist()
    return places
