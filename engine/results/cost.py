"""What training comes to that the store does not have yet: jobs, epochs at most, and time where that was measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from engine.plan.jobs import Configuration, Job, JobStatus
from engine.results.durations import counted
from engine.results.estimate import NOTHING, Pace, Span
from engine.results.rows import JobRow


@dataclass(frozen=True)
class Work:
    """The jobs of an experiment: how many, how many of them are done or failed, and epochs at most of the others.

    `begun` are those others that the store has and that have some epochs; `new` holds configurations, each with how
    many others take as long as a job of it. What `failed` is not trained again unless somebody asks for that.
    """

    jobs: int
    done: int
    epochs: int
    begun: tuple[JobRow, ...] = ()
    new: tuple[tuple[Configuration, int], ...] = ()
    failed: int = 0


@dataclass(frozen=True)
class Cost:
    """What work comes to: `work` is the seconds of those jobs whose like was `measured`, one after the other, and
    `longest` those of the longest of them."""

    jobs: int = 0
    done: int = 0
    epochs: int = 0
    measured: int = 0
    work: Span = NOTHING
    longest: Span = NOTHING
    failed: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.jobs + other.jobs,
            self.done + other.done,
            self.epochs + other.epochs,
            self.measured + other.measured,
            self.work + other.work,
            self.longest.or_longer(other.longest),
            self.failed + other.failed,
        )

    @property
    def left(self) -> int:
        """How many jobs would be trained."""
        return self.jobs - self.done - self.failed

    def time(self, at_once: int) -> Span | None:
        """Seconds until all that was measured is done with so many jobs at once; None where nothing was measured."""
        return self.work.shared(at_once, self.longest) if self.measured else None

    def words(self, at_once: int, retry: str) -> str:
        """`6 jobs, 4 done; 60 epochs at most, about 21 min`; where that is not known of all, of how many it is.

        `retry` is the key or the option that tries again what failed; empty where none does.
        """
        told = counted(self.jobs, "job") + (f", {self.done:,} done" if self.done else "")
        told += f", {self.failed:,} failed" + (f" ({retry} tries again)" if retry else "") if self.failed else ""
        if not self.left:
            return told
        told += f"; {counted(self.epochs, 'epoch')} at most"
        span = self.time(at_once)
        if span is None:
            return f"{told}, time not measured yet"
        known = "" if self.measured == self.left else f" for {self.measured:,} of {self.left:,}"
        many = f", {at_once} at once" if min(at_once, self.left) > 1 else ""
        return f"{told}, about {span.words}{known}{many}"


def work_of(jobs: Iterable[tuple[Job, JobRow | None]]) -> Work:
    """Of jobs that are there one by one, each with its row or None; one that comes twice counts once."""
    wanted = {job.id: (job, row) for job, row in jobs}
    done = sum(row is not None and row.status is JobStatus.DONE for _, row in wanted.values())
    failed = sum(row is not None and row.status.is_failure() for _, row in wanted.values())
    left = [(job, row) for job, row in wanted.values() if row is None or not row.status.is_over()]
    begun = tuple(row for _, row in left if row is not None and row.epoch > 0)
    new = tuple((job.config, 1) for job, row in left if row is None or row.epoch <= 0)
    epochs = sum(int(job.config["epochs"]) - (row.epoch if row is not None else 0) for job, row in left)
    return Work(len(wanted), done, epochs, begun, new, failed)


def cost(work: Work, pace: Pace) -> Cost:
    """What it comes to at a pace."""
    told = [(span, 1) for row in work.begun if (span := pace.left(row)) is not None]
    told += [(span, times) for config, times in work.new if (span := pace.span(config)) is not None]
    return Cost(
        work.jobs,
        work.done,
        work.epochs,
        sum(times for _, times in told),
        sum((span.times(times) for span, times in told), NOTHING),
        reduce(Span.or_longer, (span for span, _ in told), NOTHING),
        work.failed,
    )
