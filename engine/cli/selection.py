"""What a queue file asks for, before anything is handed in: which experiments, how many jobs, how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UsageError
from engine.plan.experiment import Experiment
from engine.plan.jobs import MANY, Job
from engine.plan.queuefile import QueueFile
from engine.plan.sweep import count, jobs
from engine.plan.words import did_you_mean
from engine.record.paths import StorePaths
from engine.results.cost import Cost, cost, work_of
from engine.results.devices import jobs_at_once
from engine.results.estimate import pace
from engine.results.multiplied import work_of_many
from engine.run import sources
from engine.session import Session

# As many jobs as are made for their cost to be told, a tenth of a millisecond each; what is more is multiplied.
EXPANDED = 20_000
QUEUE_FILE = Path("experiments.toml")


@dataclass(frozen=True)
class Asked:
    """One experiment, and what it comes to."""

    experiment: Experiment
    cost: Cost


@dataclass(frozen=True)
class Where:
    """How a command line wants it run, other than the file says; None is as the file has it."""

    slots: int | None = None
    device: str | None = None
    gpus: Sequence[int | str] | None = None


AS_ASKED = Where()


def chosen(queue: QueueFile, only: Sequence[str]) -> list[Experiment]:
    """The experiments that would be trained. Raises UsageError where a name in `only` is none of the file's."""
    names = [experiment.name for experiment in queue.experiments]
    for name in only:
        if name not in names:
            meant = did_you_mean(name, names)
            hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(names[:12])
            raise UsageError(f"no experiment is called {name}", where=str(queue.path), hint=hint)
    return [each for each in queue.experiments if each.enabled and (not only or each.name in only)]


def asked(queue: QueueFile, only: Sequence[str] = ()) -> list[Asked]:
    """What each chosen experiment comes to. Raises UsageError as `chosen`, QueueFileError where data is missing."""
    experiments = chosen(queue, only)
    digests = sources.digests(queue, only)
    rows = {row.id: row for row in Session(StorePaths.beside(queue.path)).rows()}
    measured = pace(rows.values())
    found, left = [], EXPANDED
    for experiment in experiments:
        named = count(experiment)
        if named <= min(MANY, left):
            left -= named
            work = work_of((job, rows.get(job.id)) for job in jobs(experiment, digests))
        else:
            its = (row for row in rows.values() if experiment.name in row.experiments)
            work = work_of_many(experiment, its, digests)
        found.append(Asked(experiment, cost(work, measured)))
    return found


def at_once(queue: QueueFile, where: Where = AS_ASKED) -> int:
    """How many jobs would train at once here."""
    run = queue.run
    devices = Session(StorePaths.beside(queue.path)).devices()
    return jobs_at_once(devices, where.slots or run.slots, where.device or run.device, where.gpus or run.gpus)


def jobs_of(experiment: Experiment, digests: dict[str, str]) -> list[Job]:
    """The experiment's jobs, each once."""
    return list({job.id: job for job in jobs(experiment, digests)}.values())


def queue_words(words: Sequence[str], only: Sequence[str]) -> tuple[Path, list[str]]:
    """The queue file and the names after --only, from the words of a command line.

    A shell gives `--only a b` as the option `a` and the word `b`, so words beside the file are further names.
    Raises UsageError where there are words too many.
    """
    rest = list(words)
    path = QUEUE_FILE
    if rest and (not only or rest[0].endswith(".toml") or Path(rest[0]).exists()):
        path = Path(rest.pop(0))
    if rest and not only:
        raise UsageError(f"one queue file at a time: {rest[0]} is too many", hint="name experiments with --only NAME")
    return path, [*only, *rest]
