"""What breaks a store on purpose, and what looks whether anything broke."""

import os
import signal
from contextlib import suppress

import psutil

from engine.failpoints import VARIABLE
from engine.record.paths import StorePaths
from engine.run.invariants import broken
from tests.waiting import until

RUNNER, WORKER = "engine.run.runner", "engine.training.worker"


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
