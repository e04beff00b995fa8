"""The learning rate of every step, from the settings alone."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.plan.jobs import Configuration

ONE_CYCLE_START = 25.0
ONE_CYCLE_END = 10_000.0
ONE_CYCLE_RISE = 0.3


def epoch_rates(config: Configuration, epoch: int, steps: int) -> NDArray[np.float32]:
    """The learning rates of epoch `epoch` (from 0), one for each of its `steps`, shape (steps,).

    constant, exponential (rate x lr_decay^epoch) and step (x lr_decay every lr_step epochs) change at epochs, as with
    Keras' LearningRateScheduler; cosine (to 0 behind the last step; Loshchilov and Hutter, 2016) and one_cycle (Smith
    and Topin, 2018, with the cosine form and the constants of PyTorch's OneCycleLR) change at every step. `warmup` is
    the fraction of all steps over which the rate rises linearly from 0; one_cycle rises from 1/25 instead, in cosine.
    """
    rate = float(config["learning_rate"])
    total = int(config["epochs"]) * steps
    warm = float(config["warmup"]) * total
    place = epoch * steps + np.arange(steps, dtype=np.float64)
    name = config["lr_schedule"]
    if name == "one_cycle":
        rates = _one_cycle(rate, place, total, warm or ONE_CYCLE_RISE * total)
        return rates.astype(np.float32)
    if name == "cosine":
        rates = rate * _falling((place - warm) / max(total - warm, 1))
    elif name == "exponential":
        rates = np.full(steps, rate * float(config["lr_decay"]) ** epoch)
    elif name == "step":
        rates = np.full(steps, rate * float(config["lr_decay"]) ** (epoch // int(config["lr_step"])))
    else:
        rates = np.full(steps, rate)
    if warm:
        rates = np.where(place < warm, rate * (np.minimum(place, warm) / warm), rates)
    return rates.astype(np.float32)


def _one_cycle(rate: float, place: NDArray[np.float64], total: int, rise: float) -> NDArray[np.float64]:
    first, last = rate / ONE_CYCLE_START, rate / ONE_CYCLE_END
    rising = first + (rate - first) * (1 - _falling(place / rise))
    sinking = last + (rate - last) * _falling((place - rise) / max(total - 1 - rise, 1))
    return np.where(place < rise, rising, sinking)


def _falling(progress: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half a cosine, from 1 at 0 to 0 at 1, and flat outside."""
    return 0.5 * (1 + np.cos(math.pi * np.clip(progress, 0, 1)))
