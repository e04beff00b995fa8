"""What a finished job left on disk about the test set: what it predicted, and pictures of what it got wrong."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.record.paths import JobPaths
from engine.results.mistakes import Mistakes

DAMAGED = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error)


def read_mistakes(paths: JobPaths) -> Mistakes:
    """What a job got wrong, and how much of each class right, which is not known where predictions.npz cannot be read.

    Raises DataError where mistakes.npz is missing or damaged.
    """
    path = paths.mistakes
    try:
        with np.load(path, allow_pickle=False) as arrays:
            right = _right(paths.predictions)
            true, predicted, confidence = arrays["true"], arrays["predicted"], arrays["confidence"]
            return Mistakes(arrays["index"], arrays["image"], true, predicted, confidence, right)
    except FileNotFoundError:
        hint = "only a job that is done has them: engine status"
        raise DataError("there are no misclassified digits of this job", where=str(path), hint=hint) from None
    except DAMAGED as error:
        raise DataError(f"the misclassified digits cannot be read: {error}", where=str(path)) from None


def _right(path: Path) -> NDArray[np.integer]:
    """Of each class, how many test digits were taken for what they are; empty where that cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            true, predicted = arrays["true"], arrays["predicted"]
            classes = int(max(true.max(initial=0), predicted.max(initial=0))) + 1
            return np.bincount(true[true == predicted], minlength=classes)
    except DAMAGED:
        return np.zeros(0, np.int64)
