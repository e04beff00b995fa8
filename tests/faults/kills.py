"""Random kills of runners and workers in one long-lived store, and what is looked at after each."""

import hashlib
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from engine.record import events
from engine.record.events import AttemptStarted, EpochEnded
from engine.record.locks import Identity, holder
from engine.record.paths import JobPaths
from engine.run.invariants import broken
from tests.faults.injecting import end_all, kill
from tests.tiny import Place
from tests.waiting import until

QUEUE = """[run]
slots = 2
max_attempts = 100
[[experiment]]
name = "soak"
epochs = 1200
repeats = {}
dropout = 0.2
ema = 0.9
batch_size = 16
"""
# So many kills lie between two looks at the whole store, with nobody at work in it.
REST = 25


@dataclass
class Counts:
    """What came of it; all but the first four and the last are faults."""

    workers: int = 0
    runners: int = 0
    epochs: int = 0
    jobs: int = 0
    lost: int = 0
    duplicates: int = 0
    damaged: int = 0
    most_repeated: int = 0
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def kills(self) -> int:
        return self.workers + self.runners

    def are_good(self) -> bool:
        """Whether every promise was kept: nothing lost, doubled or damaged, and at most one epoch repeated a kill."""
        return not (self.lost or self.duplicates or self.damaged or self.broken) and self.most_repeated <= 1


class Kills:
    """One store, one seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.place = Place(folder)
        self.paths = self.place.session.paths
        self.draw = random.Random(seed)
        self.counts = Counts()
        self.before: dict[str, bytes] = {}

    def run(self, kills: int) -> Counts:
        """Kill so often; afterwards the store is at rest, and was looked at as a whole."""
        began = time.monotonic()
        self.place.write(QUEUE.format(max(4, kills // 2)))
        try:
            while self.counts.kills < kills:
                if self.counts.kills % REST == 0:
                    self.place.submit(retry_failed=True)
                self.strike()
                if self.counts.kills % REST == 0:
                    self.rest()
            self.rest()
        finally:
            end_all(self.paths)
        self.counts.seconds = time.monotonic() - began
        return self.counts

    def strike(self) -> None:
        """Wait for something to be committed, then a random moment, then kill one of those who are at work.

        One time in ten nothing is waited for: whoever is only about to begin is killed too.
        """
        session = self.place.session
        if session.runner is None:
            session.ensure_runner()
        early = self.draw.random() < 0.1
        before = self.told()
        until(lambda: early or (self.workers() and self.told() > before), "somebody to train")
        threading.Event().wait(self.draw.uniform(0.0, 1.5))
        runner, workers = session.runner, self.workers()
        if runner is not None and (early or self.draw.random() < 0.4):
            self.counts.runners += self.end(runner)
        elif workers:
            job, worker = self.draw.choice(sorted(workers.items()))
            if self.end(worker):
                self.counts.workers += 1
                self.look_at_checkpoints(self.paths.job(job))
        self.look_at_journals()

    def told(self) -> int:
        """How many epochs stand in the journals."""
        journals = (folder / "events.jsonl" for folder in self.paths.jobs.iterdir())
        return sum(journal.read_bytes().count(b'"epoch_ended"') for journal in journals if journal.exists())

    def workers(self) -> dict[str, Identity]:
        """Who trains which job."""
        found = {folder.name: holder(folder / "lock") for folder in self.paths.jobs.iterdir()}
        return {job: owner for job, owner in found.items() if owner is not None and owner.pid}

    def end(self, owner: Identity) -> bool:
        """SIGKILL; False where the process had just ended by itself."""
        if not owner.is_alive():
            return False
        kill(owner)
        until(lambda: not owner.is_alive(), "the killed process to be gone")
        return True

    def look_at_checkpoints(self, job: JobPaths) -> None:
        """The last commit's checkpoint must hold what its line says, this very moment, as nobody trains the job."""
        told = [event for event, _ in events.read(job.events) if isinstance(event, EpochEnded)]
        for event in told[-1:]:
            path = job.folder / event.checkpoint
            if holder(job.lock) is None and path.exists():
                self.counts.damaged += hashlib.sha256(path.read_bytes()).hexdigest() != event.sha256

    def look_at_journals(self) -> None:
        """What stood in a journal stands there still, each epoch once, and attempts begin where the last one got to."""
        for folder in self.paths.jobs.iterdir():
            journal = folder / "events.jsonl"
            if not journal.exists() or journal.stat().st_size == len(self.before.get(folder.name, b"")):
                continue
            data = journal.read_bytes()
            kept = data[: data.rfind(b"\n") + 1]
            earlier = self.before.get(folder.name, b"")
            if not kept.startswith(earlier):
                self.counts.lost += earlier.count(b'"epoch_ended"') - kept.count(b'"epoch_ended"') or 1
            self.before[folder.name] = kept
            self.count(folder.name)

    def count(self, job: str) -> None:
        """Epochs that were trained twice, and jobs that two trained at once."""
        last, attempt = 0, 0
        for event, _ in events.read(self.paths.job(job).events):
            if isinstance(event, EpochEnded):
                self.counts.duplicates += event.epoch != last + 1
                last = event.epoch
            elif isinstance(event, AttemptStarted):
                # The epoch that ran when the worker died is begun again; any other was committed, and is not.
                self.counts.most_repeated = max(self.counts.most_repeated, 1 + last - event.resumed_epoch)
                self.counts.duplicates += event.attempt != attempt + 1
                attempt = event.attempt

    def rest(self) -> None:
        """Stop everything, and let the invariants be looked at."""
        session = self.place.session
        session.ensure_runner()
        until(lambda: not session.snapshot().pending, "the requests to be carried out")
        session.stop([row.id for row in session.rows() if not row.status.is_finished()])
        until(self.place.at_rest, "the runner to end")
        until(lambda: not self.workers(), "the workers to end")
        self.look_at_journals()
        self.counts.broken += broken(self.paths)
        rows = session.rows()
        self.counts.jobs = len(rows)
        self.counts.duplicates += len(rows) - len({(str(row.config), row.seed) for row in rows})
        self.counts.epochs = sum(data.count(b'"epoch_ended"') for data in self.before.values())
        self.counts.damaged += sum(not self.paths.job(row.id).config.exists() for row in rows)
