"""The data set of a job, on the device, split into training and validation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.datasets import DATASETS
from engine.datasets.data import ImageData
from engine.datasets.load import load
from engine.errors import DataError
from engine.plan.jobs import Configuration
from engine.training import device


@dataclass(frozen=True)
class Part:
    """Packed images, int64 (n, words), and int64 labels (n,), as tensors on the device."""

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
        return Part(tf.constant(packed(images)), tf.constant(labels.astype(np.int64)), len(labels))


def packed(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The bytes of each image as words of eight, the last filled up with zeros.

    TensorFlow can gather rows of int64 on every device, but rows of bytes on a CPU only.
    """
    rows = images.reshape(len(images), math.prod(images.shape[1:]))
    spare = -rows.shape[1] % 8
    return np.ascontiguousarray(np.pad(rows, ((0, 0), (0, spare))) if spare else rows).view(np.int64)


def unpacked(words: Any, shape: tuple[int, int, int]) -> Any:
    """The uint8 images (n, height, width, channels) in packed words (n, words); inside a compiled function."""
    rows = tf.reshape(tf.bitcast(words, tf.uint8), [-1, -(-math.prod(shape) // 8) * 8])
    return tf.reshape(rows[:, : math.prod(shape)], [-1, *shape])


def order(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """In which order epoch `epoch` (from 0) visits `count` samples: a shuffle keyed by seed and epoch alone."""
    return np.random.Generator(np.random.Philox(key=[seed, epoch])).permutation(count)
