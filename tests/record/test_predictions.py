"""Predictions as a job leaves them are read back; whatever else lies there is told as a fault of the data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError
from engine.record import npz
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


@given(st.data())
def test_a_damaged_file_is_told_or_read_as_it_was(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "predictions.npz"
    np.savez(path, **ARRAYS)
    content = bytearray(path.read_bytes())
    for place in data.draw(st.sets(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        found = read_predictions(path)
    except DataError:
        return
    assert {name: getattr(found, name).tolist() for name in ARRAYS} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back_as_numpy_reads_them(tmp_path, save):
    arrays = {
        "cube": np.arange(24, dtype=np.int16).reshape(2, 3, 4),
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "none": np.zeros((0, 5), np.uint8),
        "one": np.float32(2.5),
    }
    save(tmp_path / "a.npz", **arrays)
    found = npz.read(tmp_path / "a.npz")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert np.array_equal(found[name], array)


def test_pictures_come_from_whichever_job_has_them(tmp_path):
    paths = builders.store(tmp_path)
    for job_id, places in (("ab", [3, 5]), ("cd", [5, 8])):
        paths.job(job_id).folder.mkdir()
        images = np.array([[[[place]]] for place in places], np.uint8)
        labels = np.zeros(len(places), np.uint8)
        confidence = np.ones(len(places), np.float16)
        np.savez(
            paths.job(job_id).mistakes,
            index=np.array(places),
            image=images,
            true=labels,
            predicted=labels,
            confidence=confidence,
        )
    found = Session(paths).pictures(["gone", "ab", "cd"], [3, 8, 9])
    assert {index: int(image[0, 0, 0]) for index, image in found.items()} == {3: 3, 8: 8}
