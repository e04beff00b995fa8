"""What training the jobs of an experiment costs that the store does not have yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.plan.jobs import JobStatus
from engine.results.durations import counted
from engine.results.estimate import Pace
from engine.results.rows import JobRow
from tui.editing.plan import Slot


@dataclass(frozen=True)
class Cost:
    """How many jobs, and of the rest: epochs at most, seconds where measured, and for how many jobs they were."""

    jobs: int
    done: int | None = None
    epochs: int | None = None
    seconds: float = 0.0
    measured: int = 0


def cost(count: int, wanted: Sequence[Slot], rows: Sequence[JobRow | None], pace: Pace) -> Cost:
    """What training `count` jobs comes to, whose slots and their rows are given; no slots where there are too many."""
    if not wanted:
        return Cost(count)
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


def spoken(seconds: float) -> str:
    """`42 s`, `21 min`, `3.1 h`, `2.5 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"
