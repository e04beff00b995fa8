"""How long the running epoch of a job takes, measured while it runs: the first one also compiles, and tells little."""

import json

from engine.record.paths import JobPaths

# Less than this is noise.
SHORTEST_SECONDS = 0.3


def training_seconds(paths: JobPaths, done: int) -> float | None:
    """Seconds that the training steps of epoch `done` + 1 come to at the pace so far, its validation left out.

    Counted from the journal's last line, which the end of the epoch before wrote, to the last that the worker said of
    its place. None where it said nothing yet, or where that is too little to tell.
    """
    try:
        told = json.loads(paths.progress.read_bytes())
        seconds = paths.progress.stat().st_mtime - paths.events.stat().st_mtime
        step, steps = int(told["step"]), int(told["steps"])
        there = int(told["epoch"]) == done + 1
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not there or step < 1 or seconds < SHORTEST_SECONDS:
        return None
    return seconds * steps / step
