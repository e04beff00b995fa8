"""A job's frozen `config.toml`: all that a worker needs to know about what it trains."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from engine.datasets import DATASETS, named_digest
from engine.errors import DataError, reason
from engine.plan.jobs import Job
from engine.record.paths import replace_file


@dataclass(frozen=True)
class JobFile:
    """The job, and how it is to be trained where that does not change its identity.

    `time_limit` is in minutes, 0 for none. `on_nan` is "fail" or "continue". `folder` is the queue file's, where a
    `module:function` model is looked for.
    """

    job: Job
    requires_gpu: bool = False
    time_limit: float = 0.0
    on_nan: str = "fail"
    folder: str = ""

    def encoded(self) -> bytes:
        """The file's bytes."""
        document = {
            "format": 1,
            "id": self.job.id,
            "seed": self.job.seed,
            "requires_gpu": self.requires_gpu,
            "time_limit": self.time_limit,
            "on_nan": self.on_nan,
            "folder": self.folder,
            "settings": dict(self.job.config),
            "digests": dict(self.job.digests),
        }
        return tomli_w.dumps(document).encode()

    def write(self, path: Path) -> None:
        """Raises OSError."""
        replace_file(path, self.encoded())

    @classmethod
    def read(cls, path: Path) -> "JobFile":
        """Raises DataError where the file is missing or damaged."""
        try:
            document = tomllib.loads(path.read_text("utf-8"))
            job = Job(document["id"], document["settings"], document["seed"], document["digests"])
            return cls(job, document["requires_gpu"], document["time_limit"], document["on_nan"], document["folder"])
        except (OSError, ValueError, KeyError) as error:
            hint = "engine rm deletes the job; engine run trains it anew"
            raise DataError(f"the job's settings cannot be read: {reason(error)}", where=str(path), hint=hint) from None


def job_digests(path: Path) -> dict[str, str]:
    """SHA-256 of all that a job's settings name, of a data set of labtop's own too; what is unknown is left out."""
    try:
        job = JobFile.read(path).job
    except DataError:
        return {}
    dataset = str(job.config.get("dataset", ""))
    return {dataset: named_digest(dataset), **job.digests} if dataset in DATASETS else dict(job.digests)
