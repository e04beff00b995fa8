"""What a queue file asks for, before anything is handed in: which experiments, how many jobs, how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.cli.store_option import QUEUE_FILE
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


@dataclass(frozen=True)
class Asked:
    """One experiment and what it comes to; `alone` is that of the jobs which no experiment before it has too."""

    experiment: Experiment
    cost: Cost
    alone: Cost


def total(found: Sequence[Asked]) -> Cost:
    """What all of them come to, each job counted once."""
    return sum((each.alone for each in found), Cost())


def chosen(queue: QueueFile, only: Sequence[str]) -> list[Experiment]:
    """The experiments that would be trained. Raises UsageError where a name in `only` is none of the file's."""
    names = [experiment.name for experiment in queue.experiments]
    for name in only:
        if name not in names:
            meant = did_you_mean(name, names)
            hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(names[:12])
            raise UsageError(f"no experiment is called {name}", where=str(queue.path), hint=hint)
    return queue.chosen(only)


def asked(
    queue: QueueFile, only: Sequence[str] = (), *, again: bool = False, retry_failed: bool = False
) -> list[Asked]:
    """What each chosen experiment comes to, run with these flags.

    Raises UsageError as `chosen`, QueueFileError where data is missing.
    """
    experiments = chosen(queue, only)
    digests = sources.digests(queue, only)
    rows = {row.id: row for row in Session(StorePaths.beside(queue.path)).rows()}
    measured = pace(rows.values())
    if again:
        rows = {}
    elif retry_failed:
        rows = {job_id: row for job_id, row in rows.items() if not row.status.is_failure()}
    found, left = [], EXPANDED
    seen: set[str] = set()
    for experiment in experiments:
        named = count(experiment)
        if named <= min(MANY, left):
            left -= named
            wanted = [(job, rows.get(job.id)) for job in jobs_of(experiment, digests)]
            whole = cost(work_of(wanted), measured)
            fresh = [(job, row) for job, row in wanted if job.id not in seen]
            alone = whole if len(fresh) == len(wanted) else cost(work_of(fresh), measured)
            seen |= {job.id for job, _ in fresh}
        else:
            its = (row for row in rows.values() if experiment.name in row.experiments)
            whole = alone = cost(work_of_many(experiment, its, digests), measured)
        found.append(Asked(experiment, whole, alone))
    return found


def at_once(
    queue: QueueFile, slots: int | None = None, device: str | None = None, gpus: Sequence[int | str] | None = None
) -> int:
    """How many jobs would train at once here; what is None is as the file has it."""
    run = queue.run
    devices = Session(StorePaths.beside(queue.path)).devices()
    return jobs_at_once(devices, slots or run.slots, device or run.device, gpus or run.gpus)


def jobs_of(experiment: Experiment, digests: dict[str, str]) -> list[Job]:
    """The experiment's jobs, each once."""
    return list({job.id: job for job in jobs(experiment, digests)}.values())


def handed_in(queue: QueueFile, only: Sequence[str] = ()) -> int:
    """How many jobs a run asks for, each once; where they are too many to be made, what their sweeps come to."""
    experiments = chosen(queue, only)
    named = sum(count(experiment) for experiment in experiments)
    if named > EXPANDED:
        return named
    # What stands in a path does not matter here, only whether it is the same path.
    names = {name: name for experiment in experiments for _, name in sources.named(experiment)}
    return len({job.id for experiment in experiments for job in jobs(experiment, names)})


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
