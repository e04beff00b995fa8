"""What breaks a store on purpose, and what looks whether anything broke."""

import os
import random
import signal

from engine.failpoints import VARIABLE
from engine.record.locks import holder
from engine.record.paths import StorePaths
from engine.run.invariants import broken
from tests.waiting import until

# `LABTOP_SEED` chooses other places and delays than the usual ones.
SEED = int(os.environ.get("LABTOP_SEED", "0"))

# Then everything is broken everywhere, which takes long; else a sample is.
SOAK = bool(os.environ.get("LABTOP_SOAK"))


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


def end_all(paths: StorePaths) -> None:
    """Kill the runner and every worker that trains."""
    locks = [paths.runner_lock, *paths.jobs.glob("*/lock")]
    for lock in locks:
        kill(holder(lock))
    until(lambda: all(holder(lock) is None for lock in locks), "runner and workers to be gone")


def armed(folder, points: dict[str, str]) -> tuple[str, str]:
    """The environment variable, and its value, that lets each place of `points` do its action once.

    What was done has left a `mark-N` in `folder`.
    """
    pairs = [f"{place}={action}@{folder / f'mark-{number}'}" for number, (place, action) in enumerate(points.items())]
    return VARIABLE, ";".join(pairs)
