"""What the runner writes down: jobs, their place in the queue, who wants them, and what was asked of them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from engine.plan.jobs import Job, JobStatus
from engine.record.folders import Folders
from engine.record.jobfile import JobFile
from engine.record.journal import Journals
from engine.record.paths import StorePaths


@dataclass(frozen=True)
class Wish:
    """How a job is to be run, from the queue file and the command's flags; none of it names the job."""

    device: str = "auto"
    requires_gpu: bool = False
    time_limit: float = 0.0
    on_nan: str = "fail"
    max_attempts: int = 3
    folder: str = ""


class Queued(NamedTuple):
    """What a device has to suit: a waiting job's id, its wish (auto, cpu or gpu), and whether a CPU will not do."""

    id: str
    wish: str
    requires_gpu: bool | int
    waits_for: str = ""

    @property
    def needs_gpu(self) -> bool:
        """A CPU takes a GPU's place only where the command said so."""
        return self.wish == "gpu" or (bool(self.requires_gpu) and self.wish != "cpu")


class Ledger(Journals):
    """The store, opened by the one process that may write to it."""

    def __init__(self, paths: StorePaths, database: Path | None = None, folders: Folders | None = None) -> None:
        """Raises EnvironmentFault where the database, by default the store's own, cannot be opened for writing."""
        super().__init__(paths, database=database, writable=True)
        self.folders = folders or Folders(paths)

    # jobs

    def add(self, job: Job, wish: Wish, position: int) -> None:
        """A new job, queued."""
        configuration = self.rows.configurations.put(job.config)
        values = (
            job.id,
            configuration,
            job.config["dataset"],
            job.seed,
            json.dumps(dict(job.digests)),
            JobStatus.QUEUED,
            position,
            job.config["epochs"],
        )
        columns = "id, configuration, dataset, seed, digests, status, position, epochs"
        self.database.write(f"INSERT INTO jobs ({columns}) VALUES (?,?,?,?,?,?,?,?)", values)
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

    def relocate(self, job: Job) -> None:
        """The job's data has another path by now, with the same content: its row follows."""
        row = self.database.read("SELECT configuration, dataset FROM jobs WHERE id = ?", [job.id])[0]
        if row["dataset"] == job.config["dataset"]:
            return
        [config] = self.rows.configurations.named([row["configuration"]])
        moved = self.rows.configurations.put({**config, "dataset": job.config["dataset"]})
        self.database.write(
            "UPDATE jobs SET configuration=?, dataset=?, digests=? WHERE id=?",
            (moved, job.config["dataset"], json.dumps(dict(job.digests)), job.id),
        )
        self.rows.configurations.drop(row["configuration"])

    def wish_of(self, job_id: str) -> Wish:
        """How a job is to be run."""
        columns = "device_wish, requires_gpu, time_limit, on_nan, max_attempts, folder"
        [row] = self.database.read(f"SELECT {columns} FROM jobs WHERE id = ?", [job_id])
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
        [config] = self.rows.configurations.named([row["configuration"]])
        job = Job(job_id, config, row["seed"], json.loads(row["digests"]))
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
        self.database.write_many("UPDATE jobs SET position=? WHERE id=?", list(zip(places, job_ids, strict=True)))

    def remove(self, job_id: str) -> None:
        """Take a job out of the database altogether."""
        rows = self.database.read("SELECT configuration FROM jobs WHERE id = ?", [job_id])
        for table in ("epochs", "attempts", "membership", "submissions"):
            self.database.write(f"DELETE FROM {table} WHERE job_id = ?", (job_id,))
        self.database.write("DELETE FROM jobs WHERE id = ?", (job_id,))
        for row in rows:
            self.rows.configurations.drop(row["configuration"])

    def set_status(self, job_id: str, status: JobStatus) -> None:
        self.database.write("UPDATE jobs SET status=?, waits_for='' WHERE id=?", (status, job_id))

    def set_waiting(self, reasons: Iterable[tuple[str, str]]) -> None:
        """Say in words why queued jobs do not start: pairs of job id and reason, those that are new."""
        told = ((reason, job_id) for job_id, reason in reasons)
        with self.database.transaction():
            self.database.write_many("UPDATE jobs SET waits_for=? WHERE id=?", told)

    def set_stop(self, job_id: str, how: str) -> None:
        """Note that somebody asked the job to end: `epoch`, `now`, or empty for nobody."""
        self.database.write("UPDATE jobs SET stop=? WHERE id=?", (how, job_id))

    def stops(self) -> dict[str, str]:
        """The running jobs that were asked to end, and how."""
        query = "SELECT id, stop FROM jobs WHERE stop != '' AND status = ?"
        return {row["id"]: row["stop"] for row in self.database.read(query, [JobStatus.RUNNING])}

    def goes_on(self) -> bool:
        """Whether any job waits for a device, or runs and was not asked to end."""
        query = "SELECT 1 FROM jobs WHERE status = ? OR (status = ? AND stop = '') LIMIT 1"
        return bool(self.database.read(query, [JobStatus.QUEUED, JobStatus.RUNNING]))

    def remember(self, name: str, value: object) -> None:
        """Keep a small JSON value beside the jobs, such as how many slots a device has."""
        self.database.write("INSERT OR REPLACE INTO meta VALUES (?,?)", (name, json.dumps(value)))

    def queued(self) -> list[Queued]:
        """The jobs that wait for a device, in the order of the queue."""
        query = "SELECT id, device_wish, requires_gpu, waits_for FROM jobs WHERE status = ? ORDER BY position, id"
        return list(map(Queued._make, self.database.tuples(query, [JobStatus.QUEUED])))

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

    def hand_over(self, gone: str, queue_file: str) -> None:
        """What both queue files want, the second alone wants from now on: the first is no longer there."""
        if gone != queue_file:
            self.database.write(
                """DELETE FROM membership WHERE queue_file = ?
                AND job_id IN (SELECT job_id FROM membership WHERE queue_file = ?)""",
                (gone, queue_file),
            )

    def is_shared(self, job_id: str) -> bool:
        """Whether more than one queue file wants the job."""
        query = "SELECT COUNT(DISTINCT queue_file) FROM membership WHERE job_id = ?"
        return int(self.database.read(query, [job_id])[0][0]) > 1

    def unwant(self, queue_file: str, experiment: str, job_id: str) -> None:
        """An experiment no longer wants a job; if nobody does and it never started, it is taken out of the queue."""
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

    def withdraw_stopped(self) -> None:
        """Withdraw what was stopped before it began and is wanted by nobody any more."""
        self.database.write(
            """UPDATE jobs SET status=?, waits_for='' WHERE attempts=0 AND status IN (?,?)
            AND id NOT IN (SELECT job_id FROM membership)""",
            (JobStatus.WITHDRAWN, JobStatus.STOPPED, JobStatus.INTERRUPTED),
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
