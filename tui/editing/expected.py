"""The jobs that an experiment names, found again among the rows of the store; and what the rest would cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.plan.experiment import Experiment
from engine.plan.jobs import Job, JobStatus, Value
from engine.plan.settings import CODE, DEFAULTS, NAMES, effective, looks_like_path
from engine.plan.sweep import combinations, count, make_job
from engine.results.estimate import Pace
from engine.results.rows import JobRow

# Above this an experiment is counted, not expanded, and handing it in is asked about.
MANY = 1000


@dataclass(frozen=True)
class Slot:
    """One job that an experiment names: the swept values that lead to it, its repeat, the job."""

    values: Mapping[str, Value]
    repeat: int
    job: Job
    known: bool
    """Whether the job's id is the store's; without the hash of a data path or of code it is not."""


@dataclass(frozen=True)
class Cost:
    """How many jobs, and of the rest: epochs at most, seconds where measured, and for how many jobs they were."""

    jobs: int
    done: int | None = None
    epochs: int | None = None
    seconds: float = 0.0
    measured: int = 0


def slots(experiment: Experiment) -> tuple[Slot, ...]:
    """Every job of an experiment in order, doubles included; none where there are too many to look at."""
    if count(experiment) > MANY:
        return ()
    base = experiment.settings.model_dump()
    found = []
    for values, before in combinations(experiment):
        config = effective(base | values)
        known = not (looks_like_path(str(config["dataset"])) or CODE.fullmatch(str(config["model"])))
        for repeat in range(experiment.repeats):
            job = make_job(config, experiment.seed + before * experiment.repeats + repeat, {})
            found.append(Slot(values, repeat, job, known))
    return tuple(found)


class Found:
    """The rows of the store, looked up by what an experiment names."""

    def __init__(self, rows: Iterable[JobRow]) -> None:
        self._rows = {row.id: row for row in rows}
        self._by_experiment: dict[str, list[JobRow]] = {}
        for row in self._rows.values():
            for name in row.experiments:
                self._by_experiment.setdefault(name, []).append(row)

    def named(self, experiment: str) -> list[JobRow]:
        """Every row that an experiment of that name wants, in the order of the queue."""
        return self._by_experiment.get(experiment, [])

    def rows(self, experiment: Experiment, wanted: Sequence[Slot]) -> list[JobRow | None]:
        """The row of each slot, None where the job was never handed in."""
        by_config: dict[Any, JobRow] | None = None
        found = []
        for slot in wanted:
            row = self._rows.get(slot.job.id) if slot.known else None
            if not slot.known:
                if by_config is None:
                    by_config = {_key(row.config, row.seed): row for row in self.named(experiment.name)}
                row = by_config.get(_key(slot.job.config, slot.job.seed))
            found.append(row)
        return found


def _key(config: Mapping[str, Value], seed: int) -> tuple[object, ...]:
    return (seed, *(config.get(name, DEFAULTS[name]) for name in NAMES))


def cost(experiment: Experiment, wanted: Sequence[Slot], rows: Sequence[JobRow | None], pace: Pace) -> Cost:
    """What training an experiment comes to, whose slots and their rows are given; no slots where there are too many."""
    if not wanted:
        return Cost(count(experiment))
    jobs = {slot.job.id: (slot, row) for slot, row in zip(wanted, rows, strict=True)}
    left = [(slot, row) for slot, row in jobs.values() if row is None or row.status is not JobStatus.DONE]
    begun = [(slot.job.config, row.epoch if row else 0) for slot, row in left]
    lefts = [seconds for config, epoch in begun if (seconds := pace.left(config, epoch)) is not None]
    epochs = sum(int(config["epochs"]) - epoch for config, epoch in begun)
    return Cost(len(jobs), len(jobs) - len(left), epochs, sum(lefts), len(lefts))


def cost_words(found: Cost) -> str:
    """`6 jobs, 4 done; 60 epochs at most, about 21 min`."""
    told = counted(found.jobs, "job") + (f", {found.done:,} done" if found.done else "")
    if found.epochs is None:
        return told + "; too many to look at each"
    left = found.jobs - (found.done or 0)
    if not left:
        return told
    told += f"; {counted(found.epochs, 'epoch')} at most"
    if found.measured == left:
        return f"{told}, about {spoken(found.seconds)}"
    return f"{told}, time not measured yet" if not found.measured else f"{told}, over {spoken(found.seconds)}"


def counted(number: int, noun: str) -> str:
    """`1 job`, `2 jobs`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def spoken(seconds: float) -> str:
    """`42 s`, `21 min`, `3.1 h`, `2.5 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"
