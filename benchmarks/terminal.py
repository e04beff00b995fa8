"""A program on a real pseudo-terminal, and the screen that it has drawn there."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil
import pyte

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "space": " ",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
}

# pyte takes questions about modes, and the keyboard protocol, for letters; a terminal does not.
UNKNOWN = re.compile(rb"\x1b\[(\?[\d;]*\$p|[<>=][\d;]*[a-zA-Z])")


def key_bytes(name: str) -> bytes:
    """What a terminal sends for a key: a character, a name of KEYS, or `ctrl+x`."""
    if name.startswith("ctrl+") and len(name) == 6:
        return bytes([ord(name[5].lower()) & 0x1F])
    return KEYS.get(name, name).encode()


class Chunk(NamedTuple):
    """Bytes as they came, and when, in seconds of `time.perf_counter`."""

    at: float
    data: bytes


class Terminal:
    """A program on a pseudo-terminal of `columns` x `rows`; `close` ends it."""

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 120,
        rows: int = 40,
        *,
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.chunks: list[Chunk] = []
        self.received = 0
        self.code: int | None = None
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # Only what is needed between fork and exec; a failure ends the child, not the caller.
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                if folder is not None:
                    os.chdir(folder)
                os.execvpe(command[0], list(command), dict(os.environ if env is None else env))
            finally:
                os._exit(127)

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size, and tell the program."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def press(self, key: str) -> float:
        """Send a key. Returns the moment, in seconds of `time.perf_counter`."""
        self.type(key_bytes(key))
        return time.perf_counter()

    def type(self, data: bytes) -> None:
        """Send bytes as they are."""
        os.write(self.fd, data)

    def pump(self, seconds: float, *, draw: bool = True) -> bool:
        """Read what comes next, for at most `seconds`; False once either side has closed the terminal.

        Without `draw` it is only kept in `chunks`: drawing takes time of the processor that the program runs on.
        """
        if self.fd < 0:
            time.sleep(seconds)
            return False
        if not select.select([self.fd], [], [], max(0.0, seconds))[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            return False
        self.chunks.append(Chunk(time.perf_counter(), data))
        self.received += len(data)
        if draw:
            self.stream.feed(UNKNOWN.sub(b"", data))
        return True

    def rest(self, seconds: float) -> None:
        """Read for so long, whatever comes."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if not self.pump(min(0.1, left)):
                time.sleep(min(0.1, left))

    def shows(self, text: str) -> bool:
        """Whether `text` stands on one line of the screen."""
        return any(text in line for line in self.screen.display)

    def until(self, text: str, timeout: float, *, present: bool = True) -> float | None:
        """Seconds until `text` stands on the screen, or no longer does; None where that did not come in time."""
        start = time.perf_counter()
        while time.perf_counter() - start < timeout:
            if self.shows(text) == present:
                return time.perf_counter() - start
            if not self.pump(0.005):
                break
        return time.perf_counter() - start if self.shows(text) == present else None

    def processes(self) -> list[psutil.Process]:
        """The program and all that it started."""
        try:
            root = psutil.Process(self.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def alive(self) -> bool:
        """Whether the program has not ended; once it has, `code` is its exit code."""
        with contextlib.suppress(ChildProcessError):
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.code = os.waitstatus_to_exitcode(status)
            return not ended
        return False

    def hang_up(self) -> None:
        """Close the terminal, as losing SSH does."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def kill(self) -> None:
        """End the program at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the program, and wait until it is gone."""
        self.kill()
        self.hang_up()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Processor time that processes have taken so far, together."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def memory_bytes(processes: Sequence[psutil.Process]) -> int:
    """Resident memory of processes, together."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += int(process.memory_info().rss)
    return total
