"""The data sets that have a name."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.datasets import fashion_mnist, mnist
from engine.datasets.load import load
from engine.errors import DataError


def test_mnist_is_the_field_s_mnist() -> None:
    data = load("mnist", Path())
    assert data.train_images.shape == (60000, 28, 28, 1)
    assert data.test_images.shape == (10000, 28, 28, 1)
    assert data.classes == 10
    assert data.train_labels[:9].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1]
    published = (
        (data.train_images.tobytes(), (60000, 28, 28), "6bbc9ace898e44ae57da46a324031adb"),
        (data.test_images.tobytes(), (10000, 28, 28), "2646ac647ad5339dbf082846283269ea"),
    )
    for pixels, shape, expected in published:
        header = b"\0\0\x08\3" + np.array(shape, ">u4").tobytes()
        assert hashlib.md5(header + pixels).hexdigest() == expected


@pytest.mark.parametrize("name", mnist.FILES)
def test_a_flipped_bit_is_named_with_path_and_hash(name: str, tmp_path: Path) -> None:
    shutil.copytree(mnist.FOLDER, tmp_path, dirs_exist_ok=True)
    path = tmp_path / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        mnist.load(tmp_path)
    assert str(path) in str(caught.value)
    assert hashlib.sha256(data).hexdigest() in str(caught.value)
    assert mnist.FILES[name] in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz"):
        mnist.load(tmp_path)


def test_another_data_set_is_not_taken_for_fashion_mnist() -> None:
    with pytest.raises(DataError, match="damaged"):
        fashion_mnist.load(mnist.FOLDER)


def test_reading_needs_no_tensorflow() -> None:
    code = (
        "import sys; from pathlib import Path; from engine.datasets.load import load; load('mnist', Path());"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
