"""What the runner writes down: jobs, where they stand, and what their workers told, each exactly once."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.plan.jobs import Job, JobStatus
from engine.record import events
from engine.record.events import AttemptEnded, AttemptStarted, EpochEnded, Event
from engine.record.folders import Folders
from engine.record.jobfile import JobFile
from engine.record.locks import FileLock
from engine.record.paths import StorePaths
from engine.record.store import METRICS, Store

OUTCOMES = {
    "done": JobStatus.DONE,
    "stopped": JobStatus.STOPPED,
    "interrupted": JobStatus.INTERRUPTED,
    "failed": JobStatus.FAILED,
    "out_of_memory": JobStatus.OUT_OF_MEMORY,
}


@dataclass(frozen=True)
class Wish:
    """How a job is to be run, from the queue file and the command's flags; none of it names the job."""

    device: str = "auto"
    requires_gpu: bool = False
    time_limit: float = 0.0
    on_nan: str = "fail"
    max_attempts: int = 3
    folder: str = ""


@dataclass(frozen=True)
class Queued:
    """What a device has to suit: a waiting job's id, its wish (auto, cpu or gpu), and whether a CPU will not do."""

    id: str
    wish: str
    requires_gpu: bool
    waits_for: str = ""

    @property
    def needs_gpu(self) -> bool:
        """A CPU takes a GPU's place only where the command said so."""
        return self.wish == "gpu" or (self.requires_gpu and self.wish != "cpu")


