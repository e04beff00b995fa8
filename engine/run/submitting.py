"""A queue file that was handed in becomes jobs: new ones are added, stopped ones go on, others are withdrawn."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.plan import queuefile, sweep
from engine.plan.experiment import Experiment
from engine.plan.jobs import Job, JobStatus
from engine.plan.queuefile import QueueFile
from engine.record.ledger import Ledger, Wish
from engine.run import finishing
from engine.run.inbox import Request


def submit(ledger: Ledger, request: Request) -> None:
    """Add what a queue file newly yields, go on with what stopped, withdraw what it no longer yields."""
    asked = request.arguments
    queue = queuefile.parse(asked["text"], Path(asked["queue_file"]), data_must_be_there=False)
    ledger.remember("slots", asked.get("slots") or queue.run.slots)
    ledger.remember("gpus", asked.get("gpus") if asked.get("gpus") is not None else queue.run.gpus)
    only = set(asked.get("only") or ())
    file = str(queue.path)
    if request.rules < 2:
        # Nobody reads it any more, but a store of that time holds it, and made anew is to be what it was.
        ledger.remember("on_finish", queue.run.on_finish)
    else:
        finishing.ask(ledger, file, request.name, queue.run.on_finish)
    before = ledger.wanted(file)
    known = {row.id: row.status for row in ledger.jobs()} | running(asked)
    named: dict[str, bool] = {}
    position = ledger.next_position()
    for experiment in queue.experiments:
        if (only and experiment.name not in only) or not experiment.enabled:
            continue
        wish = _wish(queue, experiment, asked)
        ids = []
        for job in sweep.jobs(experiment, asked.get("digests") or {}):
            ids.append(job.id)
            if job.id not in named:
                named[job.id] = put(ledger, job, wish, known.get(job.id), position, asked)
                position += 1
        ledger.want(file, experiment.name, ids)
        before[experiment.name] = before.get(experiment.name, set()) - set(ids)
    for gone in asked.get("gone") or ():
        ledger.hand_over(gone, file)
    for name, ids_left in before.items():
        if not only or name in only:
            for job_id in ids_left:
                ledger.unwant(file, name, job_id)
    if request.rules >= 2:
        ledger.withdraw_stopped()
    ledger.note_submission(request.name, list(named.items()))


def running(asked: Mapping[str, Any]) -> dict[str, JobStatus]:
    """The jobs that were being trained when a request was carried out, as the runner saw it."""
    return dict.fromkeys(asked.get("running") or (), JobStatus.RUNNING)


def _wish(queue: QueueFile, experiment: Experiment, asked: Any) -> Wish:
    return Wish(
        device=asked.get("device") or queue.run.device,
        requires_gpu=experiment.requires_gpu,
        time_limit=experiment.time_limit,
        on_nan=queue.run.on_nan,
        max_attempts=queue.run.max_attempts,
        folder=str(queue.path.parent),
    )


def put(ledger: Ledger, job: Job, wish: Wish, status: JobStatus | None, position: int, asked: Any) -> bool:
    """Bring one job of a submission into the queue, where it is not there or done; True if this put it there."""
    if status is None:
        ledger.add(job, wish, position)
        ledger.folders.fill(ledger.file(job.id))
        return True
    if status is JobStatus.RUNNING:
        return False
    ledger.wish(job.id, wish)
    if status is not JobStatus.DONE or asked.get("again"):
        ledger.relocate(job)
        ledger.folders.fill(ledger.file(job.id))
    if status.waits() and asked.get("alone"):
        # Nobody was training when this was handed in: what waits since an earlier day goes on at this one's behest.
        return True
    again = bool(asked.get("again")) and status.is_finished()
    if again:
        ledger.folders.set_aside(job.id)
        ledger.forget(job.id)
        ledger.folders.fill(ledger.file(job.id))
    if again or status.goes_on_with_run() or (status.is_failure() and asked.get("retry_failed")):
        ledger.folders.take_back_stop(job.id)
        ledger.queue(job.id, position)
        return True
    return False
