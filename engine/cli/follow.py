"""What happens to the jobs of one run, told as a list of happenings each time one looks."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import EnvironmentFault, StoreBusy
from engine.plan.jobs import JobStatus
from engine.record.locks import Identity
from engine.results.documents import plain
from engine.results.rows import EpochRow, JobRow
from engine.session import Session, Snapshot

START_AGAIN_SECONDS = 1.0
STARTS_LIMIT = 5


@dataclass(frozen=True)
class Happening:
    """Something that happened to a job: `started`, `epoch`, `crashed`, or the status that it ended with.

    `resumed` is the epoch after which one that started goes on.
    """

    t: float
    kind: str
    job: JobRow
    epoch: EpochRow | None = None
    resumed: int = 0

    def document(self) -> dict[str, Any]:
        """One line of `run --json`."""
        job = self.job
        told: dict[str, Any] = {"t": self.t, "event": self.kind, "job": job.id, "experiments": list(job.experiments)}
        if self.epoch is not None:
            told |= {"epoch": self.epoch.epoch, "epochs": job.epochs, "seconds": plain(self.epoch.seconds)}
            told["metrics"] = plain(self.epoch.metrics)
        elif self.kind == "started":
            told |= {"seed": job.seed, "config": dict(job.config), "device": job.device or None}
        elif self.kind == JobStatus.DONE:
            told["test"] = {"accuracy": plain(job.test_accuracy), "loss": plain(job.test_loss)}
            told |= {"reason": job.reason, "misclassified": job.misclassified}
        else:
            told |= {"reason": job.reason, "error": job.error}
        return told


@dataclass
class Follower:
    """Watches `ids`. `before` tells how many epochs each job had, and `done` which were done, before this run."""

    session: Session
    ids: Sequence[str]
    before: Mapping[str, int] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    now: Callable[[], float] = time.time
    rows: list[JobRow] = field(default_factory=list)
    _seen: dict[str, JobRow] = field(default_factory=dict)
    _epochs: dict[str, int] = field(default_factory=dict)
    _started_at: float = 0.0
    _starts: int = 0

    def know(self, rows: Collection[JobRow]) -> None:
        """Take these rows as told already."""
        self._seen |= {row.id: row for row in rows}
        self._epochs |= {row.id: row.epoch for row in rows}

    def look(self) -> list[Happening]:
        """Whatever happened since the last look, in order for each job. `rows` are then as they stand.

        Raises StoreBusy where nothing can be seen; what can be seen is told, and the rest at the next look.
        """
        # As the database has it: without its runner a job still counts as running, since one is started again.
        self.rows = self.peek()
        found: list[Happening] = []
        for row in self.rows:
            last = self._seen.get(row.id)
            if row is last:
                continue
            try:
                found += self._changes(row, last)
            except StoreBusy:
                break
            self._seen[row.id] = row
        if found:
            self._starts = 0
        return found

    def peek(self) -> list[JobRow]:
        """The jobs as they stand, in the order of `ids`; nothing of it counts as told."""
        wanted = set(self.ids)
        by_id = {row.id: row for row in self.session.rows() if row.id in wanted}
        return [by_id[job_id] for job_id in self.ids if job_id in by_id]

    def _changes(self, row: JobRow, last: JobRow | None) -> list[Happening]:
        t = self.now()
        if row.id in self.done and row.status is JobStatus.DONE:
            return []
        found = []
        status = last.status if last is not None else JobStatus.QUEUED
        told = self._epochs.get(row.id, self.before.get(row.id, 0))
        moved = row.status is not status
        if row.epoch > told or (moved and row.status is JobStatus.RUNNING):
            if status is not JobStatus.RUNNING:
                found.append(Happening(t, "started", row, resumed=told))
            history = self.session.history(row.id) if row.epoch > told else []
            found += [Happening(t, "epoch", row, epoch) for epoch in history if told < epoch.epoch <= row.epoch]
        self._epochs[row.id] = max(told, row.epoch)
        if moved and row.status.is_finished():
            found.append(Happening(t, str(row.status), row))
        elif moved and row.status is JobStatus.QUEUED:
            found.append(Happening(t, "crashed", row))
        return found

    def over(self, snapshot: Snapshot) -> bool:
        """Whether nothing more will happen here: all ended, or what is left waits for what this machine lacks."""
        left = [row for row in self.rows if not row.status.is_finished()]
        if not left:
            return True
        stuck = all(row.status is JobStatus.HELD or (row.status is JobStatus.QUEUED and row.waits_for) for row in left)
        return stuck and snapshot.runner is None and not snapshot.pending

    def keep_running(self, runner: Identity | None) -> None:
        """Start a runner where the one that was there has died. Raises EnvironmentFault where none stays."""
        if runner is not None or time.monotonic() - self._started_at < START_AGAIN_SECONDS:
            return
        if self._starts >= STARTS_LIMIT:
            log = self.session.paths.runner_log
            raise EnvironmentFault("the runner ends again and again", where=str(log), hint="see its last lines")
        self._starts += 1
        self._started_at = time.monotonic()
        self.session.ensure_runner()
