"""What a job said of every test digit."""

import zlib
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

    def hits(self) -> "Hits":
        """Which of them it got right, at a bit a sample."""
        return Hits(np.packbits(self.true == self.predicted), len(self.true), zlib.crc32(self.true.tobytes()))


@dataclass(frozen=True)
class Hits:
    """Which of `count` test samples a job got right: uint8, eight to a byte; `labels` tells the test set."""

    bits: NDArray[np.uint8]
    count: int
    labels: int


def discordant(ours: Hits, theirs: Hits) -> tuple[int, int] | None:
    """How many samples each of two jobs got right alone; None where they were not tested on the same ones."""
    if (ours.count, ours.labels) != (theirs.count, theirs.labels):
        return None
    differ = ours.bits ^ theirs.bits
    return _ones(differ & ours.bits), _ones(differ & theirs.bits)


def _ones(bits: NDArray[np.uint8]) -> int:
    return int(np.bitwise_count(bits).sum(dtype=np.int64))
