"""What a finished job left on disk about the test set: what it predicted, and pictures of what it got wrong."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError


@dataclass(frozen=True)
class Mistakes:
    """The misclassified test digits of a job, n of them.

    `indices` (n,) are places in the test set, `images` uint8 (n, height, width, channels), `true` and `predicted` (n,)
    are classes, `confidence` (n,) is the probability given to the predicted class, as a fraction.
    """

    indices: NDArray[np.integer]
    images: NDArray[np.uint8]
    true: NDArray[np.integer]
    predicted: NDArray[np.integer]
    confidence: NDArray[np.floating]


def read_mistakes(path: Path) -> Mistakes:
    """Raises DataError where the file is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Mistakes(arrays["index"], arrays["image"], arrays["true"], arrays["predicted"], arrays["confidence"])
    except FileNotFoundError:
        hint = "only a job that is done has them: engine status"
        raise DataError("there are no misclassified digits of this job", where=str(path), hint=hint) from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"the misclassified digits cannot be read: {error}", where=str(path)) from None
