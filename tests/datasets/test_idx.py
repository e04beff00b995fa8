"""IDX files, whole and damaged."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.datasets.idx import parse
from engine.errors import DataError


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=1, max_dims=4, max_side=5)), st.booleans())
def test_what_was_written_is_read(array: np.ndarray, zipped: bool) -> None:
    data = gzip.compress(idx(array)) if zipped else idx(array)
    np.testing.assert_array_equal(parse(data, "file"), array)


@given(st.data())
def test_a_file_cut_anywhere_is_a_named_fault(data: st.DataObject) -> None:
    whole = idx(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
    if data.draw(st.booleans()):
        whole = gzip.compress(whole)
    end = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(DataError) as caught:
        parse(whole[:end], "some/path")
    assert caught.value.faults[0].file == "some/path"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\1\0\x08\1\0\0\0\1x", "no IDX file"),
        (b"\0\0\x0d\1\0\0\0\1xxxx", "0x0d"),
        (b"\0\0\x08\0", "header ends early"),
        (b"\0\0\x08\1\0\0\0\1xx", "promises 9"),
        (b"\0\0\x08\3\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "promises"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        parse(data, "file")
