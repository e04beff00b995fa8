"""Advisory locks: alive is what holds one. The text inside names the holder, for people and for adoption."""

import errno
import fcntl
import json
import os
import socket
import struct
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Identity:
    """A process that no other can be mistaken for: a pid is reused, its start time within one boot is not."""

    host: str
    boot: str
    pid: int
    started: float

    def is_alive(self) -> bool:
        """Whether this very process still runs on this host and boot."""
        if self.host != socket.gethostname() or self.boot != boot_id():
            return False
        try:
            return start_time(self.pid) == self.started
        except psutil.Error:
            return False


def boot_id() -> str:
    """Changes with every start of the machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))


def start_time(pid: int) -> float:
    """When the process began: clock ticks since boot where /proc tells, else Unix time.

    A changed clock cannot move the ticks.

    Raises psutil.NoSuchProcess.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return psutil.Process(pid).create_time()
    if fields[0] in ("Z", "X"):
        raise psutil.NoSuchProcess(pid)
    return float(fields[19])


def identify(pid: int | None = None) -> Identity:
    """The identity of a process of this host, by default of this one. Raises psutil.NoSuchProcess."""
    pid = os.getpid() if pid is None else pid
    return Identity(socket.gethostname(), boot_id(), pid, start_time(pid))


# Open file description locks: unlike plain POSIX ones they outlive the closing of another descriptor, and unlike flock
# they can be asked about without being taken, so that no glance at a lock ever keeps somebody from it.
_FLOCK = "hhqqi"
_WHOLE_FILE = (os.SEEK_SET, 0, 0, 0)
_SIGNING_SECONDS = 1.0


class FileLock:
    """An exclusive lock on a file, taken without blocking and kept until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """True if this process holds the lock now; its identity is then written inside. Raises OSError."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, *_WHOLE_FILE))
            text = json.dumps(asdict(identify())).encode()
            os.pwrite(descriptor, text, 0)
            os.ftruncate(descriptor, len(text))
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let the next one have it; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def holder(path: Path) -> Identity | None:
    """Who holds the lock at `path`, or None where nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        deadline = time.monotonic() + _SIGNING_SECONDS
        while _is_held(descriptor):
            try:
                return Identity(**json.loads(os.pread(descriptor, 4096, 0)))
            except (ValueError, TypeError):
                # It has taken the lock and is about to sign.
                if time.monotonic() > deadline:
                    return Identity(socket.gethostname(), "", 0, 0.0)
                time.sleep(0.001)
    finally:
        os.close(descriptor)
    return None


def _is_held(descriptor: int) -> bool:
    answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, *_WHOLE_FILE))
    return bool(struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK)
