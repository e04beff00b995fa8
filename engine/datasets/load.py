"""From what `dataset` says to the data: a name, or a path of a person's own."""

from importlib import import_module
from pathlib import Path

from engine.datasets import DATASETS, PATH_LOADER
from engine.datasets.data import ImageData


def load(dataset: str, folder: Path, expected: str = "") -> ImageData:
    """The data set of that name, or else at that path, which is relative to `folder`.

    `expected` is the SHA-256 that was recorded for a path. Raises DataError.
    """
    module, _, function = DATASETS.get(dataset, PATH_LOADER).partition(":")
    loader = getattr(import_module(module), function)
    data: ImageData = loader() if dataset in DATASETS else loader(folder / Path(dataset).expanduser(), expected)
    return data
