"""What every loader of a data set gives back: images as bytes, labels as class numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError

MOST_CLASSES = 65_536


@dataclass(frozen=True)
class ImageData:
    """A data set of labelled images, as it is trained on.

    `train_images` and `test_images` are uint8 of shape (n, height, width, channels); labels are int32 of shape (n,),
    from 0 to `classes` - 1. `digest` is the SHA-256 of what it was read from.
    """

    name: str
    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.int32]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.int32]
    classes: int
    digest: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one image."""
        height, width, channels = self.train_images.shape[1:]
        return height, width, channels


def image_data(
    name: str,
    train: tuple[NDArray[np.generic], NDArray[np.generic]],
    test: tuple[NDArray[np.generic], NDArray[np.generic]],
    digest: str,
    where: str,
) -> ImageData:
    """The data set in two pairs of (images, labels), once they are found fit to train a classifier.

    Images are uint8 of shape (n, height, width) or (n, height, width, channels); labels are whole numbers of shape
    (n,) or (n, 1). `where` is the path that a fault names. Raises DataError.
    """
    train_images, train_labels = _images(train[0], "training", where), _labels(train[1], "training", where)
    test_images, test_labels = _images(test[0], "test", where), _labels(test[1], "test", where)
    for part, images, labels in (("training", train_images, train_labels), ("test", test_images, test_labels)):
        if len(images) != len(labels):
            raise DataError(
                f"{len(images):,} {part} images have {len(labels):,} labels",
                where=where,
                hint="allowed: one label an image",
            )
    if train_images.shape[1:] != test_images.shape[1:]:
        shapes = f"{_by(train_images.shape[1:])} and {_by(test_images.shape[1:])}"
        raise DataError(
            f"training and test images differ in shape: {shapes}", where=where, hint="allowed: one shape for all"
        )
    classes = _classes(np.concatenate([train_labels, test_labels]), where)
    return ImageData(
        name,
        train_images,
        train_labels.astype(np.int32),
        test_images,
        test_labels.astype(np.int32),
        classes,
        digest,
    )


def _images(array: NDArray[np.generic], part: str, where: str) -> NDArray[np.uint8]:
    if array.dtype != np.uint8:
        raise DataError(
            f"the {part} images are {array.dtype}", where=where, hint="allowed: uint8, 0 to 255, not yet divided"
        )
    if array.ndim not in (3, 4) or 0 in array.shape:
        hint = "allowed: (images, height, width) or (images, height, width, channels), at least one of each"
        raise DataError(f"the {part} images have the shape {_sizes(array.shape)}", where=where, hint=hint)
    images = array.astype(np.uint8, copy=False)
    return images[..., np.newaxis] if images.ndim == 3 else images


def _labels(array: NDArray[Any], part: str, where: str) -> NDArray[Any]:
    if not np.issubdtype(array.dtype, np.integer):
        hint = "allowed: whole numbers, the class of each image"
        raise DataError(f"the {part} labels are {array.dtype}", where=where, hint=hint)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        hint = "allowed: one whole number an image, not one-hot"
        raise DataError(f"the {part} labels have the shape {_sizes(array.shape)}", where=where, hint=hint)
    return array


def _classes(labels: NDArray[Any], where: str) -> int:
    present = np.unique(labels)
    low, high = int(present[0]), int(present[-1])
    if low != 0 or high != len(present) - 1:
        raise DataError(
            f"the labels number {len(present):,} classes from {low:,} to {high:,}",
            where=where,
            hint="allowed: 0, 1, 2 ... without a gap",
        )
    if not 2 <= len(present) <= MOST_CLASSES:
        hint = f"allowed: 2 to {MOST_CLASSES:,}"
        raise DataError(f"the labels name {len(present):,} classes", where=where, hint=hint)
    return len(present)


def _sizes(shape: tuple[int, ...]) -> str:
    return f"({', '.join(str(size) for size in shape)})"


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(str(size) for size in shape)
