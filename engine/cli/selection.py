"""What a queue file asks for, before anything is handed in: which experiments, how many jobs, how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UsageError
from engine.plan.experiment import Experiment
from engine.plan.jobs import Job, JobStatus
from engine.plan.queuefile import QueueFile
from engine.plan.sweep import count, jobs
from engine.plan.words import did_you_mean
from engine.record.paths import StorePaths
from engine.results.estimate import NOTHING, Pace, Span, pace
from engine.results.rows import JobRow
from engine.run import sources
from engine.session import Session

MANY = 1000
# As many jobs as are made for their cost to be told: a tenth of a millisecond each.
EXPANDED = 20_000
QUEUE_FILE = Path("experiments.toml")


@dataclass(frozen=True)
class Asked:
    """One experiment: its jobs, how many of them are done, epochs at most and time of the rest where measured.

    `failed` are those that only --retry-failed tries again. `shared` of its jobs, `shared_done` of them done, are jobs
    of an experiment before it too: the others alone count in `failed`, `epochs`, `time` and `measured`, which says for
    how many of the jobs still to train the time is known. Of an experiment too large to be expanded, `done`, `epochs`
    and `measured` are None.
    """

    experiment: Experiment
    count: int
    done: int | None = None
    epochs: int | None = None
    time: Span = NOTHING
    measured: int | None = None
    failed: int = 0
    shared: int = 0
    shared_done: int = 0


@dataclass(frozen=True)
class Total:
    """What all that is asked for comes to, each job counted once."""

    jobs: int
    done: int
    failed: int

    @property
    def left(self) -> int:
        """How many would be trained."""
        return self.jobs - self.done - self.failed


def total_of(found: Sequence[Asked]) -> Total:
    """The sum over experiments that `asked` has found."""
    return Total(
        sum(each.count - each.shared for each in found),
        sum((each.done or 0) - each.shared_done for each in found),
        sum(each.failed for each in found),
    )


def chosen(queue: QueueFile, only: Sequence[str]) -> list[Experiment]:
    """The experiments that would be trained. Raises UsageError where a name in `only` is none of the file's."""
    names = [experiment.name for experiment in queue.experiments]
    for name in only:
        if name not in names:
            meant = did_you_mean(name, names)
            hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(names[:12])
            raise UsageError(f"no experiment is called {name}", where=str(queue.path), hint=hint)
    return [each for each in queue.experiments if each.enabled and (not only or each.name in only)]


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
            wanted = jobs_of(experiment, digests)
            found.append(_expanded(experiment, wanted, seen, rows, measured))
            seen |= {job.id for job in wanted}
        else:
            found.append(Asked(experiment, named))
    return found


def jobs_of(experiment: Experiment, digests: dict[str, str]) -> list[Job]:
    """The experiment's jobs, each once."""
    return list({job.id: job for job in jobs(experiment, digests)}.values())


def handed_in(queue: QueueFile, only: Sequence[str] = ()) -> int:
    """How many jobs a run asks for, each once; where they are too many to be made, what their sweeps come to."""
    experiments = chosen(queue, only)
    total = sum(count(experiment) for experiment in experiments)
    if total > EXPANDED:
        return total
    # What stands in a path does not matter here, only whether it is the same path.
    names = {name: name for experiment in experiments for _, name in sources.named(experiment)}
    return len({job.id for experiment in experiments for job in jobs(experiment, names)})


def _expanded(
    experiment: Experiment, wanted: list[Job], seen: set[str], rows: dict[str, JobRow], measured: Pace
) -> Asked:
    done = {job.id for job in wanted if job.id in rows and rows[job.id].status is JobStatus.DONE}
    fresh = [job for job in wanted if job.id not in seen]
    failed = {job.id for job in fresh if job.id in rows and rows[job.id].status.is_failure()}
    left = [job for job in fresh if job.id not in done | failed]
    begun = {job.id: rows[job.id].epoch if job.id in rows else 0 for job in left}
    known = [span for job in left if (span := measured.span(job.config, begun[job.id])) is not None]
    epochs = sum(int(job.config["epochs"]) - begun[job.id] for job in left)
    return Asked(
        experiment,
        len(wanted),
        len(done),
        epochs,
        sum(known, NOTHING),
        len(known),
        failed=len(failed),
        shared=len(wanted) - len(fresh),
        shared_done=len(done & seen),
    )


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
