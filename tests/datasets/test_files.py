"""Data sets of a person's own."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from engine.datasets.files import digest, load
from engine.errors import DataError


def arrays(shape: tuple[int, ...] = (5, 7, 3), classes: int = 4) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    return {
        "x_train": generator.integers(0, 256, (12, *shape), np.uint8),
        "y_train": np.arange(12) % classes,
        "x_test": generator.integers(0, 256, (8, *shape), np.uint8),
        "y_test": np.arange(8) % classes,
    }


def save(path: Path, **changed: np.ndarray) -> Path:
    np.savez(path, **{**arrays(), **changed})
    return path


def idx(path: Path, array: np.ndarray) -> None:
    data = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def folder(path: Path, prefix: str = "t10k", suffix: str = "", shape: tuple[int, ...] = (5, 7)) -> Path:
    made = arrays(shape)
    number = len(shape) + 1
    idx(path / f"train-images-idx{number}-ubyte{suffix}", made["x_train"])
    idx(path / f"train-labels-idx1-ubyte{suffix}", made["y_train"])
    idx(path / f"{prefix}-images-idx{number}-ubyte{suffix}", made["x_test"])
    idx(path / f"{prefix}-labels-idx1-ubyte{suffix}", made["y_test"])
    return path


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (1, 1), (3, 2, 4)])
def test_npz_of_any_shape(shape: tuple[int, ...], tmp_path: Path) -> None:
    made = arrays(shape)
    data = load(save(tmp_path / "own.npz", **made))
    whole = shape if len(shape) == 3 else (*shape, 1)
    assert data.shape == whole
    assert data.classes == 4
    np.testing.assert_array_equal(data.train_images.reshape(12, *shape), made["x_train"])
    np.testing.assert_array_equal(data.test_labels, made["y_test"])
    assert data.train_labels.dtype == np.int32


@pytest.mark.parametrize(("prefix", "suffix"), [("t10k", ""), ("test", ".gz")])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_idx_folder(prefix: str, suffix: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    data = load(folder(tmp_path, prefix, suffix, shape))
    np.testing.assert_array_equal(data.test_images.reshape(8, *shape), arrays(shape)["x_test"])
    assert data.digest == digest(tmp_path)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"x_train": np.zeros((12, 5, 7, 3), np.float32)}, "float32"),
        ({"x_train": np.zeros((12, 35), np.uint8)}, "shape"),
        ({"x_train": np.zeros((0, 5, 7, 3), np.uint8)}, "shape"),
        ({"y_train": np.zeros(12, np.float32)}, "float32"),
        ({"y_train": np.zeros((12, 10), np.int64)}, "shape"),
        ({"y_train": np.arange(11) % 4}, "12 training images have 11 labels"),
        ({"x_test": np.zeros((8, 5, 6, 3), np.uint8)}, "5x7x3 and 5x6x3"),
        ({"y_train": np.arange(12) % 4 + 1, "y_test": np.arange(8) % 4 + 1}, "from 1 to 4"),
        ({"y_test": np.array([0, 1, 2, 3, 9, 0, 0, 0])}, "5 classes from 0 to 9"),
        ({"y_train": np.zeros(12, int) - 1}, "from -1"),
        ({"y_train": np.zeros(12, int), "y_test": np.zeros(8, int)}, "1 classes"),
        ({"y_train": np.array([2**60] + [0] * 11)}, "classes from 0"),
        ({"y_test": np.array([{}] * 8)}, "no archive of plain arrays"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(changed: dict[str, np.ndarray], words: str, tmp_path: Path) -> None:
    path = save(tmp_path / "own.npz", **changed)
    with pytest.raises(DataError, match=words) as caught:
        load(path)
    assert caught.value.faults[0].file == str(path)


def test_what_is_no_npz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    with pytest.raises(DataError, match="No such file"):
        load(path)
    for data in (b"", b"PK\3\4 and then nothing", b"text", save(tmp_path / "whole.npz").read_bytes()[:700]):
        path.write_bytes(data)
        with pytest.raises(DataError):
            load(path)
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(DataError, match="lacks x_train"):
        load(path)
    np.savez(path, x_train=np.zeros(3))
    with pytest.raises(DataError, match="lacks y_train, x_test, y_test"):
        load(path)


def test_every_flipped_byte_of_an_npz_is_survived(tmp_path: Path) -> None:
    whole = save(tmp_path / "own.npz").read_bytes()
    path = tmp_path / "flipped.npz"
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            load(path)
        except DataError:
            continue


def test_a_folder_without_its_files_says_which(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="train-images-idx3-ubyte"):
        load(tmp_path)
    folder(tmp_path).joinpath("t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte"):
        digest(tmp_path)


def test_changed_data_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "own.npz")
    recorded = digest(path)
    assert load(path, recorded).digest == recorded
    save(path, x_train=arrays()["x_train"] ^ 1)
    with pytest.raises(DataError, match="changed since the job was submitted"):
        load(path, recorded)
