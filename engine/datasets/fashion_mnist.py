"""Fashion-MNIST: 60,000 training and 10,000 test pictures of clothes, 28 x 28, in ten classes (Xiao et al., 2017)."""

import hashlib
from pathlib import Path
from typing import Any

from engine.datasets import files
from engine.datasets.data import ImageData, image_data
from engine.errors import DataError

# Where Debian's package dataset-fashion-mnist puts the four IDX files.
FOLDER = Path("/usr/share/datasets/fashion-mnist")

# SHA-256 over the unpacked pixels and labels: training images and labels, then test images and labels.
DIGEST = "ca3ab2a37f845e1b8ae23cab1b51749a3011ba3bf1d9016176d75cbaabac376f"

HINT = (
    "install Debian's package dataset-fashion-mnist, or let Keras download it once where there is a network: "
    'python -c "import keras; keras.datasets.fashion_mnist.load_data()"'
)


def load(folder: Path = FOLDER) -> ImageData:
    """Fashion-MNIST, from the system's copy or else from Keras' own, which is downloaded once.

    Raises DataError, saying what to do, where neither can be had or what was found is damaged.
    """
    if folder.is_dir():
        local = files.load(folder)
        arrays = (local.train_images, local.train_labels, local.test_images, local.test_labels)
        where = str(folder)
    else:
        arrays = _from_keras()
        where = "keras.datasets.fashion_mnist"
    found = image_data("fashion_mnist", arrays[:2], arrays[2:], DIGEST, where)
    content = hashlib.sha256()
    for array in (found.train_images, found.train_labels, found.test_images, found.test_labels):
        content.update(array.astype("uint8").tobytes())
    if content.hexdigest() != DIGEST:
        raise DataError(
            f"Fashion-MNIST is damaged: its SHA-256 is {content.hexdigest()}",
            where=where,
            hint=f"expected {DIGEST}; {HINT}",
        )
    return found


def _from_keras() -> Any:
    import keras  # noqa: PLC0415  loads TensorFlow, which the other data sets do without

    try:
        (train_images, train_labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
    except Exception as error:  # noqa: BLE001  Keras raises a bare Exception where a download fails
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"Fashion-MNIST cannot be had: {first}", where="fashion_mnist", hint=HINT) from None
    return train_images, train_labels, test_images, test_labels
