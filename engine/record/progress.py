"""Where the running epoch of a job stands and how long it takes, as its worker last said.

A front end shows it, and nothing depends on it.
"""

import json
import math
import socket
import time
from dataclasses import dataclass

from engine.record.locks import holder
from engine.record.paths import JobPaths, replace_file

# A worker that says nothing for so many of its longest spans, and at least for so many seconds, is called stalled.
STALLED_SPANS = 30
STALLED_SECONDS = 300.0
# A pace measured over less than this is noise.
SHORTEST_SECONDS = 0.3


@dataclass(frozen=True)
class Progress:
    """After `step` of `steps` of `epoch`, with the means over the epoch so far.

    `stalled` is for how many minutes its worker has said nothing, where that is far too long; else 0.
    """

    epoch: int
    step: int
    steps: int
    loss: float | None
    accuracy: float | None
    stalled: int = 0


def write(paths: JobPaths, progress: Progress, span: float) -> None:
    """Called by the worker, whose longest span took `span` seconds.

    The moment is told by the clock that no one can set and that stands still while the machine sleeps. Losing the file
    costs nothing, so a full disk is no reason to stop here.
    """
    loss = progress.loss if progress.loss is not None and math.isfinite(progress.loss) else None
    record = {
        "epoch": progress.epoch,
        "step": progress.step,
        "steps": progress.steps,
        "loss": loss,
        "accuracy": progress.accuracy,
        "at": time.monotonic(),
        "span": span,
    }
    try:
        replace_file(paths.progress, json.dumps(record).encode(), durable=False)
    except OSError:
        return


def read(paths: JobPaths) -> Progress | None:
    """What the worker last said; None where it has not said anything yet."""
    try:
        told = json.loads(paths.progress.read_bytes())
        silent = time.monotonic() - float(told.get("at", math.inf))
        if silent <= max(STALLED_SECONDS, STALLED_SPANS * float(told.get("span", 0.0))) or not _is_of_this_host(paths):
            silent = 0.0
        place = int(told["epoch"]), int(told["step"]), int(told["steps"])
        return Progress(*place, told.get("loss"), told.get("accuracy"), stalled=math.ceil(silent / 60))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def training_seconds(paths: JobPaths, done: int) -> float | None:
    """Seconds that the training steps of epoch `done` + 1 come to at the pace so far, its validation left out.

    The first epoch of an attempt also compiles, and tells little. Counted from the journal's last line, which the end
    of the epoch before wrote, to the last that the worker said of its place. None where it said nothing yet, or where
    that is too little to tell.
    """
    told = read(paths)
    if told is None or told.epoch != done + 1 or told.step < 1:
        return None
    try:
        seconds = paths.progress.stat().st_mtime - paths.events.stat().st_mtime
    except OSError:
        return None
    return seconds * told.steps / told.step if seconds >= SHORTEST_SECONDS else None


def _is_of_this_host(paths: JobPaths) -> bool:
    """Whether this machine's clock is the one that the worker has told the time by."""
    owner = holder(paths.lock)
    return owner is not None and owner.host == socket.gethostname()
