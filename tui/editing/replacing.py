"""A file replaced whole or not at all, and never over what somebody else wrote a moment ago."""

import contextlib
import ctypes
import errno
import os
import tempfile
import time
from pathlib import Path

from engine.errors import EnvironmentFault

HINT = "make the folder writable; what you changed is kept here until you leave"
# Editors write in several steps; what they leave in between may well read as a queue file.
SETTLED_SECONDS = 0.2
LOOKS = 10
EXCHANGE = 2
AT_FDCWD = -100


class FileChanged(Exception):
    """Somebody wrote the file after it was read; it is as they left it."""


def read_settled(path: Path, known: bytes | None) -> bytes:
    """What the file holds once nobody has written it for a moment; at once where that is `known`.

    Raises FileChanged where somebody goes on writing, OSError where it cannot be read.
    """
    for _ in range(LOOKS):
        written = path.stat().st_mtime
        data = path.read_bytes()
        if data == known or abs(time.time() - written) > SETTLED_SECONDS:
            return data
        time.sleep(SETTLED_SECONDS / 2)
    raise FileChanged


def writable(path: Path) -> bool:
    """Whether the file may be written, or, where there is none, made."""
    target = Path(os.path.realpath(path))
    return os.access(target if target.exists() else target.parent, os.W_OK)


def replace_file(path: Path, data: bytes, expected: bytes | None = None, *, force: bool = False) -> None:
    """Write aside, then put it in the place of `expected`, None for no file; with `force` of whatever is there.

    Of a symlink the target is written. Mode and, where that is allowed, owner are kept. Raises FileChanged where
    something else stood there, EnvironmentFault where the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    aside: Path | None = None
    try:
        if not writable(target):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:200]}.", suffix=".part", dir=target.parent)
        aside = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _dress(aside, target)
        if force:
            aside.replace(target)
        else:
            _put(aside, target, data, expected)
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise EnvironmentFault(f"the file cannot be written: {error.strerror}", where=str(path), hint=HINT) from None
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def _dress(aside: Path, target: Path) -> None:
    """Mode and owner of what is replaced; of a new file, as any program would make it."""
    try:
        was = target.stat()
    except FileNotFoundError:
        aside.chmod(0o666 & ~_umask())
        return
    with contextlib.suppress(PermissionError):
        os.chown(aside, was.st_uid, was.st_gid)
    aside.chmod(was.st_mode & 0o7777)


def _put(aside: Path, target: Path, data: bytes, expected: bytes | None) -> None:
    """Put `aside` in its place; what came out of that place tells whether it was the right one."""
    if expected is None:
        try:
            os.link(aside, target)
        except FileExistsError:
            raise FileChanged from None
        except OSError:  # a file system without hard links
            aside.replace(target)
        return
    try:
        swapped = _swap(aside, target)
    except FileNotFoundError:
        raise FileChanged from None
    if not swapped:
        if target.read_bytes() != expected:
            raise FileChanged
        aside.replace(target)
        return
    if aside.read_bytes() == expected:
        return
    _swap(aside, target)
    if aside.read_bytes() != data:
        _swap(aside, target)  # written once more in that moment: the newest stays
    raise FileChanged


def _swap(one: Path, other: Path) -> bool:
    """Let two files change names in one step. False where the file system cannot. Raises OSError."""
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if exchange is None:
        return False
    if exchange(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
