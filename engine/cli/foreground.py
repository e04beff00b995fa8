"""`engine run --foreground`: this very process is the runner, for Slurm, containers and systemd."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from engine.cli.ending import conclude
from engine.cli.streams import warn
from engine.cli.watch import Followed, Ways
from engine.errors import EnvironmentFault
from engine.plan.queuefile import QueueFile
from engine.record.locks import FileLock
from engine.session import Session
from engine.text import visible


def run_here(session: Session, queue: QueueFile, options: dict[str, Any], ways: Ways) -> int:
    """Hand in and run the queue until nothing is left to do. Returns the exit code.

    Ctrl-C once ends the jobs after their epoch, twice or SIGTERM now. Raises EnvironmentFault where another process
    runs the store already.
    """
    from engine.run import runner, starting  # noqa: PLC0415 - what reaches for GPUs is loaded only by who schedules them

    owner = session.runner
    if owner is not None:
        raise EnvironmentFault(
            f"process {owner.pid} on {visible(owner.host)} runs this store",
            where=str(session.paths.root),
            hint="without --foreground, the jobs are handed to it",
        )
    # Whoever does not get the store hands nothing in: the process that has it would train it.
    taken: list[FileLock] = []
    submission = session.submit(queue, **options, take=lambda: taken.append(starting.take(session.paths)))
    with passed_on(session) as asked:
        code = runner.main([str(session.paths.root)], taken[0])
    if code:
        return code
    if notice := session.notice:
        warn(notice)
    wanted = set(session.submitted(submission) or ())
    rows = [row for row in session.rows() if row.id in wanted]
    return conclude(Followed(rows, interrupted=bool(asked)), ways)


@contextmanager
def passed_on(session: Session) -> Iterator[list[int]]:
    """While entered, Ctrl-C and SIGTERM become requests to this process's own runner; gives the signals that came."""
    asked: list[int] = []

    def heard(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
        asked.append(number)
        # This process is the runner: whoever ends it means all that it trains. The database may be in use this moment.
        session.stop_all(now=number == signal.SIGTERM or len(asked) > 1)

    # What was ignored before, as in the background of a shell without job control, stays ignored.
    # A worker that died must not take its runner along when it is written to.
    pipe = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    watched = [n for n in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(n) is not signal.SIG_IGN]
    old = {number: signal.signal(number, heard) for number in watched}
    try:
        yield asked
    finally:
        for number, handler in [*old.items(), (signal.SIGPIPE, pipe)]:
            signal.signal(number, handler)
