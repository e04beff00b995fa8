"""A queue file that was handed in becomes jobs: new ones are added, stopped ones go on, others are withdrawn."""

import shutil
from pathlib import Path
from typing import Any

from engine.plan import queuefile, sweep
from engine.plan.experiment import Experiment
from engine.plan.jobs import Job, JobStatus
from engine.plan.queuefile import QueueFile
from engine.record.ledger import Ledger, Wish
from engine.record.paths import replace_file
from engine.run.inbox import Request


def submit(ledger: Ledger, request: Request) -> None:
    """Add what a queue file newly yields, go on with what stopped, withdraw what it no longer yields."""
    asked = request.arguments
    queue = queuefile.parse(asked["text"], Path(asked["queue_file"]))
    ledger.remember("slots", asked.get("slots") or queue.run.slots)
    ledger.remember("gpus", asked.get("gpus") if asked.get("gpus") is not None else queue.run.gpus)
    only = set(asked.get("only") or ())
    file = str(queue.path)
    before = ledger.wanted(file)
    known = {row.id: row.status for row in ledger.jobs()}
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
                named[job.id] = _put(ledger, job, wish, known.get(job.id), position, asked)
                position += 1
        ledger.want(file, experiment.name, ids)
        before[experiment.name] = before.get(experiment.name, set()) - set(ids)
    for name, ids_left in before.items():
        if not only or name in only:
            for job_id in ids_left:
                ledger.unwant(file, name, job_id)
    ledger.note_submission(request.name, list(named.items()))


def _wish(queue: QueueFile, experiment: Experiment, asked: Any) -> Wish:
    return Wish(
        device=asked.get("device") or queue.run.device,
        requires_gpu=experiment.requires_gpu,
        time_limit=experiment.time_limit,
        on_nan=queue.run.on_nan,
        max_attempts=queue.run.max_attempts,
        folder=str(queue.path.parent),
    )


def _put(ledger: Ledger, job: Job, wish: Wish, status: JobStatus | None, position: int, asked: Any) -> bool:
    """Bring one job of a submission into the queue, where it is not there or done; True if this put it there."""
    if status is None:
        ledger.add(job, wish, position)
        fill(ledger, job.id)
        return True
    if status is JobStatus.RUNNING:
        return False
    ledger.wish(job.id, wish)
    again = bool(asked.get("again")) and status.is_finished()
    if again:
        set_aside(ledger, job.id)
        fill(ledger, job.id)
    if again or status.goes_on_with_run() or (status.is_failure() and asked.get("retry_failed")):
        ledger.paths.job(job.id).stop.unlink(missing_ok=True)
        ledger.queue(job.id, position)
        return True
    return False


def fill(ledger: Ledger, job_id: str) -> None:
    """Give a job its folder, with the settings that are frozen from here on."""
    folder = ledger.paths.job(job_id)
    folder.folder.mkdir(mode=0o700, exist_ok=True)
    if not folder.config.exists():
        replace_file(folder.config, ledger.file(job_id).encoded(), durable=False)


def set_aside(ledger: Ledger, job_id: str) -> None:
    """Move a job's folder to `runs/old/ID.N`, so that it can be trained anew without losing what was there."""
    paths = ledger.paths
    folder = paths.job(job_id).folder
    if folder.exists():
        paths.old.mkdir(mode=0o700, exist_ok=True)
        numbers = [int(old.suffix[1:]) for old in paths.old.glob(f"{job_id}.*") if old.suffix[1:].isdecimal()]
        number = 1 + max(numbers, default=0)
        shutil.move(folder, paths.old / f"{job_id}.{number}")
    ledger.forget(job_id)
