"""How long what is left will take, from epochs that were measured."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import TypeAlias

from engine.plan.jobs import Configuration, JobStatus
from engine.results.rows import JobRow

Shape: TypeAlias = tuple[object, ...]
# What an epoch's time depends on; the rest changes what is learnt, not how long it takes.
SHAPE = (
    *("dataset", "train_samples", "validation_split", "model", "batch_norm", "filters", "kernel_size"),
    *("hidden_units", "optimizer", "batch_size", "eval_batch_size", "precision", "deterministic"),
    *("augment_shift", "augment_rotate", "augment_zoom"),
)


def shape(config: Configuration) -> Shape:
    """What configurations whose epochs take equally long have in common."""
    return tuple(config.get(name) for name in SHAPE)


@dataclass
class Pace:
    """Seconds an epoch, and epochs until the end of jobs with early stopping, by shape."""

    seconds: dict[Shape, float] = field(default_factory=dict)
    stopped_after: dict[Shape, float] = field(default_factory=dict)

    def left(self, config: Configuration, done: int = 0) -> float | None:
        """Seconds until a job of `config` ends that has done `done` epochs; None where nothing was measured."""
        form = shape(config)
        if form not in self.seconds:
            return None
        epochs = float(config["epochs"])
        if config.get("early_stopping"):
            epochs = min(epochs, self.stopped_after.get(form, epochs))
        return self.seconds[form] * max(0.0, epochs - done)


def pace(rows: Iterable[JobRow]) -> Pace:
    """What the rows tell of how fast jobs go."""
    seconds: dict[Shape, list[float]] = defaultdict(list)
    ends: dict[Shape, list[float]] = defaultdict(list)
    for row in rows:
        if row.epoch > 0 and row.seconds > 0:
            form = shape(row.config)
            seconds[form].append(row.seconds / row.epoch)
            if row.status is JobStatus.DONE and row.config.get("early_stopping"):
                ends[form].append(row.epoch)
    return Pace(
        {form: fmean(told) for form, told in seconds.items()}, {form: fmean(told) for form, told in ends.items()}
    )


def seconds_left(rows: Sequence[JobRow]) -> float | None:
    """Seconds until all that runs or can run is done, as many at once as run now; None where nothing was measured."""
    measured = pace(rows)
    ahead = [
        row for row in rows if row.status is JobStatus.RUNNING or (row.status is JobStatus.QUEUED and not row.waits_for)
    ]
    lefts = [left for row in ahead if (left := measured.left(row.config, row.epoch)) is not None]
    if not lefts:
        return None
    at_once = max(1, sum(row.status is JobStatus.RUNNING for row in ahead))
    return fmean(lefts) * len(ahead) / at_once
