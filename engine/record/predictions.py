"""What a finished job left on disk about the test set: what it predicted, and pictures of what it got wrong."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError, reason
from engine.record import npz
from engine.record.paths import JobPaths, StorePaths
from engine.results.mistakes import Mistakes
from engine.results.predictions import Hits, Predictions
from engine.results.rows import JobRow
from engine.results.testsets import TestSets

# Of 10,000 test digits each takes 1.3 kB.
REMEMBERED = 4096
DONE_ALONE = "only a job that is done has them: engine status"
AGAIN = "engine run --again trains the job anew"


def read_mistakes(paths: JobPaths) -> Mistakes:
    """What a job got wrong, and how much of each class right, which is not known where predictions.npz cannot be read.

    Raises DataError where mistakes.npz is missing or damaged.
    """
    path = paths.mistakes
    with _arrays(path, "misclassified digits") as arrays:
        true, predicted, confidence = arrays["true"], arrays["predicted"], arrays["confidence"]
        found = Mistakes(arrays["index"], arrays["image"], true, predicted, confidence, _right(paths.predictions))
    if not found.is_sound():
        raise DataError("the misclassified digits are not what a training leaves", where=str(path), hint=AGAIN)
    return found


def _right(path: Path) -> NDArray[np.integer]:
    """Of each class, how many test digits were taken for what they are; empty where that cannot be read."""
    try:
        told = read_predictions(path)
    except DataError:
        return np.zeros(0, np.int64)
    classes = int(max(told.true.max(initial=0), told.predicted.max(initial=0))) + 1
    return np.bincount(told.true[told.true == told.predicted], minlength=classes)


def read_predictions(path: Path) -> Predictions:
    """Raises DataError where the file is missing or damaged."""
    with _arrays(path, "predictions") as arrays:
        true, predicted, confidence = arrays["true"], arrays["predicted"], arrays["confidence"]
        if true.ndim != 1 or not true.shape == predicted.shape == confidence.shape:
            raise ValueError("its arrays do not have one length")
        return Predictions(true, predicted, confidence)


class KnownHits:
    """Which test digits jobs got right, read once each as long as the files stay what they were."""

    def __init__(self, most: int = REMEMBERED) -> None:
        """Remembers at most so many."""
        self._most = most
        self._known: OrderedDict[Path, tuple[tuple[int, int], Hits]] = OrderedDict()

    def read(self, path: Path) -> Hits | None:
        """Of the job that left this file; None where there is none, or where it cannot be read."""
        try:
            found = path.stat()
            state = (found.st_ino, found.st_mtime_ns)
            known = self._known.get(path)
            if known is not None and known[0] == state:
                self._known.move_to_end(path)
                return known[1]
            hits = read_predictions(path).hits()
        except (OSError, DataError):
            return None
        self._known[path] = (state, hits)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return hits


def read_test_sets(paths: StorePaths, rows: Iterable[JobRow]) -> TestSets:
    """What jobs that are done said of their test sets, one file after the other; what cannot be read is told apart."""
    found = TestSets()
    for row in rows:
        try:
            found.add(row, read_predictions(paths.job(row.id).predictions))
        except DataError:
            found.lost.append(row)
    return found


def read_pictures(paths: StorePaths, job_ids: Sequence[str], indices: Iterable[int]) -> dict[int, NDArray[np.uint8]]:
    """Pictures of samples of the test set, each (height, width, channels), from what these jobs got wrong.

    Only as many jobs are read as it takes; samples whose picture none of them has are left out.
    """
    wanted = set(indices)
    pictures: dict[int, NDArray[np.uint8]] = {}
    for job_id in dict.fromkeys(job_ids):
        if not wanted:
            break
        try:
            found = read_mistakes(paths.job(job_id))
        except DataError:
            continue
        for place, index in enumerate(found.indices.tolist()):
            if index in wanted:
                pictures[index] = found.images[place]
                wanted.discard(index)
    return pictures


@contextmanager
def _arrays(path: Path, what: str) -> Iterator[Mapping[str, NDArray[Any]]]:
    """The arrays of a file, read when they are asked for."""
    try:
        yield npz.read(path)
    except FileNotFoundError:
        raise DataError(f"there are no {what} of this job", where=str(path), hint=DONE_ALONE) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise DataError(f"the {what} cannot be read: {reason(error)}", where=str(path), hint=AGAIN) from None
