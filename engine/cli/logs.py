"""`engine logs`: what a job's worker wrote, as inert text."""

import time
from collections.abc import Iterator
from typing import Annotated, TextIO

import typer

from engine.cli.digits import JobArgument
from engine.cli.store_option import StoreOption, one_job, open_store
from engine.cli.streams import data, words
from engine.plan.jobs import JobStatus
from engine.session import Session
from engine.text import visible, visible_line

POLL_SECONDS = 0.2


def logs(
    job: JobArgument,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on printing until the job ends.")] = False,
    store: StoreOption = None,
) -> None:
    """Print a job's worker log; with -f, go on until the job ends."""
    session = open_store(store)
    job_id = one_job(session, job).id
    path = session.paths.job(job_id).log
    if not path.exists() and not follow:
        words("this job has no log yet: no worker has begun with it")
        return
    told = ""
    while follow and not path.exists() and not ended(session, job_id):
        if (waits := waiting(session, job_id)) != told:
            words(waits)
            told = waits
        time.sleep(POLL_SECONDS)
    if path.exists():
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            for line in _lines(file, session, job_id, follow=follow):
                data(visible_line(line))


def waiting(session: Session, job_id: str) -> str:
    """What a job without a log waits for, in words."""
    snapshot = session.snapshot()
    row = next((row for row in snapshot.jobs if row.id == job_id), None)
    if snapshot.runner is None:
        return f"job {job_id[:8]} waits, and no runner is there: engine run goes on with the queue"
    why = visible(row.waits_for) if row is not None and row.waits_for else "its turn"
    return f"job {job_id[:8]} waits for {why}"


def ended(session: Session, job_id: str) -> bool:
    """Whether nothing more will be written for a job, unless someone asks for it."""
    rows = [row for row in session.snapshot().jobs if row.id == job_id]
    return not rows or rows[0].status.is_finished() or rows[0].status is JobStatus.HELD


def _lines(file: TextIO, session: Session, job_id: str, *, follow: bool) -> Iterator[str]:
    """Whole lines as they come; a last one without its end is given once nothing follows it."""
    part = ""
    over = not follow
    while True:
        for line in file:
            part += line
            if part.endswith("\n"):
                yield part
                part = ""
        if over:
            break
        # Asked before the last reading, so that what was written until the job ended is read too.
        over = ended(session, job_id)
        if not over:
            time.sleep(POLL_SECONDS)
    if part:
        yield part
