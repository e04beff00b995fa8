"""How long what is left will take, from epochs of the same shape that were measured on the same device."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from heapq import nlargest
from statistics import fmean, median_low
from types import MappingProxyType
from typing import TypeAlias

from engine.plan.jobs import Configuration, JobStatus
from engine.results.durations import spoken
from engine.results.rows import JobRow

Shape: TypeAlias = tuple[object, ...]
NO_PACE: Mapping[str, float] = MappingProxyType({})
EVALUATION = 1 / 3
# Jobs of a shape that tell how fast it goes: the last ones, since machines are not always as busy.
RECENT = 8
# What an epoch's time depends on; the rest changes what is learnt, not how long it takes.
SHAPE = (
    *("dataset", "train_samples", "validation_split", "model", "batch_norm", "filters", "kernel_size"),
    *("hidden_units", "optimizer", "batch_size", "eval_batch_size", "precision", "deterministic"),
    *("augment_shift", "augment_rotate", "augment_zoom"),
)


def shape(config: Configuration) -> Shape:
    """What configurations whose epochs take equally long have in common."""
    return tuple(config.get(name) for name in SHAPE)


@dataclass(frozen=True)
class Span:
    """Seconds: what is likely, and from the least to the most that early stopping makes of it.

    Without early stopping the three are one.
    """

    likely: float
    least: float
    most: float

    def __add__(self, other: "Span") -> "Span":
        return Span(self.likely + other.likely, self.least + other.least, self.most + other.most)

    def times(self, factor: float) -> "Span":
        """So many of it."""
        return Span(self.likely * factor, self.least * factor, self.most * factor)

    def shared(self, at_once: int, longest: "Span") -> "Span":
        """This much work done by so many at once: a part of it each, and no less than the longest piece takes."""
        part = self.times(1 / at_once)
        return Span(max(part.likely, longest.likely), max(part.least, longest.least), max(part.most, longest.most))

    def or_longer(self, other: "Span") -> "Span":
        """The longer of both, bound by bound."""
        return self.shared(1, other)

    @property
    def words(self) -> str:
        """`21 min`, or with early stopping `21 min (4 min to 41 min)`."""
        least, likely, most = spoken(self.least), spoken(self.likely), spoken(self.most)
        return likely if least == most else f"{likely} ({least} to {most})"


NOTHING = Span(0.0, 0.0, 0.0)


@dataclass
class Pace:
    """Seconds an epoch by shape and device; where such jobs ran last; and, by shape, what share of those that are done
    early stopping ended before their last epoch, with the mean number of epochs after which it did.
    """

    seconds: dict[tuple[Shape, str], float] = field(default_factory=dict)
    device: dict[Shape, str] = field(default_factory=dict)
    stopped: dict[Shape, tuple[float, float]] = field(default_factory=dict)

    def span(self, config: Configuration, done: int = 0, device: str = "") -> Span | None:
        """Seconds until a job of `config` ends that has done `done` epochs on `device`; None where nothing like it was
        measured there.

        A job that has no device yet is taken to go where the last of its shape went. Early stopping ends it after
        patience + 1 epochs at the earliest, likely where it ended the others of its shape, and at the latest never.
        Those that ran all their epochs were not ended by it: so far as the others were such, all epochs are likely.
        """
        form = shape(config)
        epoch = self.seconds.get((form, device or self.device.get(form, "")))
        if epoch is None:
            return None
        epochs = int(config["epochs"])
        most = epoch * max(0, epochs - done)
        if not config.get("early_stopping"):
            return Span(most, most, most)
        soonest = min(epochs, max(2, int(config.get("patience", 0)) + 1))
        share, after = self.stopped.get(form, (0.0, 0.0))
        likely = min(float(epochs), max(share * after + (1 - share) * epochs, soonest))
        return Span(epoch * max(0.0, likely - done), epoch * max(0, soonest - done), most)

    def left(self, row: JobRow) -> Span | None:
        """The same of a job of the store, from where it stands.

        One that has only begun on a device has no epoch there yet, and goes by where its like went.
        """
        there = row.status is JobStatus.RUNNING and (shape(row.config), row.device) in self.seconds
        return self.span(row.config, row.epoch, row.device if there else "")


def pace(rows: Iterable[JobRow], live: Mapping[str, float] = NO_PACE) -> Pace:
    """What the rows tell of how fast jobs go: the lower median of the last few jobs of a shape on a device.

    The first job of a shape compiles as well, and that only ever adds; so of two the quicker one tells more.
    `live` holds, by job id, the seconds that an epoch's training takes now, as `Snapshot.pace`: it stands for the
    epochs that a running job has done, the first of which compiled as well.
    """
    paces: dict[tuple[Shape, str], list[tuple[float, float]]] = defaultdict(list)
    last: dict[Shape, tuple[float, str]] = {}
    ends: dict[Shape, list[float | None]] = defaultdict(list)
    for row in rows:
        if row.epoch > 0 and row.seconds > 0:
            form = shape(row.config)
            now = live.get(row.id)
            when = row.ended if row.ended is not None and row.status.is_finished() else math.inf
            epoch = row.seconds / row.epoch if now is None else now * _with_validation(row.config)
            paces[form, row.device].append((when, epoch))
            last[form] = max(last.get(form, (-math.inf, "")), (when, row.device))
            if row.status is JobStatus.DONE and row.config.get("early_stopping"):
                ends[form].append(row.epoch if row.epoch < int(row.config["epochs"]) else None)
    return Pace(
        {key: median_low(epoch for _, epoch in nlargest(RECENT, told)) for key, told in paces.items()},
        {form: device for form, (_, device) in last.items()},
        {form: found for form, told in ends.items() if (found := _stopped(told)) is not None},
    )


def _stopped(ends: Sequence[float | None]) -> tuple[float, float] | None:
    """The share of jobs that ended early, and after how many epochs on average; None where none did."""
    early = [end for end in ends if end is not None]
    return (len(early) / len(ends), fmean(early)) if early else None


def _with_validation(config: Configuration) -> float:
    """What an epoch takes of what its training takes: a sample is evaluated in about a third of a training step."""
    share = float(config.get("validation_split", 0.0))
    return 1 + EVALUATION * share / (1 - share)


@dataclass(frozen=True)
class Left:
    """What runs or can run: how many jobs, for how many of them the time is known, and how long they take at the pace
    and with as many at once as now, which is no less than the longest takes. `span` is None where no time is known;
    else the others are taken to be alike.
    """

    jobs: int
    measured: int
    span: Span | None


def left(rows: Sequence[JobRow], live: Mapping[str, float] = NO_PACE, measured: Pace | None = None) -> Left:
    """What is left of these jobs; `live` as `pace` takes it, and `measured` what that told of them, if it was asked."""
    ahead = [
        row for row in rows if row.status is JobStatus.RUNNING or (row.status is JobStatus.QUEUED and not row.waits_for)
    ]
    if measured is None:
        measured = pace(rows, live) if ahead else Pace()
    spans = [span for row in ahead if (span := measured.left(row)) is not None]
    if not spans:
        return Left(len(ahead), 0, None)
    at_once = max(1, sum(row.status is JobStatus.RUNNING for row in ahead))
    work, longest = sum(spans, NOTHING).times(len(ahead) / len(spans)), reduce(Span.or_longer, spans)
    return Left(len(ahead), len(spans), work.shared(at_once, longest))


def seconds_left(
    rows: Sequence[JobRow], live: Mapping[str, float] = NO_PACE, measured: Pace | None = None
) -> float | None:
    """Likely seconds until all that runs or can run is done, by what `left` takes; None where nothing was measured."""
    span = left(rows, live, measured).span
    return None if span is None else span.likely
