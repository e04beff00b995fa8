"""The one process that schedules jobs and writes the database: `python -P -m engine.run.runner STORE`."""

import errno
import logging
import os
import select
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from engine.errors import EngineError, EnvironmentFault, StoreLocked
from engine.plan.jobs import JobStatus
from engine.record.database import BUSY
from engine.record.events import AttemptEnded
from engine.record.ledger import Ledger
from engine.record.locks import FileLock, Identity, holder
from engine.record.paths import StorePaths, sweep_up
from engine.results.rows import Device
from engine.run import claims, devices, inbox, mending, obey, process
from engine.run.process import Worker

log = logging.getLogger("runner")

POLL_SECONDS = 0.2
DEVICES_SECONDS = 5.0
GRACE_SECONDS = 3.0
# Below this no job is started: a checkpoint of the largest shipped model takes about as much.
DISK_ROOM = 64 << 20
UNREADY_LIMIT = 3


class Runner:
    """One loop: reap, ingest, obey, assign, wait; until nothing runs and nothing more can."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.paths = ledger.paths
        self.workers: list[Worker] = []
        self.deadlines: dict[str, float] = {}
        self.unready = 0
        self.trained = False
        self.listed = 0.0
        self.present: list[Device] = []
        self.gpus_asked = ""
        # Every worker of this runner's life: a driver shows a process for a while after it has ended.
        self.ours: set[int] = set()
        self.troubled = False

    def run(self) -> None:
        """Work until there is nothing left to do."""
        for folder in (self.paths.root, self.paths.inbox):
            sweep_up(folder)
        self.adopt()
        while self.turn():
            self.wait()
        for worker in self.workers:
            worker.finish()
        if self.trained:
            self.finished()

    def turn(self) -> bool:
        """One turn of the loop; False once nothing runs and nothing more can.

        A database that somebody else has locked, or a full disk, is waited for: every step can be taken again.
        """
        try:
            self.reap()
            self.ingest()
            obey.obey_all(self.ledger)
            self.enforce()
            going_on = self.assign() or self.busy() or bool(inbox.waiting(self.paths))
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

    def finished(self) -> None:
        """Start the command that the queue file asks for at its end; it was allowed when the file was handed in."""
        command = self.ledger.recall("on_finish", "")
        if command:
            log.info("on_finish: %s", command)
            environment = os.environ | {"LABTOP_STORE": str(self.paths.root)}
            subprocess.Popen(command, shell=True, stdin=subprocess.DEVNULL, cwd=self.paths.root.parent, env=environment)

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
                    why = "its worker ended without a word; see worker.log"
                    log.warning("job %s: %s", worker.job_id, why)
                    # One that never got as far as its first job says nothing about the job.
                    self.ledger.lost(worker.job_id, counts=worker.ready, error=why)
                self.trained = self.trained or worker.ready
            self.workers.remove(worker)
            self.listed = 0.0
            ended_by_us = self.deadlines.pop(worker.job_id or "", None) is not None
            if not ended_by_us:
                self.unready = 0 if worker.ready or worker.adopted else self.unready + 1

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
        self.list_devices()
        slots = int(self.ledger.recall("slots", 1))
        given, waiting, held_up = claims.claim(
            queued, self.present, self.workers, slots, ours=self.ours, gpus_asked=self.gpus_asked
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
        worker = next((w for w in self.workers if w.device == device.key and w.job_id is None and not w.adopted), None)
        if worker is None:
            worker = process.start(self.paths, device)
            self.workers.append(worker)
            self.ours.add(worker.identity.pid)
            log.info("worker %d started on %s", worker.identity.pid, device.label)
        self.ledger.folders.fill(self.ledger.file(job_id))
        self.ledger.set_status(job_id, JobStatus.RUNNING)
        worker.assign(job_id)

    def list_devices(self) -> None:
        """Look at the machine again, but not at every turn."""
        if not self.present or time.monotonic() - self.listed > DEVICES_SECONDS:
            asked = self.ledger.recall("gpus", [])
            chosen = claims.chosen(devices.gpus(), asked)
            self.gpus_asked = "" if chosen else ", ".join(str(word) for word in asked)
            self.present = [*chosen, devices.cpu()]
            self.listed = time.monotonic()

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


def passing(error: sqlite3.OperationalError | OSError) -> bool:
    """Whether what went wrong may be over in a while: a locked database or a full disk, the database's own included."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (*BUSY, sqlite3.SQLITE_FULL)


def disk_room_lacking(paths: StorePaths) -> str:
    """What to tell of a disk that is as good as full, or nothing."""
    free = shutil.disk_usage(paths.root).free
    if free >= DISK_ROOM:
        return ""
    return f"disk room: {free >> 20} of {DISK_ROOM >> 20} MiB are free at {paths.root}"


def serve(paths: StorePaths) -> None:
    """Be the store's runner until there is nothing to do. Raises StoreLocked where there is one already."""
    paths.create()
    lock = FileLock(paths.runner_lock)
    looked = False
    while True:
        if not lock.acquire():
            raise locked(paths)
        try:
            if not looked:
                mending.mend(paths)
                looked = True
            ledger = Ledger(paths)
            try:
                Runner(ledger).run()
            finally:
                ledger.close()
        finally:
            lock.release()
        # A request left between the last look and the release saw a runner, so nobody else was started for it.
        if not inbox.waiting(paths):
            return


def locked(paths: StorePaths) -> StoreLocked:
    """The error that names who holds the store."""
    owner = holder(paths.runner_lock)
    who = f"process {owner.pid} on {owner.host}" if owner is not None and owner.pid else "another process"
    hint = "wait until it has ended; engine stop --all ends what it trains"
    return StoreLocked(f"{who} is the runner of this store already", where=str(paths.root), hint=hint)


def main(arguments: list[str]) -> int:
    """Exit status 0 once there is nothing left to do, 3 where the store cannot be had."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        serve(StorePaths(Path(arguments[0])))
    except EngineError as error:
        log.error("%s", error)  # noqa: TRY400 - what a person can cause has no traceback
        return error.exit_code
    except sqlite3.DatabaseError as error:
        log.error("the database cannot be used: %s; the next runner looks at it", error)  # noqa: TRY400
        return EnvironmentFault.exit_code
    except OSError as error:
        log.error("the store cannot be used: %s", error)  # noqa: TRY400
        return EnvironmentFault.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
