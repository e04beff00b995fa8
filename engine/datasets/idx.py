"""The IDX format, in which MNIST and its kin are distributed (http://yann.lecun.com/exdb/mnist), plain or gzipped."""

import gzip
import math
import zlib

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError, reason

WHOLE = "fetch the file again, or name another data set"
UNSIGNED_BYTE = 0x08
GZIP_MAGIC = b"\x1f\x8b"


def parse(data: bytes, where: str) -> NDArray[np.uint8]:
    """The array in the bytes of an IDX file, of as many dimensions as its header says.

    The header is two zero bytes, the type of the values, the number of dimensions, then each size as a big-endian
    32-bit integer. `where` is the path that a fault names. Raises DataError.
    """
    if data.startswith(GZIP_MAGIC):
        data = _unzipped(data, where)
    if len(data) < 4 or data[:2] != b"\0\0":
        raise DataError("this is no IDX file: it does not begin with two zero bytes", where=where, hint=WHOLE)
    kind, dimensions = data[2], data[3]
    if kind != UNSIGNED_BYTE:
        raise DataError(f"its values are of IDX type 0x{kind:02x}", where=where, hint="allowed: 0x08, unsigned bytes")
    start = 4 + 4 * dimensions
    if dimensions == 0 or len(data) < start:
        raise DataError(
            f"its header ends early: {len(data)} bytes for {dimensions} dimensions", where=where, hint=WHOLE
        )
    shape = tuple(int(size) for size in np.frombuffer(data, ">u4", dimensions, offset=4))
    expected = start + math.prod(shape)
    if len(data) != expected:
        raise DataError(f"it holds {len(data):,} bytes, and its header promises {expected:,}", where=where, hint=WHOLE)
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _unzipped(data: bytes, where: str) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"it cannot be unzipped: {reason(error)}", where=where, hint=WHOLE) from None
