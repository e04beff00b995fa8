"""Data sets of a person's own: a folder of four IDX files, or an .npz file."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.datasets.data import ImageData, image_data
from engine.datasets.idx import parse
from engine.errors import DataError, reason

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
PARTS = (("train",), ("t10k", "test"))


def load(path: Path, expected: str = "") -> ImageData:
    """The data set at `path`.

    A folder holds train-images-idx3-ubyte, train-labels-idx1-ubyte and the same with t10k- or test- in front (idx4 for
    images with channels), plain or with .gz. An .npz file holds x_train, y_train, x_test and y_test. Images are uint8
    of any height, width and channels; labels are 0 to K-1.

    `expected` is the digest that was recorded when the job was submitted. Raises DataError where anything is missing,
    damaged or changed since then.
    """
    found = digest(path)
    if expected and found != expected:
        raise DataError(
            f"the data set has changed since the job was submitted: its SHA-256 is {found}",
            where=str(path),
            hint=f"expected {expected}; restore it for engine run --retry-failed, or engine run makes other jobs of it",
        )
    train_images, train_labels, test_images, test_labels = _folder(path) if path.is_dir() else _npz(path)
    return image_data(path.name, (train_images, train_labels), (test_images, test_labels), found, str(path))


def digest(path: Path) -> str:
    """SHA-256, in hex, of an .npz file's bytes, or over those of a folder's four IDX files, in a fixed order.

    Raises DataError where something is missing.
    """
    if not path.is_dir():
        return _sha256(path)
    return hashlib.sha256("".join(_sha256(file) for file in _idx_files(path)).encode()).hexdigest()


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    hint = "make it readable, or name another data set"
    return DataError(f"the data set cannot be read: {reason(error)}", where=str(path), hint=hint)


def _folder(folder: Path) -> list[NDArray[np.generic]]:
    arrays: list[NDArray[np.generic]] = []
    for path in _idx_files(folder):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from None
        arrays.append(parse(data, str(path)))
    return arrays


def _idx_files(folder: Path) -> list[Path]:
    """Training images and labels, then test images and labels."""
    found = []
    for prefixes in PARTS:
        for kind, dimensions in (("images", (3, 4)), ("labels", (1,))):
            names = [
                f"{prefix}-{kind}{joint}idx{number}-ubyte{suffix}"
                for prefix in prefixes
                for number in dimensions
                for joint in "-."
                for suffix in ("", ".gz")
            ]
            present = [folder / name for name in names if (folder / name).is_file()]
            if not present:
                message = f"the folder has no {names[0]} or {names[1]}"
                raise DataError(message, where=str(folder), hint="allowed: four IDX files, or an .npz file")
            found.append(present[0])
    return found


def _npz(path: Path) -> list[NDArray[np.generic]]:
    hint = "allowed: an .npz file with x_train, y_train, x_test and y_test, or a folder of IDX files"
    try:
        found = _arrays(path)
    except Exception as error:  # noqa: BLE001  in a damaged file zipfile and NumPy stumble in a dozen ways
        raise DataError(f"it cannot be read as .npz: {reason(error)}", where=str(path), hint=hint) from None
    missing = [name for name in ARRAYS if name not in found]
    if missing:
        raise DataError(f"it lacks {', '.join(missing)}", where=str(path), hint=hint)
    return [found[name] for name in ARRAYS]


def _arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    archive = np.load(path, allow_pickle=False)
    if not isinstance(archive, np.lib.npyio.NpzFile):
        return {}
    with archive:
        return {name: archive[name] for name in ARRAYS if name in archive.files}
