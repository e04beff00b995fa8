"""The runner's loop: reap, ingest, obey, assign, wait."""

import logging
import select
import sqlite3
import time

from engine import failpoints
from engine.plan.jobs import JobStatus
from engine.record.events import AttemptEnded
from engine.record.ledger import Ledger
from engine.record.locks import Identity, holder
from engine.record.paths import sweep_up
from engine.results.rows import Device
from engine.run import claims, finishing, inbox, obey, process
from engine.run.intact import Intact
from engine.run.pausing import disk_room_lacking, passing
from engine.run.present import Present
from engine.run.process import Worker
from engine.run.tidying import Tidying

log = logging.getLogger("runner")

POLL_SECONDS = 0.2
GRACE_SECONDS = 3.0
UNREADY_LIMIT = 3


class Runner:
    """One loop: reap, ingest, obey, assign, wait; until nothing runs and nothing more can.

    Without `trains` it only carries out what it is asked, and follows what is trained already, unless it is asked to
    train.
    """

    def __init__(self, ledger: Ledger, *, trains: bool = True) -> None:
        self.ledger = ledger
        self.trains = trains
        self.paths = ledger.paths
        self.workers: list[Worker] = []
        self.deadlines: dict[str, float] = {}
        self.unready = 0
        self.trained = False
        self.commands: list[str] = []
        self.devices = Present()
        # Every worker of this runner's life: a driver shows a process for a while after it has ended.
        self.ours: set[int] = set()
        self.troubled = False
        self.intact = Intact()
        self.tidying = Tidying(ledger)

    def run(self) -> list[str]:
        """Work until there is nothing left to do. Returns the commands that queue files ask for at their end."""
        for folder in (self.paths.root, self.paths.inbox):
            sweep_up(folder)
        self.adopt()
        while self.turn():
            self.wait()
        for worker in self.workers:
            worker.finish()
        return self.commands

    def turn(self) -> bool:
        """One turn of the loop; False once nothing runs and nothing more can.

        A database that somebody else has locked, or a full disk, is waited for: every step can be taken again.
        """
        try:
            self.reap()
            self.ingest()
            self.tidying.tidy()
            self.trains = obey.obey_all(self.ledger) or self.trains
            self.enforce()
            given = self.trains and self.assign()
            going_on = given or self.busy() or self.tidying.is_left() or bool(inbox.waiting(self.paths))
            going_on = going_on or self.finish()
        except (sqlite3.OperationalError, OSError) as error:
            if not passing(error):
                raise
            if not self.troubled:
                log.warning("waiting: %s", error)
            self.troubled = True
            time.sleep(POLL_SECONDS)
            return True
        self.troubled = False
        return going_on

    def finish(self) -> bool:
        """At the queue's end, take up what queue files ask for then, so that nobody does it again; True if any did.

        That it was allowed was seen to when they were handed in. Where nothing was trained, nothing has ended.
        """
        asked = finishing.asked(self.ledger).values()
        if not asked or not self.trains:
            return False
        inbox.put(self.paths, "finish", {"submissions": [request for request, _ in asked]})
        if self.trained:
            self.commands += [command for _, command in asked]
        return True

    def adopt(self) -> None:
        """Find the workers that an earlier runner left behind; what nobody trains goes back into the queue."""
        for row in self.ledger.with_status(JobStatus.RUNNING, JobStatus.QUEUED):
            owner = holder(self.paths.job(row.id).lock)
            if owner is not None:
                self.take_over(row.id, owner)
            elif row.status is JobStatus.RUNNING:
                self.ledger.ingest(row.id)
                if self.status(row.id) is JobStatus.RUNNING:
                    log.info("job %s: its worker is gone; it will go on at its last epoch", row.id)
                    self.ledger.lost(row.id, counts=False)

    def take_over(self, job_id: str, owner: Identity) -> None:
        """Follow a worker that this runner did not start."""
        log.info("job %s: adopted, process %d trains it", job_id, owner.pid)
        self.ledger.set_status(job_id, JobStatus.RUNNING)
        self.workers.append(Worker(process.device_of(owner.pid), owner, job_id))

    def reap(self) -> None:
        """Notice workers that ended, and what became of their jobs."""
        for worker in list(self.workers):
            if worker.is_alive():
                continue
            if worker.job_id is not None:
                self.ledger.ingest(worker.job_id)
                if self.status(worker.job_id) is JobStatus.RUNNING:
                    self.lost(worker, worker.job_id)
                self.tidying.add(worker.job_id)
                self.trained = self.trained or worker.ready
            self.workers.remove(worker)
            self.devices.forget()
            ended_by_us = self.deadlines.pop(worker.job_id or "", None) is not None
            if not ended_by_us:
                self.unready = 0 if worker.ready or worker.adopted else self.unready + 1

    def lost(self, worker: Worker, job_id: str) -> None:
        """A worker ended and left its job without a last word."""
        why = worker.ending()
        if self.ledger.stops().get(job_id) == "now":
            log.info("job %s: its worker was ended by request", job_id)
        else:
            log.warning("job %s: %s", job_id, why)
        # One that never got as far as its first job says nothing about the job, nor does a full disk.
        counts = worker.ready and not disk_room_lacking(self.paths)
        self.ledger.lost(job_id, counts=counts, error=why, began=worker.given, device=worker.label)

    def ingest(self) -> None:
        """Store what the workers told, and see which of them are free again."""
        for worker in self.workers:
            if worker.job_id is None:
                continue
            told = self.ledger.ingest(worker.job_id)
            if worker.job_id in worker.skipped:
                self.skipped(worker, worker.job_id)
            elif any(isinstance(event, AttemptEnded) for event in told):
                log.info("job %s: %s", worker.job_id, self.status(worker.job_id))
                self.deadlines.pop(worker.job_id, None)
                self.tidying.add(worker.job_id)
                worker.job_id = None
                self.trained = True

    def skipped(self, worker: Worker, job_id: str) -> None:
        """A worker found a job held by somebody else, or done already."""
        worker.skipped.clear()
        worker.job_id = None
        owner = holder(self.paths.job(job_id).lock)
        if owner is not None and not self.is_ours(owner):
            self.take_over(job_id, owner)
        elif owner is None and self.status(job_id) is JobStatus.RUNNING:
            self.ledger.lost(job_id, counts=True, error="no worker would train it")

    def is_ours(self, owner: Identity) -> bool:
        """Whether it is a worker that this runner follows already, and that is about to let go of a job's lock."""
        return any(worker.identity == owner for worker in self.workers)

    def enforce(self) -> None:
        """End at once the workers of jobs that were stopped `now`: politely, then not."""
        for job_id, how in self.ledger.stops().items():
            worker = next((worker for worker in self.workers if worker.job_id == job_id), None)
            if how != "now" or worker is None:
                continue
            if job_id not in self.deadlines:
                self.deadlines[job_id] = time.monotonic() + GRACE_SECONDS
                worker.end(force=False)
            elif time.monotonic() > self.deadlines[job_id]:
                worker.end(force=True)

    def assign(self) -> bool:
        """Give queued jobs to free workers, starting new ones where a device has room.

        True if any was given, or waits for a GPU or for disk room that will be there one day.
        """
        if self.unready >= UNREADY_LIMIT:
            reason = f"no worker can start on this machine; see {self.paths.runner_log}"
            self.ledger.set_waiting((job.id, reason) for job in self.ledger.queued() if job.waits_for != reason)
            return False
        queued = self.ledger.queued()
        if not queued:
            return False
        lacking = disk_room_lacking(self.paths)
        if lacking:
            self.ledger.set_waiting((job.id, lacking) for job in queued if job.waits_for != lacking)
            return True
        present = self.devices.look(self.ledger.recall("gpus", []))
        slots = int(self.ledger.recall("slots", 1))
        given, waiting, held_up = claims.claim(
            queued, present, self.workers, slots, ours=self.ours, gpus_asked=self.devices.missing
        )
        for claimed, device in given:
            self.give(claimed.id, device)
        if waiting:
            self.ledger.set_waiting(waiting)
        return bool(given) or held_up

    def give(self, job_id: str, device: Device) -> None:
        """Assign one job to a free worker of the device, or to a new one."""
        owner = holder(self.paths.job(job_id).lock)
        if owner is not None:
            # A worker of ours that has just told of its end still holds the lock for a moment: the next turn sees.
            if not self.is_ours(owner):
                self.take_over(job_id, owner)
            return
        file = self.ledger.file(job_id)
        if fault := self.intact.fault(file):
            log.warning("job %s: %s", job_id, fault.splitlines()[0])
            self.ledger.refused(job_id, fault)
            return
        worker = next((w for w in self.workers if w.device == device.key and w.job_id is None and not w.adopted), None)
        if worker is None:
            worker = process.start(self.paths, device)
            self.workers.append(worker)
            self.ours.add(worker.identity.pid)
            log.info("worker %d started on %s", worker.identity.pid, device.label)
            failpoints.reach("worker:spawned")
        self.ledger.folders.fill(file)
        self.ledger.set_status(job_id, JobStatus.RUNNING)
        failpoints.reach("job:recorded")
        worker.assign(job_id)
        failpoints.reach("job:assigned")

    def status(self, job_id: str) -> JobStatus:
        """Where a job stands in the database."""
        return self.ledger.jobs([job_id])[0].status

    def busy(self) -> bool:
        """Whether any job is being trained."""
        return any(worker.job_id is not None for worker in self.workers)

    def wait(self) -> None:
        """Sleep until a worker says something, or a moment has passed."""
        pipes = {w.child.stdout: w for w in self.workers if w.child is not None and w.child.stdout is not None}
        ready, _, _ = select.select(list(pipes), [], [], POLL_SECONDS)
        for pipe in ready:
            pipes[pipe].listen()
