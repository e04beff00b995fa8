"""What a finished job left on disk about the test set: what it predicted, and pictures of what it got wrong."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from engine.errors import DataError
from engine.results.mistakes import Mistakes


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
