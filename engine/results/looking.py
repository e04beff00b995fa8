"""What is to be known of the answers of one job, counted once, so that it can be drawn as often as one likes."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.results.calibration import BINS, Calibration, calibration
from engine.results.confusion import MOST_CLASSES, ClassScore, Confusion, classes_of, confusions, matrix, scores
from engine.results.predictions import Predictions


@dataclass(frozen=True)
class Errors:
    """Of `n` test samples a job got `right`: how each class fared, which were confused, what its confidence is worth.

    `counts` is the confusion matrix, true classes down; None where there are more than 256.
    """

    n: int
    right: int
    classes: Sequence[ClassScore]
    counts: Sequence[Sequence[int]] | None
    confusions: Sequence[Confusion]
    reliable: Calibration

    @property
    def wrong(self) -> int:
        """How many it got wrong."""
        return self.n - self.right

    @property
    def accuracy(self) -> float | None:
        """The fraction that it got right; None of no samples."""
        return self.right / self.n if self.n else None


def errors_of(found: Predictions, bins: int = BINS) -> Errors:
    """Everything about one job's answers, confidences in so many bins."""
    right = found.true == found.predicted
    size = classes_of(found)
    counts = matrix(found.true, found.predicted, size).tolist() if size <= MOST_CLASSES else None
    reliable = calibration(found.confidence, right, bins)
    return Errors(len(right), int(right.sum()), scores(found), counts, confusions(found), reliable)
