"""How far a span goes, and what is heard between two spans."""

import time
from dataclasses import dataclass

from engine.record.paths import JobPaths

SPAN_SECONDS = 1.0
FIRST_STEPS = 2


@dataclass
class Pace:
    """How many steps take about a second, from the spans so far. The first span also compiles, and is kept short."""

    steps: int = FIRST_STEPS
    longest: float = 0.0
    _started: float = 0.0
    _measured: bool = False

    def begin(self) -> None:
        """A span starts now."""
        self._started = time.monotonic()

    def end(self, steps: int) -> None:
        """It took `steps` steps until now. A next span is at most four times as long, in case this one was lucky."""
        seconds = max(time.monotonic() - self._started, 1e-6)
        self.longest = max(self.longest, seconds)
        if self._measured:
            self.steps = max(1, min(round(steps * SPAN_SECONDS / seconds), steps * 4))
        self._measured = True


def stop_request(paths: JobPaths) -> str:
    """What the stop file asks for: epoch, now, or nothing."""
    try:
        return paths.stop.read_text("ascii", "replace").strip()
    except OSError:
        return ""
