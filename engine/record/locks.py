"""Advisory locks: alive is what holds one. The text inside names the holder, for people and for adoption."""

import errno
import fcntl
import json
import os
import socket
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


class FileLock:
    """An exclusive `flock` on a file, taken without blocking and kept until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, owner: Identity | None = None) -> bool:
        """True if this process holds the lock now; its identity is then written inside. Raises OSError."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return False
            raise
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps(asdict(owner or identify())).encode())
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let the next one have it; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def holder(path: Path) -> Identity | None:
    """Who holds the lock at `path`, or None where nobody does. A holder that has not yet signed is named by pid 0."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        try:
            return Identity(**json.loads(os.read(descriptor, 4096)))
        except (ValueError, TypeError):
            return Identity(socket.gethostname(), "", 0, 0.0)
    finally:
        os.close(descriptor)
    return None
