"""What a job said of every test digit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Predictions:
    """The test set as a job saw it, n samples in the order of the data set.

    `true` and `predicted` (n,) are classes, in the smallest unsigned type that holds them; `confidence` (n,) float16 is
    the probability given to the predicted class, as a fraction.
    """

    true: NDArray[np.unsignedinteger]
    predicted: NDArray[np.unsignedinteger]
    confidence: NDArray[np.float16]
