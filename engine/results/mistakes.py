"""The test digits that a job got wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Mistakes:
    """The misclassified test digits of a job, n of them.

    `indices` (n,) are places in the test set, `images` uint8 (n, height, width, channels), `true` and `predicted` (n,)
    are classes, `confidence` (n,) is the probability given to the predicted class, as a fraction. `right` (classes,)
    counts the test digits of each class that it got right; empty where that is not known.
    """

    indices: NDArray[np.integer]
    images: NDArray[np.uint8]
    true: NDArray[np.integer]
    predicted: NDArray[np.integer]
    confidence: NDArray[np.floating]
    right: NDArray[np.integer]

    def is_sound(self) -> bool:
        """Whether the arrays are of these shapes and types; they may come from a stranger."""
        columns = (self.indices, self.true, self.predicted, self.confidence)
        if any(column.shape != (len(self.images),) for column in columns if self.images.ndim) or self.images.ndim != 4:
            return False
        whole = all(np.issubdtype(column.dtype, np.integer) for column in columns[:3])
        return whole and np.issubdtype(self.confidence.dtype, np.floating) and self.images.dtype == np.uint8
