"""A command on a terminal of its own, and what may not be among the bytes that it writes there."""

import fcntl
import os
import re
import select
import signal
import subprocess
import sys
import termios
import time
import unicodedata

from engine.text import ACTIVE

# What Textual and labtop themselves say to a terminal: CSI alone. Hostile strings use the number 31337 or another kind.
CSI = re.compile(r"\x1b\[([0-9;:?<>=!$ ]*)([@-~])")
OWN_FINALS = frozenset("ABCDGHJKLMPXdhlmnpqrtuc")
# Textual tells the shape of the mouse pointer by this one other kind.
POINTER = re.compile(r"\x1b\]22;[a-z-]*\x07")
MARK = "31337"
SGR = re.compile(r"\x1b\[[0-9;:]*m")


def foreign(written: bytes) -> list[str]:
    """Every control character, and every sequence, that none of labtop's own programs has written."""
    text = written.decode("utf-8", "backslashreplace")
    found = [m.group() for m in CSI.finditer(text) if MARK in m.group(1) or m.group(2) not in OWN_FINALS]
    rest = CSI.sub("", POINTER.sub("", text))
    return found + [char for char in rest if unicodedata.category(char) in ACTIVE and char not in "\r\n\t\x0f"]


def controlled() -> None:
    """In the child: its standard input becomes the terminal that its session ends with."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A command with a pseudo-terminal; all that it writes is kept in `seen`."""

    def __init__(self, *command: str, size=(24, 80), folder=None, environment=None, ignore_hangup=False):
        self.master, self.slave = os.openpty()
        termios.tcsetwinsize(self.master, size)
        self.before = termios.tcgetattr(self.slave)
        trap = "trap '' HUP; " if ignore_hangup else ""
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f'{trap}exec "$@"', "sh", *command],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            cwd=folder,
            env=environ(**(environment or {})),
            start_new_session=True,
            preexec_fn=controlled,  # noqa: PLW1509  it does nothing but one ioctl
        )
        self.seen = b""

    def read(self, seconds=0.0) -> bytes:
        """Take in what was written by now, waiting at most so long for the first of it."""
        while select.select([self.master], [], [], seconds)[0]:
            try:
                self.seen += os.read(self.master, 1 << 16)
            except OSError:
                break
            seconds = 0.0
        return self.seen

    def until(self, *texts: bytes, seconds=60.0) -> None:
        """Read until one of `texts` was written."""

        def written(wait: float) -> bool:
            seen = self.read(wait)
            return any(text in seen for text in texts)

        deadline = time.monotonic() + seconds
        while not written(0.1):
            assert time.monotonic() < deadline, f"waited for {texts!r}: {self.seen[-2000:]!r}"
            assert self.process.poll() is None or written(0.0), f"ended without {texts!r}: {self.seen[-2000:]!r}"

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def still(self, quiet=0.3, seconds=30.0) -> None:
        """Read until nothing more was written for a moment."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            before = len(self.seen)
            if len(self.read(quiet)) == before:
                return

    def resize(self, rows: int, columns: int) -> None:
        termios.tcsetwinsize(self.master, (rows, columns))
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGWINCH)

    def ended(self, seconds=60.0) -> int:
        """The exit code, once all that was written has been read, as a terminal does."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end: {self.seen[-2000:]!r}"
            self.read(0.05)
        self.read()
        return self.process.returncode

    def close(self) -> None:
        """The terminal is gone."""
        for end in (self.slave, self.master):
            if end >= 0:
                os.close(end)
        self.slave = self.master = -1

    def kill(self) -> None:
        """Whatever is left of it."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)
        self.close()


def environ(**more: str) -> dict[str, str]:
    """This test's environment with a capable terminal; what is None is taken out."""
    plain = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    }
    path = os.pathsep.join(filter(None, sys.path))
    found = plain | {"TERM": "xterm-256color", "PYTHONPATH": path, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"} | more
    return {name: value for name, value in found.items() if value is not None}


def engine(*words: str) -> list[str]:
    """The words of an engine command."""
    return [sys.executable, "-P", "-m", "engine.cli.main", *words]


def labtop(*words: str) -> list[str]:
    """The words of the console."""
    return [sys.executable, "-P", "-m", "tui", *words]
