"""The one process that schedules jobs and writes the database: `python -P -m engine.run.runner STORE`."""

import logging
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from engine.errors import EngineError, EnvironmentFault
from engine.record.ledger import Ledger
from engine.record.locks import FileLock
from engine.record.paths import StorePaths
from engine.run import finishing, inbox, mending, starting
from engine.run.loop import Runner

log = logging.getLogger("runner")

Finish: TypeAlias = Callable[[Sequence[str], StorePaths], None]


def serve(
    paths: StorePaths, lock: FileLock | None = None, finish: Finish = finishing.start, *, trains: bool = True
) -> None:
    """Be the store's runner until there is nothing to do; `lock` is the store's, where the caller has taken it already.

    Without `trains` it only carries out what is asked, until something is asked for that wants training. At the end
    `finish` is given the commands that queue files ask for then, once the store is anybody's again. Raises StoreLocked
    where there is a runner, and whatever ends this one before its time.
    """
    left: set[str] = set()
    looked = False
    while True:
        lock = lock or starting.take(paths)
        try:
            if not looked:
                mending.mend(paths)
                looked = True
            ledger = Ledger(paths)
            try:
                runner = Runner(ledger, trains=trains)
                commands = runner.run()
            finally:
                trains = runner.trains
                ledger.close()
        except Exception as error:
            # Whoever left a request meanwhile saw a runner, and started none: it is looked at once before this ends.
            lock.release()
            waiting = set(inbox.waiting(paths))
            if waiting <= left:
                raise
            log.warning("beginning again: %s", error)
            left, lock, looked = waiting, None, False
            continue
        lock.release()
        lock = None
        finish(commands, paths)
        # A request left between the last look and the release saw a runner, so nobody else was started for it.
        if not inbox.waiting(paths):
            return


def main(arguments: list[str]) -> int:
    """The store's path, before it `--obey` for a runner that is started to carry out a request and not to train.

    Exit status 0 once there is nothing left to do, 3 where the store cannot be had.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        *flags, store = arguments
        serve(StorePaths(Path(store)), trains=starting.OBEY not in flags)
    except EngineError as error:
        log.error("%s", error)  # noqa: TRY400 - what a person can cause has no traceback
        return error.exit_code
    except sqlite3.DatabaseError as error:
        log.error("the database cannot be used: %s; the next runner looks at it", error)  # noqa: TRY400
        return EnvironmentFault.exit_code
    except OSError as error:
        log.error("the store cannot be used: %s", error)  # noqa: TRY400
        return EnvironmentFault.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
