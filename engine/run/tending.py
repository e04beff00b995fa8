"""What a person may do to jobs that are in the queue: stop, hold, release, retry, reorder, remove."""

from collections.abc import Sequence

from engine.plan.jobs import JobStatus
from engine.record.ledger import Ledger
from engine.run import finishing, others
from engine.run.inbox import Request


def stop(ledger: Ledger, request: Request) -> None:
    """End jobs: a running one after its epoch or now, a waiting one at once.

    Named by `jobs`, or by `submission`: then only what that submission itself brought into the queue is meant, without
    what another queue file has asked for since; and what never started is withdrawn rather than stopped.
    """
    asked = request.arguments
    how = "now" if asked.get("now") else "epoch"
    submission = asked.get("submission")
    ids: Sequence[str] = ledger.submitted(submission, fresh=True) if submission else asked["jobs"]
    left_alone: set[str] = set()
    if submission:
        left_alone = others.spared(ledger, submission) if request.rules >= 2 else set(filter(ledger.is_shared, ids))
    named = [row for row in ledger.jobs(ids) if row.id not in left_alone]
    for row in named:
        if row.status is JobStatus.RUNNING:
            ledger.folders.ask_to_stop(row.id, how)
            ledger.set_stop(row.id, how)
        elif row.status.waits():
            if submission:
                ledger.withdraw(row.id)
            if not submission or row.attempts:
                ledger.set_status(row.id, JobStatus.STOPPED)
    if request.rules >= 2:
        if submission and any(not row.status.is_finished() for row in named):
            finishing.drop(ledger, others.asker(ledger.paths, submission))
        finishing.drop_at_rest(ledger)


def hold(ledger: Ledger, request: Request) -> None:
    """Keep waiting jobs from starting."""
    _move(ledger, request, JobStatus.QUEUED, JobStatus.HELD)


def release(ledger: Ledger, request: Request) -> None:
    """Let held jobs start again, at their old place."""
    _move(ledger, request, JobStatus.HELD, JobStatus.QUEUED)


def _move(ledger: Ledger, request: Request, before: JobStatus, after: JobStatus) -> None:
    for row in ledger.jobs(request.arguments["jobs"]):
        if row.status is before:
            ledger.set_status(row.id, after)


def retry(ledger: Ledger, request: Request) -> None:
    """Put jobs that failed, stopped or were interrupted at the end of the queue; they go on at their last epoch."""
    position = ledger.next_position()
    for row in ledger.jobs(request.arguments["jobs"]):
        if row.status.is_failure() or row.status.goes_on_with_run():
            ledger.folders.take_back_stop(row.id)
            ledger.queue(row.id, position)
            position += 1


def reorder(ledger: Ledger, request: Request) -> None:
    """Let waiting jobs take each other's places, in the order in which they are named."""
    waiting = {row.id: row for row in ledger.jobs(request.arguments["jobs"]) if row.status.waits()}
    named = [job_id for job_id in request.arguments["jobs"] if job_id in waiting]
    ledger.place(named)


def remove(ledger: Ledger, request: Request) -> None:
    """Take jobs that nobody trains out of the database; `clear` deletes their folders."""
    for row in ledger.jobs(request.arguments["jobs"]):
        if row.status is not JobStatus.RUNNING:
            ledger.remove(row.id)


def clear(ledger: Ledger, request: Request) -> None:
    """Delete the folders of jobs that `remove` took out, and with `old` those that were set aside.

    It comes after the transaction, since a large folder takes seconds; a runner that is killed in it is followed by
    one that does it again.
    """
    for job_id in request.arguments["jobs"]:
        if not ledger.knows(job_id):
            ledger.folders.delete(job_id)
    if request.arguments.get("old"):
        ledger.folders.delete_old()
