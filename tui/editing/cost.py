"""What training the jobs of an experiment costs that the store does not have yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.plan.jobs import JobStatus
from engine.results.durations import counted, spoken
from engine.results.estimate import NOTHING, Pace, Span
from engine.results.rows import JobRow
from tui.editing.plan import Slot


@dataclass(frozen=True)
class Cost:
    """How many jobs, and of the rest: epochs at most, time where measured, and for how many jobs."""

    jobs: int
    done: int | None = None
    epochs: int | None = None
    time: Span = NOTHING
    measured: int = 0


def cost(count: int, wanted: Sequence[Slot], rows: Sequence[JobRow | None], pace: Pace) -> Cost:
    """What training `count` jobs comes to, whose slots and their rows are given; no slots where there are too many."""
    if not wanted:
        return Cost(count)
    jobs = {slot.job.id: (slot, row) for slot, row in zip(wanted, rows, strict=True)}
    left = [(slot, row) for slot, row in jobs.values() if row is None or row.status is not JobStatus.DONE]
    begun = [(slot.job.config, row.epoch if row else 0, row.device if row else "") for slot, row in left]
    spans = [span for config, epoch, device in begun if (span := pace.span(config, epoch, device)) is not None]
    epochs = sum(int(config["epochs"]) - epoch for config, epoch, _ in begun)
    return Cost(len(jobs), len(jobs) - len(left), epochs, sum(spans, NOTHING), len(spans))


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
        return f"{told}, about {found.time.words}"
    return f"{told}, time not measured yet" if not found.measured else f"{told}, over {spoken(found.time.likely)}"
