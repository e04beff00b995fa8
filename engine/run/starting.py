"""Who becomes the runner: a detached one, started by whichever front end needs it first, or whoever takes the lock."""

import socket
import subprocess
import sys
import time

from engine.errors import EnvironmentFault, StoreLocked
from engine.record.locks import FileLock, Identity, holder
from engine.record.paths import StorePaths
from engine.run import inbox

START_SECONDS = 10.0
RUNNER = (sys.executable, "-P", "-m", "engine.run.runner")
OBEY = "--obey"


def refuse_other_host(paths: StorePaths) -> Identity | None:
    """Who runs the store, if anybody does. Raises EnvironmentFault where that is a process of another host."""
    owner = holder(paths.runner_lock)
    if owner is not None and owner.host != socket.gethostname():
        hint = "a store is run by one host at a time; here it can only be viewed"
        raise EnvironmentFault(f"{owner.host} runs this store", where=str(paths.root), hint=hint)
    return owner


def ensure_runner(paths: StorePaths, *, trains: bool = True) -> None:
    """Start a runner where none runs; without `trains`, one that carries out what was asked and ends.

    Raises EnvironmentFault where it does not come up, or another host has one.
    """
    if refuse_other_host(paths) is not None:
        return
    try:
        paths.runner_log.touch(mode=0o600)
        with paths.runner_log.open("ab") as log:
            child = subprocess.Popen(
                [*RUNNER, *([] if trains else [OBEY]), str(paths.root.resolve())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
    except OSError as error:
        hint = "engine doctor looks at the machine and the store"
        raise EnvironmentFault(
            f"no runner can be started: {error.strerror}", where=str(paths.root), hint=hint
        ) from None
    deadline = time.monotonic() + START_SECONDS
    while holder(paths.runner_lock) is None:
        if child.poll() is not None and child.returncode != 0 and holder(paths.runner_lock) is None:
            raise EnvironmentFault("the runner ended at once", where=str(paths.runner_log), hint="see its last lines")
        if child.poll() == 0 or time.monotonic() > deadline:
            return
        time.sleep(0.02)


def take(paths: StorePaths) -> FileLock:
    """The runner's lock of a store. Raises StoreLocked, or EnvironmentFault where the store cannot be written."""
    lock = FileLock(paths.runner_lock)
    try:
        paths.create()
        paths.refuse_links()
        held = lock.acquire()
    except OSError as error:
        raise inbox.unwritable(paths, error) from None
    if not held:
        owner = holder(paths.runner_lock)
        who = f"process {owner.pid} on {owner.host}" if owner is not None and owner.pid else "another process"
        hint = "wait until it has ended; engine stop --all ends what it trains"
        raise StoreLocked(f"{who} is the runner of this store already", where=str(paths.root), hint=hint)
    return lock
