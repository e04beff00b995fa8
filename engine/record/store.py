"""What the database remembers, as rows of results. Everybody may read; `ledger` is what the runner writes with."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.plan.jobs import JobStatus
from engine.record import ranking
from engine.record.database import Database, Row
from engine.record.jobrows import JobRows
from engine.record.paths import StorePaths
from engine.results.leaderboard import DataState
from engine.results.pools import Pool
from engine.results.rows import AttemptRow, EpochRow, JobRow

METRICS = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
LOSSES = {"loss": "accuracy", "val_loss": "val_accuracy"}


class Store:
    """Queries over a store's database."""

    def __init__(self, paths: StorePaths, *, database: Path | None = None, writable: bool = False) -> None:
        """Raises EnvironmentFault where the database, by default the store's own, cannot be opened."""
        self.paths = paths
        self.database = Database(database or paths.database, writable=writable)
        self.rows = JobRows(self.database)

    def close(self) -> None:
        self.database.close()

    def jobs(self, ids: Sequence[str] | None = None) -> list[JobRow]:
        """Every job, or those named, in the order of the queue."""
        return self.rows.all() if ids is None else self.rows.named(ids)

    def done(self, by: str, rank_by: str) -> Mapping[DataState, Pool]:
        """The finished jobs of each state of a data set as columns, to be ranked by "config" or "job", and a metric.

        Raises KeyError for no metric.
        """
        return ranking.pools(self.database, self.rows, by, rank_by)

    def knows(self, job_id: str) -> bool:
        """Whether the job is in the database."""
        return bool(self.database.read("SELECT 1 FROM jobs WHERE id = ?", [job_id]))

    def names(self, beginning: str, limit: int, *, jobs: bool = True) -> list[str]:
        """The first `limit` experiments, and with `jobs` job ids, that begin so."""
        query = """SELECT name FROM (SELECT DISTINCT experiment AS name, 0 AS kind FROM membership
            UNION SELECT id, 1 FROM jobs WHERE ?)
            WHERE SUBSTR(name, 1, LENGTH(?)) = ? ORDER BY kind, name LIMIT ?"""
        return [row["name"] for row in self.database.read(query, [int(jobs), beginning, beginning, limit])]

    def with_status(self, *statuses: JobStatus) -> list[JobRow]:
        """The jobs that stand at one of `statuses`, in the order of the queue, without their experiments' names."""
        return self.rows.with_status(statuses)

    def ids_with(self, status: JobStatus) -> list[str]:
        """The ids of the jobs that stand at `status`."""
        return [row["id"] for row in self.database.read("SELECT id FROM jobs WHERE status = ? ORDER BY id", [status])]

    def offsets(self) -> dict[str, int]:
        """How many bytes of each job's events are in the database."""
        return {row["id"]: row["event_offset"] for row in self.database.read("SELECT id, event_offset FROM jobs")}

    def lately_done(self, limit: int = 256) -> list[str]:
        """The jobs that were done last."""
        query = "SELECT id FROM jobs WHERE status = ? ORDER BY ended DESC LIMIT ?"
        return [row["id"] for row in self.database.read(query, [JobStatus.DONE, limit])]

    def history(self, job_id: str) -> list[EpochRow]:
        """The committed epochs of a job, from the first; a metric that is not there is left out."""
        rows = self.database.read("SELECT * FROM epochs WHERE job_id = ? ORDER BY epoch", [job_id])
        return [EpochRow(row["epoch"], _metrics(row), row["seconds"]) for row in rows]

    def attempts(self, job_id: str) -> list[AttemptRow]:
        """Every try at a job, from the first."""
        rows = self.database.read("SELECT * FROM attempts WHERE job_id = ? ORDER BY number", [job_id])
        return [
            AttemptRow(
                row["number"],
                row["started"],
                row["ended"],
                row["outcome"],
                row["device"],
                row["resumed_epoch"],
                bool(row["exact"]),
                row["inexact"],
                json.loads(row["environment"]),
            )
            for row in rows
        ]

    def environments(self, ids: Sequence[str]) -> list[tuple[Mapping[str, str], int]]:
        """Every environment that attempts at these jobs recorded, with how many of the jobs it trained; most first."""
        query = """SELECT environment, COUNT(DISTINCT job_id) AS jobs FROM attempts
            WHERE job_id IN (SELECT value FROM json_each(?)) AND environment != '{}'
            GROUP BY environment ORDER BY jobs DESC, environment"""
        return [(json.loads(text), jobs) for text, jobs in self.database.tuples(query, [json.dumps(list(ids))])]

    def recall(self, name: str, default: Any) -> Any:
        """A small JSON value that the runner remembered."""
        rows = self.database.read("SELECT value FROM meta WHERE name = ?", [name])
        return json.loads(rows[0]["value"]) if rows else default

    def applied(self) -> set[str]:
        """The names of all requests that were carried out."""
        return {row["name"] for row in self.database.read("SELECT name FROM requests")}

    def outcome(self, request: str) -> str | None:
        """What came of a request: empty if it was carried out, else why not; None while it waits."""
        rows = self.database.read("SELECT outcome FROM requests WHERE name = ?", [request])
        return rows[0]["outcome"] if rows else None

    def queue_files(self) -> list[str]:
        """Whatever jobs are wanted by: queue files by their paths."""
        return [row["queue_file"] for row in self.database.read("SELECT DISTINCT queue_file FROM membership")]

    def named_since(self, request: str) -> list[tuple[str, str]]:
        """The jobs of a submission that later ones named as well: pairs of job id and later request."""
        query = """SELECT later.job_id, later.request FROM submissions AS later
            JOIN submissions AS this ON this.job_id = later.job_id WHERE this.request = ? AND later.request > ?"""
        return [(job_id, later) for job_id, later in self.database.tuples(query, [request, request])]

    def submitted(self, request: str, *, fresh: bool = False) -> list[str]:
        """The jobs that a submission named, or with `fresh` only those that it put into the queue itself."""
        query = "SELECT job_id FROM submissions WHERE request = ? AND fresh >= ? ORDER BY ordinal"
        return [row["job_id"] for row in self.database.read(query, [request, int(fresh)])]


def _metrics(row: Row) -> dict[str, float]:
    """The metrics of an epoch. SQLite keeps NaN as NULL: a loss is that, not absent, where its accuracy is known."""
    lost = [loss for loss, accuracy in LOSSES.items() if row[loss] is None and row[accuracy] is not None]
    return {name: math.nan if name in lost else row[name] for name in METRICS if row[name] is not None or name in lost}
