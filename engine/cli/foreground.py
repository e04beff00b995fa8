"""`engine run --foreground`: this very process is the runner, for Slurm, containers and systemd."""

import errno
import logging
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from engine.cli.asking import patiently
from engine.cli.ending import conclude, exit_code
from engine.cli.teller import Teller
from engine.cli.watch import POLL_SECONDS, Followed, Ways, earlier_rows
from engine.errors import EnvironmentFault
from engine.plan.queuefile import QueueFile
from engine.record.database import fault
from engine.record.locks import FileLock
from engine.record.paths import StorePaths
from engine.run import inbox
from engine.session import Session
from engine.text import visible

log = logging.getLogger("runner")


def run_here(session: Session, queue: QueueFile, options: dict[str, Any], ways: Ways) -> int:
    """Hand in and run the queue until nothing is left to do. Returns the exit code.

    Ctrl-C once ends the jobs after their epoch, twice or SIGTERM now; losing the terminal ends nothing. What the runner
    has to say goes to runner.log, as it always does. Raises EnvironmentFault where another process runs the store
    already.
    """
    from engine.run import runner, starting  # noqa: PLC0415 - what reaches for GPUs is loaded only by who schedules them

    owner = session.runner
    if owner is not None:
        raise EnvironmentFault(
            f"process {owner.pid} on {visible(owner.host)} runs this store",
            where=str(session.paths.root),
            hint="without --foreground, the jobs are handed to it",
        )
    earlier = {} if options.get("again") else patiently(lambda: earlier_rows(session))
    # Whoever does not get the store hands nothing in: the process that has it would train it.
    taken: list[FileLock] = []
    submission = session.submit(queue, **options, take=lambda: taken.append(starting.take(session.paths)))
    with logged(session.paths), heard() as asked, Teller(session.paths, submission, earlier, asked, ways):
        try:
            runner.serve(session.paths, taken[0], lambda commands, paths: attend(commands, paths, asked))
        except sqlite3.DatabaseError as error:
            raise fault(error, session.paths.database) from None
    wanted = set(patiently(lambda: session.submitted(submission)) or ())
    rows = [row for row in patiently(session.rows) if row.id in wanted]
    return concluded(session, Followed(rows, interrupted=bool(asked)), ways)


def attend(commands: Sequence[str], paths: StorePaths, asked: Sequence[int]) -> None:
    """Start what queue files ask for at their end, and wait for it: with this process a container would end it."""
    from engine.run import finishing  # noqa: PLC0415 - as above

    for command in commands:
        before = len(asked)
        child = finishing.begin(command, paths)
        if child is None:
            continue
        while child.poll() is None:
            if len(asked) > before:
                before = len(asked)
                os.killpg(child.pid, signal.SIGTERM)
            time.sleep(POLL_SECONDS)
        if child.returncode:
            log.warning("on_finish ended with exit code %d", child.returncode)


def concluded(session: Session, followed: Followed, ways: Ways) -> int:
    """Print what came of the run, where anybody is left to see it. Returns its exit code."""
    try:
        code = conclude(session, followed, ways)
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        # The terminal is gone: what is still to be written to it, as this process ends, goes nowhere.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        return exit_code(followed)
    return code


@contextmanager
def logged(paths: StorePaths) -> Iterator[None]:
    """The runner's own words go where they always go. Raises EnvironmentFault where the store cannot be written."""
    try:
        paths.runner_log.touch(mode=0o600)
        handler = logging.FileHandler(paths.runner_log, encoding="utf-8")
    except OSError as error:
        raise inbox.unwritable(paths, error) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        handler.close()


@contextmanager
def heard() -> Iterator[list[int]]:
    """While entered, Ctrl-C, SIGTERM and the end of the terminal end nothing by themselves.

    Gives the first two as they come; the third is nobody's wish.
    """
    asked: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
        if number != signal.SIGHUP:
            asked.append(number)

    # What was ignored before, as in the background of a shell without job control, stays ignored.
    # A worker that died must not take its runner along when it is written to.
    pipe = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    watched = [n for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]
    old = {number: signal.signal(number, hear) for number in watched}
    try:
        yield asked
    finally:
        for number, handler in [*old.items(), (signal.SIGPIPE, pipe)]:
            signal.signal(number, handler)
