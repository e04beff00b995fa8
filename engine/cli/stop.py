"""`engine stop`: ask jobs to end."""

from typing import Annotated

import typer

from engine.cli.store_option import StoreOption, open_store
from engine.cli.streams import words
from engine.errors import UsageError
from engine.plan.jobs import JobStatus


def stop(
    names: Annotated[list[str] | None, typer.Argument(metavar="[JOB|EXPERIMENT]...", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every job that runs or waits.")] = False,
    now: Annotated[bool, typer.Option("--now", help="At once, without finishing the epoch.")] = False,
    store: StoreOption = None,
) -> None:
    """Ask jobs to stop: a running one ends its epoch first, unless --now; a waiting one stops at once.

    What was trained is kept; `engine run` goes on from there.
    """
    if bool(names) is everything:
        raise UsageError("nothing is named to stop" if not names else "--all leaves nothing to name", hint=HINT)
    session = open_store(store)
    rows = list(session.snapshot().jobs) if everything else session.find(names or [])
    ending = [row for row in rows if not row.status.is_finished()]
    if not ending:
        words("nothing of it runs or waits")
        return
    session.stop([row.id for row in ending], now=now)
    running = sum(row.status is JobStatus.RUNNING for row in ending)
    when = "now" if now else "after the running epoch"
    told = [f"{running} running {_jobs(running)} will stop {when}"] if running else []
    waiting = len(ending) - running
    told += [f"{waiting} waiting {_jobs(waiting)} will not start"] if waiting else []
    words("; ".join(told))


HINT = "name jobs or experiments, or use --all"


def _jobs(count: int) -> str:
    return "job" if count == 1 else "jobs"
