"""What a finished job left on disk about the test set: what it predicted, and pictures of what it got wrong."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from engine.errors import DataError, reason
from engine.results.mistakes import Mistakes

AGAIN = "engine run --again trains the job anew"


def read_mistakes(path: Path) -> Mistakes:
    """Raises DataError where the file is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = Mistakes(*(arrays[name] for name in ("index", "image", "true", "predicted", "confidence")))
    except FileNotFoundError:
        hint = "only a job that is done has them: engine status"
        raise DataError("there are no misclassified digits of this job", where=str(path), hint=hint) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"the misclassified digits cannot be read: {reason(error)}", where=str(path), hint=AGAIN
        ) from None
    if not found.is_sound():
        raise DataError("the misclassified digits are not what a training leaves", where=str(path), hint=AGAIN)
    return found
