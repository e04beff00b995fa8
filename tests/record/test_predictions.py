"""Predictions as a job leaves them are read back; whatever else lies there is told as a fault of the data."""

import numpy as np
import pytest

from engine.errors import DataError
from engine.record.predictions import read_predictions
from engine.session import Session
from tests import builders

ARRAYS = {
    "true": np.array([0, 1, 2], np.uint8),
    "predicted": np.array([0, 2, 2], np.uint8),
    "confidence": np.array([0.5, 0.75, 1.0], np.float16),
}


def test_what_was_kept_comes_back_in_its_type(tmp_path):
    paths = builders.store(tmp_path)
    paths.job("ab").folder.mkdir()
    np.savez(paths.job("ab").predictions, **ARRAYS)
    found = Session(paths).predictions("ab")
    for name, array in ARRAYS.items():
        assert getattr(found, name).dtype == array.dtype
        assert getattr(found, name).tolist() == array.tolist()


def test_a_job_without_any_is_told_so(tmp_path):
    with pytest.raises(DataError, match="there are no predictions of this job"):
        read_predictions(tmp_path / "predictions.npz")


@pytest.mark.parametrize("size", [0, 1, 40, 300, -1])
def test_half_a_file_is_no_predictions(tmp_path, size):
    path = tmp_path / "predictions.npz"
    np.savez(path, **ARRAYS)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DataError, match="cannot be read"):
        read_predictions(path)


@pytest.mark.parametrize(
    "arrays",
    [
        {"true": ARRAYS["true"]},
        ARRAYS | {"predicted": np.array([1], np.uint8)},
        ARRAYS | {"true": np.zeros((3, 1), np.uint8)},
        ARRAYS | {"true": np.array(["a", {}, None], object)},
    ],
)
def test_arrays_that_do_not_belong_together_are_no_predictions(tmp_path, arrays):
    path = tmp_path / "predictions.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError, match="cannot be read"):
        read_predictions(path)
