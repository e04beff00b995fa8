"""Where the running epoch of a job stands, as its worker last said: what a front end shows, and nothing depends on."""

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
        values = (told["epoch"], told["step"], told["steps"], told.get("loss"), told.get("accuracy"))
        return Progress(*values, stalled=math.ceil(silent / 60))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_of_this_host(paths: JobPaths) -> bool:
    """Whether this machine's clock is the one that the worker has told the time by."""
    owner = holder(paths.lock)
    return owner is not None and owner.host == socket.gethostname()
