"""`engine hold`, `release` and `retry`: what waits, what may start again, what is tried once more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.asking import settle
from engine.cli.store_option import StoreOption, open_store
from engine.cli.streams import words
from engine.errors import UsageError
from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.rows import JobRow
from engine.session import Session

Names = Annotated[list[str] | None, typer.Argument(metavar="[JOB|EXPERIMENT]...", show_default=False)]


@dataclass(frozen=True)
class Move:
    """One way to move jobs: which of them it fits, how the runner is asked, and the words for what came of it.

    `flag` names `every` job that is meant where none is.
    """

    flag: str
    every: Callable[[JobRow], bool]
    fits: Callable[[JobRow], bool]
    ask: Callable[[Session, Sequence[str]], str]
    done: str
    lacking: str


def may_go_on(row: JobRow) -> bool:
    """Whether a job ended without a result, and can be tried again."""
    return row.status.is_failure() or row.status.goes_on_with_run()


def any_job(row: JobRow) -> bool:  # noqa: ARG001 - one of several tests of a row
    """Every job."""
    return True


HOLD = Move("--all", any_job, lambda row: row.status is JobStatus.QUEUED, Session.hold, "held", "waits")
RELEASE = Move("--all", any_job, lambda row: row.status is JobStatus.HELD, Session.release, "released", "is held")
RETRY = Move(
    "--failed",
    lambda row: row.status.is_failure(),
    may_go_on,
    Session.retry,
    "back in the queue",
    "has failed or stopped",
)


def hold(
    names: Names = None,
    everything: Annotated[bool, typer.Option("--all", help="Every job that waits.")] = False,
    store: StoreOption = None,
) -> None:
    """Keep waiting jobs from starting until they are released; what runs goes on."""
    move(HOLD, names, store, everything=everything)


def release(
    names: Names = None,
    everything: Annotated[bool, typer.Option("--all", help="Every job that is held.")] = False,
    store: StoreOption = None,
) -> None:
    """Let held jobs start again, at the place in the queue that they had."""
    move(RELEASE, names, store, everything=everything)


def retry(
    names: Names = None,
    failed: Annotated[bool, typer.Option("--failed", help="Every job that failed or ran out of memory.")] = False,
    store: StoreOption = None,
) -> None:
    """Put jobs that failed, stopped or were interrupted back into the queue; they go on at their last epoch."""
    move(RETRY, names, store, everything=failed)


def move(how: Move, names: Sequence[str] | None, store: Path | None, *, everything: bool) -> None:
    """Ask for those jobs to move that are named and that it fits, and say what came of it."""
    session = open_store(store)
    rows = chosen(session, names, how.flag, how.every, everything=everything)
    ids = [row.id for row in rows if how.fits(row)]
    if not ids:
        words(f"nothing of it {how.lacking}")
    elif settle(session, how.ask(session, ids)):
        words(f"{counted(len(ids), 'job')} {how.done}")


def chosen(
    session: Session, names: Sequence[str] | None, flag: str, every: Callable[[JobRow], bool], *, everything: bool
) -> list[JobRow]:
    """The jobs that a command names, or with its flag every one that is meant. Raises UsageError unless either."""
    if bool(names) is everything:
        told = "nothing is named" if not names else f"{flag} leaves nothing to name"
        raise UsageError(told, hint=f"name jobs or experiments, or use {flag}")
    return [row for row in session.snapshot().jobs if every(row)] if everything else session.find(names or [])
