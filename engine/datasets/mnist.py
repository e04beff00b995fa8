"""MNIST, shipped whole with labtop: 60,000 training and 10,000 test digits of 28 x 28 pixels."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.datasets.data import ImageData, image_data
from engine.datasets.idx import parse
from engine.errors import DataError

FOLDER = Path(__file__).parent / "mnist"

# SHA-256 of the four gzipped files, in the order training images and labels, test images and labels.
FILES = {
    "train-images-idx3-ubyte.gz": "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
    "train-labels-idx1-ubyte.gz": "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
    "t10k-images-idx3-ubyte.gz": "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
    "t10k-labels-idx1-ubyte.gz": "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
}

DIGEST = hashlib.sha256("".join(FILES.values()).encode()).hexdigest()


def load(folder: Path = FOLDER) -> ImageData:
    """MNIST, from labtop's own copy. Raises DataError, naming path and hash, where a file of it is not as shipped."""
    train_images, train_labels, test_images, test_labels = (
        _read(folder / name, expected) for name, expected in FILES.items()
    )
    return image_data("mnist", (train_images, train_labels), (test_images, test_labels), DIGEST, str(folder))


def _read(path: Path, expected: str) -> NDArray[np.uint8]:
    hint = f"expected SHA-256 {expected}; install labtop again to restore it"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"a file of MNIST cannot be read: {error.strerror}", where=str(path), hint=hint) from None
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise DataError(f"a file of MNIST is damaged: its SHA-256 is {found}", where=str(path), hint=hint)
    return parse(data, str(path))
