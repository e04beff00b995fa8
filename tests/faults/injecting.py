"""What breaks a store on purpose, and what looks whether anything broke."""

import os
import random
import signal
from contextlib import suppress

import psutil

from engine.failpoints import VARIABLE
from engine.record.paths import StorePaths
from engine.run.invariants import broken
from tests.waiting import until

# `LABTOP_SEED` chooses other places and delays than the usual ones.
SEED = int(os.environ.get("LABTOP_SEED", "0"))

# Then everything is broken everywhere, which takes long; else a sample is.
SOAK = bool(os.environ.get("LABTOP_SOAK"))

RUNNER, WORKER = "engine.run.runner", "engine.training.worker"


def spread(length: int, most: int) -> list[int]:
    """At most `most` of the places 0 to `length` - 1, the first and the last among them; every one with LABTOP_SOAK."""
    if length <= most or SOAK:
        return list(range(length))
    inner = random.Random(SEED).sample(range(1, length - 1), most - 2)
    return [0, *sorted(inner), length - 1]


def whole(paths: StorePaths) -> None:
    """Every invariant of the store holds."""
    told = broken(paths)
    assert not told, "\n".join(told)


def kill(owner, how=signal.SIGKILL) -> None:
    """Signal the process that holds a lock, if it still runs."""
    if owner is not None and owner.pid and owner.is_alive():
        os.kill(owner.pid, how)


def processes(paths: StorePaths) -> list[psutil.Process]:
    """The runners and the workers of a store, those that hold nothing yet among them."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = process.cmdline()
            ours = words[-1:] == [str(paths.root)] and (RUNNER in words or WORKER in words)
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def workers(paths: StorePaths) -> list[psutil.Process]:
    """Those of them that train, or are about to."""
    return [process for process in processes(paths) if WORKER in process.cmdline()]


def end_all(paths: StorePaths) -> None:
    """Kill the runner and every worker; a runner first, so that none is started meanwhile."""

    def gone() -> bool:
        left = processes(paths)
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        return not left

    until(gone, "runner and workers to be gone")


def armed(folder, points: dict[str, str]) -> tuple[str, str]:
    """The environment variable, and its value, that lets each place of `points` do its action once.

    What was done has left a `mark-N` in `folder`.
    """
    pairs = [f"{place}={action}@{folder / f'mark-{number}'}" for number, (place, action) in enumerate(points.items())]
    return VARIABLE, ";".join(pairs)
