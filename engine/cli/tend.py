"""`engine hold`, `release` and `retry`: what waits, what may start again, what is tried once more."""

from collections.abc import Callable, Sequence
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
HINT = "name jobs or experiments, or use {}"


def hold(
    names: Names = None,
    everything: Annotated[bool, typer.Option("--all", help="Every job that waits.")] = False,
    store: StoreOption = None,
) -> None:
    """Keep waiting jobs from starting until they are released; what runs goes on."""
    session = open_store(store)
    rows = chosen(session, names, "--all", lambda _: True, everything=everything)
    move(session, rows, lambda row: row.status is JobStatus.QUEUED, session.hold, "held", "waits")


def release(
    names: Names = None,
    everything: Annotated[bool, typer.Option("--all", help="Every job that is held.")] = False,
    store: StoreOption = None,
) -> None:
    """Let held jobs start again, at the place in the queue that they had."""
    session = open_store(store)
    rows = chosen(session, names, "--all", lambda _: True, everything=everything)
    move(session, rows, lambda row: row.status is JobStatus.HELD, session.release, "released", "is held")


def retry(
    names: Names = None,
    failed: Annotated[bool, typer.Option("--failed", help="Every job that failed or ran out of memory.")] = False,
    store: StoreOption = None,
) -> None:
    """Put jobs that failed, stopped or were interrupted back into the queue; they go on at their last epoch."""
    session = open_store(store)
    rows = chosen(session, names, "--failed", lambda row: row.status.is_failure(), everything=failed)
    move(session, rows, may_go_on, session.retry, "back in the queue", "has failed or stopped")


def may_go_on(row: JobRow) -> bool:
    """Whether a job ended without a result, and can be tried again."""
    return row.status.is_failure() or row.status.goes_on_with_run()


def chosen(
    session: Session, names: Sequence[str] | None, flag: str, meant: Callable[[JobRow], bool], *, everything: bool
) -> list[JobRow]:
    """The jobs that a command names, or with its flag those that are meant by it. Raises UsageError unless either."""
    if bool(names) is everything:
        raise UsageError("nothing is named" if not names else f"{flag} leaves nothing to name", hint=HINT.format(flag))
    return [row for row in session.snapshot().jobs if meant(row)] if everything else session.find(names or [])


def move(
    session: Session,
    rows: Sequence[JobRow],
    fits: Callable[[JobRow], bool],
    ask: Callable[[Sequence[str]], str],
    done: str,
    lacking: str,
) -> None:
    """Ask for those of `rows` that fit, and say what came of it."""
    ids = [row.id for row in rows if fits(row)]
    if not ids:
        words(f"nothing of it {lacking}")
    elif settle(session, ask(ids)):
        words(f"{counted(len(ids), 'job')} {done}")
