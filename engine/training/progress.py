"""How far a span goes, and what is told between two spans."""

import json
import math
import time
from dataclasses import dataclass

from engine.record.paths import JobPaths, replace_file

SPAN_SECONDS = 1.0
FIRST_STEPS = 2


@dataclass
class Pace:
    """How many steps take about a second, from the spans so far. The first span also compiles, and is kept short."""

    steps: int = FIRST_STEPS
    _started: float = 0.0
    _measured: bool = False

    def begin(self) -> None:
        """A span starts now."""
        self._started = time.monotonic()

    def end(self, steps: int) -> None:
        """It took `steps` steps until now. A next span is at most four times as long, in case this one was lucky."""
        seconds = max(time.monotonic() - self._started, 1e-6)
        if self._measured:
            self.steps = max(1, min(round(steps * SPAN_SECONDS / seconds), steps * 4))
        self._measured = True


def write_progress(paths: JobPaths, epoch: int, step: int, steps: int, loss: float, accuracy: float) -> None:
    """Say where the running epoch stands. Losing it costs nothing, so a full disk is no reason to stop here."""
    record = {
        "epoch": epoch,
        "step": step,
        "steps": steps,
        "loss": loss if math.isfinite(loss) else None,
        "accuracy": accuracy,
    }
    try:
        replace_file(paths.progress, json.dumps(record).encode(), durable=False)
    except OSError:
        return


def stop_request(paths: JobPaths) -> str:
    """What the stop file asks for: epoch, now, or nothing."""
    try:
        return paths.stop.read_text("ascii", "replace").strip()
    except OSError:
        return ""
