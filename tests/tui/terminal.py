"""labtop on a real pseudo-terminal, and the screen that it has drawn there, as a person would see it."""

import os
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyte

T = TypeVar("T")

KEYS = {"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f"} | {
    f"ctrl+{letter}": chr(ord(letter) & 0x1F) for letter in "acdepsuwz"
}


class Terminal:
    """The console in a folder. Whatever is waited for stands on the screen; the clock only ends a wait in vain."""

    def __init__(
        self, folder: Path, *words: str, size: tuple[int, int] = (120, 40), patience: float = 60, **environment: str
    ) -> None:
        self.patience = patience
        self.master, self.slave = os.openpty()
        columns, rows = size
        termios.tcsetwinsize(self.slave, (rows, columns))
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
        kept |= {
            "TERM": "xterm-256color",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "XDG_CONFIG_HOME": str(folder / ".config"),
            "XDG_STATE_HOME": str(folder / ".state"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", *words],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            cwd=folder,
            env=kept | environment,
            start_new_session=True,
        )

    # what stands there

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    def line(self, pattern: str) -> str:
        """The first line in which a pattern is found, or nothing."""
        return next((line for line in self.lines if re.search(pattern, line)), "")

    def read(self, seconds: float = 0.0) -> bool:
        """Draw what has come; False where nothing came within `seconds`."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        data = os.read(self.master, 65536)
        self.received += data
        # pyte takes questions about modes, and the keyboard protocol, for letters; a terminal does not.
        self._stream.feed(re.sub(rb"\x1b\[(\?[\d;]*\$p|[<>=][\d;]*[a-zA-Z])", b"", data))
        return True

    # waiting

    def until(self, condition: Callable[[], T], what: str) -> T:
        """The first true answer of a condition on the screen."""
        deadline = time.monotonic() + self.patience
        while not (found := condition()):
            assert time.monotonic() < deadline, f"waited for {what}:\n{self.text}"
            self.read(0.05)
        return found

    def sees(self, pattern: str) -> str:
        """Wait until a pattern stands on the screen; its line."""
        return self.until(lambda: self.line(pattern), repr(pattern))

    def misses(self, pattern: str) -> None:
        """Wait until a pattern stands on the screen no more."""
        self.until(lambda: not self.line(pattern), f"{pattern!r} to go")

    # doing

    def send(self, text: str) -> None:
        """Type text as it is."""
        os.write(self.master, text.encode())

    def press(self, *keys: str) -> None:
        """Press keys by name."""
        self.send("".join(KEYS.get(key, key) for key in keys))

    def seek(self, pattern: str, key: str = "j") -> str:
        """Move the cursor of a list down, line by line, until its line holds a pattern; that line."""
        for _ in range(200):
            line = self.sees("^>")
            if re.search(rf">.*{pattern}", line):
                return line
            self.press(key)
            # Not the whole line: at its end stands how far down it is, which may be painted first.
            self.until(
                lambda name=line[:20]: self.line("^>")[:20] not in ("", name), f"the cursor to go on from {line}"
            )
        raise AssertionError(f"no line with {pattern}:\n{self.text}")

    def resize(self, columns: int, rows: int) -> None:
        """Another size of the window."""
        self.screen.resize(rows, columns)
        termios.tcsetwinsize(self.slave, (rows, columns))
        os.killpg(self.process.pid, signal.SIGWINCH)

    def ended(self) -> int:
        """The exit code, once it has ended and all that it wrote is read."""
        self.until(lambda: self.process.poll() is not None and not self.read(), "the end")
        return int(self.process.returncode)

    def close(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
