"""What a finished job left on disk about the test set: what it predicted, and pictures of what it got wrong."""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.results.mistakes import Mistakes
from engine.results.predictions import Predictions

DONE_ALONE = "only a job that is done has them: engine status"


def read_mistakes(path: Path) -> Mistakes:
    """Raises DataError where the file is missing or damaged."""
    with _arrays(path, "misclassified digits") as arrays:
        return Mistakes(arrays["index"], arrays["image"], arrays["true"], arrays["predicted"], arrays["confidence"])


def read_predictions(path: Path) -> Predictions:
    """Raises DataError where the file is missing or damaged."""
    with _arrays(path, "predictions") as arrays:
        true, predicted, confidence = arrays["true"], arrays["predicted"], arrays["confidence"]
        if true.ndim != 1 or not true.shape == predicted.shape == confidence.shape:
            raise ValueError("its arrays do not have one length")
        return Predictions(true, predicted, confidence)


@contextmanager
def _arrays(path: Path, what: str) -> Iterator[Mapping[str, NDArray[Any]]]:
    """The arrays of a file, read when they are asked for."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            yield arrays
    except FileNotFoundError:
        raise DataError(f"there are no {what} of this job", where=str(path), hint=DONE_ALONE) from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"the {what} cannot be read: {error}", where=str(path)) from None
