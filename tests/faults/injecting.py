"""What breaks a store on purpose, and what looks whether anything broke."""

import os
import signal

from engine.record.locks import holder
from engine.record.paths import StorePaths
from engine.run.invariants import broken
from tests.waiting import until


def whole(paths: StorePaths) -> None:
    """Every invariant of the store holds."""
    assert broken(paths) == []


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
