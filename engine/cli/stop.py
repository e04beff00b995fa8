"""`engine stop`: ask jobs to end."""

from typing import Annotated

import typer

from engine.cli.store_option import StoreOption, open_store
from engine.cli.streams import words
from engine.cli.tend import Names, any_job, chosen
from engine.plan.jobs import JobStatus


def stop(
    names: Names = None,
    everything: Annotated[bool, typer.Option("--all", help="Every job that runs or waits.")] = False,
    now: Annotated[bool, typer.Option("--now", help="At once, without finishing the epoch.")] = False,
    store: StoreOption = None,
) -> None:
    """Ask jobs to stop: a running one ends its epoch first, unless --now; a waiting one stops at once.

    What was trained is kept; `engine run` goes on from there.
    """
    session = open_store(store)
    rows = chosen(session, names, "--all", any_job, everything=everything)
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


def _jobs(count: int) -> str:
    return "job" if count == 1 else "jobs"
