"""The data set of a job, on the device, split into training and validation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.datasets import DATASETS, PATH_LOADER
from engine.datasets.data import ImageData
from engine.errors import DataError
from engine.plan.jobs import Configuration
from engine.training import device


@dataclass(frozen=True)
class Part:
    """uint8 images (n, height, width, channels) and int64 labels (n,), as tensors on the device."""

    images: Any
    labels: Any
    count: int


@dataclass(frozen=True)
class JobData:
    """What one job trains on, validates on and is tested on. `source` is the whole data set in host memory."""

    source: ImageData
    train: Part
    validation: Part
    test: Part


class WarmData:
    """Keeps the last job's data on the device, for the next job that wants the same."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] | None = None
        self._data: JobData | None = None

    def take(self, config: Configuration, folder: Path, digests: Mapping[str, str]) -> JobData:
        """The data of a job; a path is relative to `folder` and must hash to what `digests` says. Raises DataError."""
        name = str(config["dataset"])
        key = (name, folder, digests.get(name, ""), config["train_samples"], config["validation_split"])
        if self._data is None or self._key != key or name not in DATASETS:
            self.forget()
            self._data = _split(load(name, folder, digests.get(name, "")), config)
            self._key = key
        return self._data

    def forget(self) -> None:
        """Free the device's memory."""
        self._key, self._data = None, None


def load(name: str, folder: Path, expected: str = "") -> ImageData:
    """A data set that has a name, or the one at a path below `folder`. Raises DataError."""
    module, _, function = DATASETS.get(name, PATH_LOADER).partition(":")
    loader = getattr(import_module(module), function)
    if name in DATASETS:
        return loader()  # type: ignore[no-any-return]
    return loader(folder / Path(name).expanduser(), expected)  # type: ignore[no-any-return]


def _split(data: ImageData, config: Configuration) -> JobData:
    """The first `train_samples`, of which floor(n * (1 - validation_split)) are trained on, as Keras splits."""
    count = min(int(config["train_samples"]) or len(data.train_labels), len(data.train_labels))
    share = float(config["validation_split"])
    kept = math.floor(count * (1 - share))
    if kept == 0 or (share and kept == count):
        use = "validate" if kept else "train"
        hint = "allowed: a validation_split that leaves samples for both, or more train_samples"
        raise DataError(f"no sample of {count:,} is left to {use} on", where=data.name, hint=hint)
    images, labels = data.train_images, data.train_labels
    return JobData(
        data,
        _part(images[:kept], labels[:kept]),
        _part(images[kept:count], labels[kept:count]),
        _part(data.test_images, data.test_labels),
    )


def _part(images: NDArray[np.uint8], labels: NDArray[np.int32]) -> Part:
    with tf.device("/GPU:0" if device.on_gpu() else "/CPU:0"):
        return Part(tf.constant(images), tf.constant(labels.astype(np.int64)), len(labels))


def order(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """In which order epoch `epoch` (from 0) visits `count` samples: a shuffle keyed by seed and epoch alone."""
    return np.random.Generator(np.random.Philox(key=[seed, epoch])).permutation(count)
