"""What the database remembers, as rows of results. Everybody may read; `ledger` is what the runner writes with."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.plan.jobs import JobStatus
from engine.record.database import Database, Row
from engine.record.paths import StorePaths
from engine.results.rows import AttemptRow, EpochRow, JobRow

METRICS = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


class Store:
    """Queries over a store's database."""

    def __init__(self, paths: StorePaths, *, database: Path | None = None, writable: bool = False) -> None:
        """Raises EnvironmentFault where the database, by default the store's own, cannot be opened."""
        self.paths = paths
        self.database = Database(database or paths.database, writable=writable)

    def close(self) -> None:
        self.database.close()

    def jobs(self, ids: Sequence[str] | None = None) -> list[JobRow]:
        """Every job, or those named, in the order of the queue."""
        query = "SELECT * FROM jobs{} ORDER BY position, id"
        if ids is None:
            rows = self.database.read(query.format(""))
        else:
            rows = self.database.read(query.format(" WHERE id IN (SELECT value FROM json_each(?))"), [json.dumps(ids)])
        names = self._experiments()
        return [job_row(row, tuple(names.get(row["id"], ()))) for row in rows]

    def knows(self, job_id: str) -> bool:
        """Whether the job is in the database."""
        return bool(self.database.read("SELECT 1 FROM jobs WHERE id = ?", [job_id]))

    def _experiments(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for job_id, experiment in self.database.read("SELECT job_id, experiment FROM membership ORDER BY ordinal"):
            if experiment not in names[job_id]:
                names[job_id].append(experiment)
        return names

    def names(self, beginning: str, limit: int) -> list[str]:
        """The first `limit` experiments and job ids that begin so."""
        query = """SELECT name FROM (SELECT DISTINCT experiment AS name, 0 AS kind FROM membership
            UNION SELECT id, 1 FROM jobs) WHERE SUBSTR(name, 1, LENGTH(?1)) = ?1 ORDER BY kind, name LIMIT ?2"""
        return [row["name"] for row in self.database.read(query, [beginning, limit])]

    def with_status(self, *statuses: JobStatus) -> list[JobRow]:
        """The jobs that stand at one of `statuses`, in the order of the queue, without their experiments' names."""
        marks = ",".join("?" * len(statuses))
        query = f"SELECT * FROM jobs WHERE status IN ({marks}) ORDER BY position, id"
        return [job_row(row, ()) for row in self.database.read(query, statuses)]

    def history(self, job_id: str) -> list[EpochRow]:
        """The committed epochs of a job, from the first; a metric that was no number or is not there is left out."""
        rows = self.database.read("SELECT * FROM epochs WHERE job_id = ? ORDER BY epoch", [job_id])
        return [
            EpochRow(row["epoch"], {m: row[m] for m in METRICS if row[m] is not None}, row["seconds"]) for row in rows
        ]

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

    def submitted(self, request: str, *, fresh: bool = False) -> list[str]:
        """The jobs that a submission named, or with `fresh` only those that it put into the queue itself."""
        query = "SELECT job_id FROM submissions WHERE request = ? AND fresh >= ? ORDER BY ordinal"
        return [row["job_id"] for row in self.database.read(query, [request, int(fresh)])]


def job_row(row: Row, experiments: tuple[str, ...]) -> JobRow:
    """The row of the `jobs` table as results read it."""
    return JobRow(
        id=row["id"],
        config=json.loads(row["config"]),
        seed=row["seed"],
        status=JobStatus(row["status"]),
        experiments=experiments,
        epoch=row["epoch"],
        epochs=row["epochs"],
        best_epoch=row["best_epoch"],
        test_accuracy=row["test_accuracy"],
        test_loss=row["test_loss"],
        val_accuracy=row["val_accuracy"],
        val_loss=row["val_loss"],
        accuracy=row["accuracy"],
        loss=row["loss"],
        seconds=row["seconds"],
        parameters=row["parameters"],
        misclassified=row["misclassified"],
        attempts=row["attempts"],
        device=row["device"],
        waits_for=row["waits_for"],
        reason=row["reason"],
        error=row["error"],
        exact=bool(row["exact"]),
        ended=row["ended"],
    )
