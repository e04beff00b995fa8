"""Arrays out of an .npz file in a quarter of the time of NumPy's own reader, for commands that read thousands."""

import io
import math
import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Of a member's own header in a zip file (APPNOTE 4.3.7): its fixed part, and where its two lengths stand in that.
HEADER, LENGTHS = 30, 26
MAGIC = 10


def read(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of the file by its name; those that were stored plainly may not be written to.

    Raises OSError where the file cannot be read, ValueError where it is damaged or holds objects.
    """
    data = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            return {info.filename.removesuffix(".npy"): _array(_body(archive, info, data)) for info in members}
    except Exception as error:  # noqa: BLE001 - in a damaged file zipfile and NumPy stumble in a dozen ways
        raise ValueError(str(error)) from None


def _body(archive: zipfile.ZipFile, info: zipfile.ZipInfo, data: bytes) -> memoryview:
    if info.compress_type != zipfile.ZIP_STORED:
        return memoryview(archive.read(info))
    # Taken as it lies there: what zipfile does besides takes ten times as long.
    name, extra = struct.unpack_from("<HH", data, info.header_offset + LENGTHS)
    start = info.header_offset + HEADER + name + extra
    body = memoryview(data)[start : start + info.file_size]
    if zlib.crc32(body) != info.CRC:
        raise zipfile.BadZipFile(f"{info.filename} is damaged")
    return body


def _array(body: memoryview) -> NDArray[Any]:
    size = 2 if body[6] == 1 else 4
    length = MAGIC - 2 + size + int.from_bytes(body[8 : 8 + size], "little")
    shape, fortran, dtype = _header(bytes(body[:length]))
    if dtype.hasobject:
        raise ValueError("it holds objects, which are never loaded")
    flat: NDArray[Any] = np.frombuffer(body, dtype, math.prod(shape), length)
    return flat.reshape(shape, order="F" if fortran else "C")


@lru_cache(256)
def _header(text: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order and type; of a thousand files about one test set the headers are the same few."""
    stream = io.BytesIO(text)
    version = np.lib.format.read_magic(stream)
    read_it = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read_it(stream)
    return shape, fortran, dtype
