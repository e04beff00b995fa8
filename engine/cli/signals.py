"""Ctrl-C and its kin as something to look at between two steps, instead of an exception in the middle of one."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Any

WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """While entered: `asked` is 0, 1 (stop after the epoch) or 2 (stop now), `lost` says that the terminal is gone.

    A signal that was ignored before (nohup, a job in the background) stays ignored.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.lost = False
        self._old: dict[signal.Signals, Any] = {}
        self._read = self._write = -1

    def __enter__(self) -> "Interrupts":
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        for number in WATCHED:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._old[number] = signal.signal(number, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def _heard(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        if number == signal.SIGHUP:
            self.lost = True
        else:
            self.asked = 2 if number == signal.SIGTERM else min(2, self.asked + 1)
        try:
            os.write(self._write, b"!")
        except BlockingIOError:
            return  # it is full of wake-ups already

    def wait(self, seconds: float) -> None:
        """Return after `seconds`, or as soon as a signal comes."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 1024)
