"""The terminal itself: left as it was found, however the console ends."""

import contextlib
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable

# Bracketed paste, mouse and focus reports, keyboard protocol and alternate screen off; line wrap and cursor on.
RESTORE = b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?2048l\x1b[?1004l\x1b[<u\x1b[?7h"
RESTORE += b"\x1b[?1049l\x1b[?25h\x1b[0m"
# Seconds that a slow terminal is given to take them.
PATIENCE = 0.5


def end_at_once(before: Callable[[], object] = lambda: None) -> None:
    """From now on SIGHUP, SIGTERM and a terminal that is gone end this process at once, its terminal restored.

    `before` is called first; it may keep what must not be lost.
    """
    terminal = _terminal()
    attributes = None
    if terminal is not None:
        with contextlib.suppress(termios.error):
            attributes = termios.tcgetattr(terminal)

    def end(number: int, _frame: object = None) -> None:
        with contextlib.suppress(Exception):
            before()
        if terminal is not None:
            with contextlib.suppress(OSError):
                _write(terminal, RESTORE)
            with contextlib.suppress(OSError, termios.error):
                if attributes is not None:
                    termios.tcsetattr(terminal, termios.TCSANOW, attributes)
        os._exit(128 + number)

    signal.signal(signal.SIGHUP, end)
    signal.signal(signal.SIGTERM, end)
    if terminal is not None:
        threading.Thread(target=_watch, args=(terminal, end), daemon=True, name="hangup").start()


def _write(terminal: int, data: bytes) -> None:
    """Write behind what the terminal has still to take, but wait for it no longer than PATIENCE. Raises OSError."""
    deadline = time.monotonic() + PATIENCE
    os.set_blocking(terminal, False)
    try:
        while data and (left := deadline - time.monotonic()) > 0:
            if select.select([], [terminal], [], left)[1]:
                with contextlib.suppress(BlockingIOError):
                    data = data[os.write(terminal, data) :]
    finally:
        # The flag belongs to the terminal, which the shell goes on to use.
        os.set_blocking(terminal, True)


def _terminal() -> int | None:
    for stream in (sys.__stderr__, sys.__stdin__):
        if stream is not None and stream.isatty():
            return stream.fileno()
    return None


def _watch(terminal: int, end: Callable[[int], None]) -> None:
    """Where SIGHUP never comes (it is ignored, or another session leads), reading a dead terminal would spin."""
    poll = select.poll()
    poll.register(terminal, 0)
    while True:
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll()):
            end(signal.SIGHUP)