class Ledger(Store):
    """The store, opened by the one process that may write to it."""

    def __init__(self, paths: StorePaths, database: Path | None = None, folders: Folders | None = None) -> None:
        """Raises EnvironmentFault where the database, by default the store's own, cannot be opened for writing."""
        super().__init__(paths, database=database, writable=True)
        self.folders = folders or Folders(paths)

    # jobs

    def add(self, job: Job, wish: Wish, position: int) -> None:
        """A new job, queued."""
        values = (
            job.id,
            json.dumps(dict(job.config)),
            job.seed,
            json.dumps(dict(job.digests)),
            JobStatus.QUEUED,
            position,
            job.config["epochs"],
        )
        columns = "id, config, seed, digests, status, position, epochs"
        self.database.write(f"INSERT INTO jobs ({columns}) VALUES (?,?,?,?,?,?,?)", values)
        self.wish(job.id, wish)

    def wish(self, job_id: str, wish: Wish) -> None:
        """Note how a job is to be run from now on."""
        self.database.write(
            """UPDATE jobs SET device_wish=?, requires_gpu=?, time_limit=?, on_nan=?, max_attempts=?, folder=?
            WHERE id=?""",
            (
                wish.device,
                wish.requires_gpu,
                wish.time_limit,
                wish.on_nan,
                wish.max_attempts,
                wish.folder,
                job_id,
            ),
        )

    def wishes(self, job_id: str) -> Wish:
        """How a job is to be run."""
        row = self.database.read("SELECT * FROM jobs WHERE id = ?", [job_id])[0]
        return Wish(
            row["device_wish"],
            bool(row["requires_gpu"]),
            row["time_limit"],
            row["on_nan"],
            row["max_attempts"],
            row["folder"],
        )

    def file(self, job_id: str) -> JobFile:
        """What the job's folder has to hold as `config.toml`."""
        row = self.database.read("SELECT * FROM jobs WHERE id = ?", [job_id])[0]
        job = Job(job_id, json.loads(row["config"]), row["seed"], json.loads(row["digests"]))
        return JobFile(job, bool(row["requires_gpu"]), row["time_limit"], row["on_nan"], row["folder"])

    def next_position(self) -> int:
        """The place behind the whole queue."""
        return int(self.database.read("SELECT COALESCE(MAX(position), 0) + 1 FROM jobs")[0][0])

    def queue(self, job_id: str, position: int) -> None:
        """Put a job that stopped, or has failed, back into the queue."""
        self.database.write(
            "UPDATE jobs SET status=?, position=?, stop='', waits_for='', error='', reason='', fruitless=0 WHERE id=?",
            (JobStatus.QUEUED, position, job_id),
        )

    def place(self, job_ids: Sequence[str]) -> None:
        """Let these jobs share out the places that they hold among themselves, in the order in which they are named."""
        rows = self.database.read(
            "SELECT position FROM jobs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY position",
            [json.dumps(job_ids)],
        )
        places = (row["position"] for row in rows)
        self.database.write_many("UPDATE jobs SET position=?2 WHERE id=?1", list(zip(job_ids, places, strict=True)))

    def remove(self, job_id: str) -> None:
        """Take a job out of the database altogether."""
        for table in ("epochs", "attempts", "membership", "submissions"):
            self.database.write(f"DELETE FROM {table} WHERE job_id = ?", (job_id,))
        self.database.write("DELETE FROM jobs WHERE id = ?", (job_id,))

    def forget(self, job_id: str) -> None:
        """Take a job out of the database with all that belongs to it, but for the experiments that want it."""
        self.database.write("DELETE FROM epochs WHERE job_id = ?", (job_id,))
        self.database.write("DELETE FROM attempts WHERE job_id = ?", (job_id,))
        self.database.write(
            """UPDATE jobs SET event_offset=0, fruitless=0, attempts=0, epoch=0, best_epoch=NULL, test_accuracy=NULL,
            test_loss=NULL, val_accuracy=NULL, val_loss=NULL, accuracy=NULL, loss=NULL, seconds=0, parameters=NULL,
            misclassified=NULL, device='', exact=1, ended=NULL WHERE id=?""",
            (job_id,),
        )

    def set_status(self, job_id: str, status: JobStatus) -> None:
        self.database.write("UPDATE jobs SET status=?, waits_for='' WHERE id=?", (status, job_id))

    def set_waiting(self, reasons: Iterable[tuple[str, str]]) -> None:
        """Say in words why queued jobs do not start: pairs of job id and reason, those that are new."""
        with self.database.transaction():
            self.database.write_many("UPDATE jobs SET waits_for=?2 WHERE id=?1", reasons)

    def set_stop(self, job_id: str, how: str) -> None:
        """Note that somebody asked the job to end: `epoch`, `now`, or empty for nobody."""
        self.database.write("UPDATE jobs SET stop=? WHERE id=?", (how, job_id))

    def stops(self) -> dict[str, str]:
        """The running jobs that were asked to end, and how."""
        query = "SELECT id, stop FROM jobs WHERE stop != '' AND status = ?"
        return {row["id"]: row["stop"] for row in self.database.read(query, [JobStatus.RUNNING])}

    def remember(self, name: str, value: object) -> None:
        """Keep a small JSON value beside the jobs, such as how many slots a device has."""
        self.database.write("INSERT OR REPLACE INTO meta VALUES (?,?)", (name, json.dumps(value)))

    def queued(self) -> list[Queued]:
        """The jobs that wait for a device, in the order of the queue."""
        query = "SELECT id, device_wish, requires_gpu, waits_for FROM jobs WHERE status = ? ORDER BY position, id"
        return [
            Queued(row["id"], row["device_wish"], bool(row["requires_gpu"]), row["waits_for"])
            for row in self.database.read(query, [JobStatus.QUEUED])
        ]

    # who wants what

    def wanted(self, queue_file: str) -> dict[str, set[str]]:
        """The jobs that each experiment of a queue file wants."""
        found: dict[str, set[str]] = {}
        query = "SELECT experiment, job_id FROM membership WHERE queue_file = ?"
        for row in self.database.read(query, [queue_file]):
            found.setdefault(row["experiment"], set()).add(row["job_id"])
        return found

    def want(self, queue_file: str, experiment: str, job_ids: Sequence[str]) -> None:
        """An experiment wants these jobs."""
        start = int(self.database.read("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM membership")[0][0])
        self.database.write_many(
            "INSERT INTO membership VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
            ((queue_file, experiment, job_id, start + n) for n, job_id in enumerate(job_ids)),
        )

    def unwant(self, queue_file: str, experiment: str, job_id: str) -> None:
        """An experiment no longer wants a job; if nobody does and it never started, it is withdrawn."""
        self.database.write(
            "DELETE FROM membership WHERE queue_file=? AND experiment=? AND job_id=?", (queue_file, experiment, job_id)
        )
        if not self.database.read("SELECT 1 FROM membership WHERE job_id = ? LIMIT 1", [job_id]):
            self.withdraw(job_id)

    def withdraw(self, job_id: str) -> None:
        """Take a job that never started out of the queue."""
        self.database.write(
            "UPDATE jobs SET status=?, waits_for='' WHERE id=? AND attempts=0 AND status IN (?,?)",
            (JobStatus.WITHDRAWN, job_id, JobStatus.QUEUED, JobStatus.HELD),
        )

    def note_submission(self, request: str, jobs: Sequence[tuple[str, bool]]) -> None:
        """Which jobs a request named, each with whether it put the job into the queue."""
        self.database.write_many(
            "INSERT INTO submissions VALUES (?,?,?,?)",
            ((request, n, job_id, int(fresh)) for n, (job_id, fresh) in enumerate(jobs)),
        )

    def note_request(self, name: str, verb: str, outcome: str = "") -> None:
        """A request is dealt with; `outcome` says why it was refused, or nothing."""
        self.database.write("INSERT INTO requests VALUES (?,?,?)", (name, verb, outcome))

    # what workers tell

    def offset(self, job_id: str) -> int:
        """How many bytes of the job's events are in the database."""
        return int(self.database.read("SELECT event_offset FROM jobs WHERE id = ?", [job_id])[0][0])

    def ingest(self, job_id: str) -> list[Event]:
        """Read on in the job's events; rows and the new offset are stored together, so each counts once."""
        offset = self.offset(job_id)
        found = list(events.read(self.paths.job(job_id).events, offset))
        if found:
            with self.database.transaction():
                for event, offset_behind in found:
                    self.tell(job_id, event, offset_behind)
        return [event for event, _ in found]

    def tell(self, job_id: str, event: Event, offset: int) -> None:
        """Let a job's row follow one event, whose line ends at byte `offset` of the journal."""
        self.database.write("UPDATE jobs SET event_offset=? WHERE id=?", (offset, job_id))
        if isinstance(event, AttemptStarted):
            self._started(job_id, event)
        elif isinstance(event, EpochEnded):
            self._epoch(job_id, event)
        else:
            self._ended(job_id, event)

    def _started(self, job_id: str, event: AttemptStarted) -> None:
        self._close_attempt(job_id, "interrupted", event.t)
        self.database.write(
            "INSERT OR REPLACE INTO attempts VALUES (?,?,?,NULL,'',?,?,?,?,?)",
            (
                job_id,
                event.attempt,
                event.t,
                event.device,
                event.resumed_epoch,
                event.exact,
                event.inexact,
                json.dumps(event.environment),
            ),
        )
        self.database.write(
            """UPDATE jobs SET status=?, waits_for='', attempts=MAX(attempts, ?), device=?, parameters=?,
            exact=MIN(exact, ?), error='', reason='' WHERE id=?""",
            (JobStatus.RUNNING, event.attempt, event.device, event.parameters, event.exact, job_id),
        )

    def _epoch(self, job_id: str, event: EpochEnded) -> None:
        figures = tuple(event.metrics.get(name) for name in METRICS)
        self.database.write(
            "INSERT OR REPLACE INTO epochs VALUES (?,?,?,?,?,?,?,?)", (job_id, event.epoch, *figures, event.seconds)
        )
        self.database.write(
            """UPDATE jobs SET epoch=?, loss=?, accuracy=?, val_loss=?, val_accuracy=?, fruitless=0,
            seconds=(SELECT SUM(seconds) FROM epochs WHERE job_id=jobs.id) WHERE id=?""",
            (event.epoch, *figures[:4], job_id),
        )

    def _ended(self, job_id: str, event: AttemptEnded) -> None:
        self._close_attempt(job_id, event.status, event.t)
        error = "\n".join(part for part in (event.error, event.traceback) if part)
        if event.status == "lost":
            self.database.write("UPDATE jobs SET status=? WHERE id=?", (JobStatus.QUEUED, job_id))
            return
        if event.status == "crashed":
            self.database.write(
                """UPDATE jobs SET fruitless=fruitless+1, error=?, ended=?,
                status=CASE WHEN fruitless+1 >= max_attempts THEN ? ELSE ? END WHERE id=?""",
                (error, event.t, JobStatus.FAILED, JobStatus.QUEUED, job_id),
            )
            return
        self.database.write(
            """UPDATE jobs SET status=?, stop='', reason=?, error=?, best_epoch=?, test_accuracy=?, test_loss=?,
            misclassified=?, ended=? WHERE id=?""",
            (
                OUTCOMES.get(event.status, JobStatus.FAILED),
                event.reason,
                error,
                event.best_epoch,
                event.test.get("accuracy"),
                event.test.get("loss"),
                event.misclassified,
                event.t,
                job_id,
            ),
        )
        if event.best_epoch is not None:
            self.database.write(
                """UPDATE jobs SET (loss, accuracy, val_loss, val_accuracy) = (SELECT loss, accuracy, val_loss,
                val_accuracy FROM epochs WHERE job_id=jobs.id AND epoch=jobs.best_epoch) WHERE id=?""",
                (job_id,),
            )

    def _close_attempt(self, job_id: str, outcome: str, when: float) -> None:
        self.database.write(
            "UPDATE attempts SET outcome=?, ended=? WHERE job_id=? AND outcome=''", (outcome, when, job_id)
        )

    def lost(self, job_id: str, *, counts: bool, error: str = "") -> None:
        """The worker of a running job is gone without a word: its last word is written for it, under its lock.

        A job that somebody stopped stays stopped. Else it waits for its next attempt; with `counts`, at most
        `max_attempts` times in a row without a new epoch. Nothing happens where another process trains the job.
        """
        lock = FileLock(self.paths.job(job_id).lock)
        if not lock.acquire():
            return
        try:
            asked = self.database.read("SELECT stop FROM jobs WHERE id = ?", [job_id])[0]["stop"]
            if asked:
                status = "interrupted" if asked == "now" else "stopped"
                event = AttemptEnded(time.time(), status, reason="stopped by request")
            else:
                event = AttemptEnded(time.time(), "crashed" if counts else "lost", error=error)
            journal = self.paths.job(job_id).events
            events.trim(journal)
            events.append(journal, event)
            self.ingest(job_id)
        finally:
            lock.release()
