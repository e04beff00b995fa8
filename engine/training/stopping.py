"""Early stopping, decision for decision that of Keras' EarlyStopping callback."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np


@dataclass
class EarlyStopping:
    """Watches one figure, epoch by epoch. Plain numbers, so that a checkpoint can hold its whole state.

    `best_epoch` counts from 1; it is 0 before the first epoch. `min_delta` is the smallest change that counts.
    """

    monitor: str
    patience: int
    min_delta: float
    best: float | None = None
    best_epoch: int = 0
    wait: int = 0
    stopped: bool = False

    def update(self, epoch: int, value: float) -> bool:
        """Take in the figure of `epoch` (from 1). True where the weights of this epoch are now the best ones.

        The first epoch's always are. NaN is never better than anything, and here, unlike in Keras, any number is better
        than a NaN in the first epoch.
        """
        first = self.best_epoch == 0
        if first:
            self.best_epoch = epoch
        self.wait += 1
        if self._better(value):
            self.best, self.best_epoch, self.wait = value, epoch, 0
            return True
        if self.wait >= self.patience and epoch > 1:
            self.stopped = True
        return first

    def _better(self, value: float) -> bool:
        """Compared as Keras does: figures that are closer than float32 tells are the same."""
        if math.isnan(value):
            return False
        if self.best is None:
            return True
        if self.monitor.endswith("loss"):
            return bool(_single(value + self.min_delta) < _single(self.best))
        return bool(_single(value - self.min_delta) > _single(self.best))

    def state(self) -> dict[str, Any]:
        """What `EarlyStopping(**state)` restores."""
        return asdict(self)


def _single(value: float) -> np.float32:
    """In float32, where TensorFlow takes what is too small for all of its digits for zero."""
    single = np.float32(value)
    return single if abs(single) >= np.finfo(np.float32).tiny else np.float32(0)
