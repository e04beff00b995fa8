"""What an experiment of too many jobs to look at each comes to: by multiplying, less what the store has of them."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from engine.plan.experiment import Experiment
from engine.plan.jobs import Configuration, JobStatus
from engine.plan.settings import DEFAULTS, NAMES, looks_like_path, without_effect
from engine.plan.sweep import alike, count, make_job
from engine.results.cost import Work
from engine.results.estimate import SHAPE
from engine.results.rows import JobRow

# What the time of a job depends on.
TELLING = (*SHAPE, "epochs", "early_stopping", "patience")
# As many kinds of jobs as are looked at one by one.
MOST = 2_000


def work_of_many(experiment: Experiment, rows: Iterable[JobRow], digests: Mapping[str, str] | None = None) -> Work:
    """Of an experiment's jobs without making them; `rows` are those that the store has under its name.

    A row counts where it has a seed and values that the experiment names, and with `digests` (as `plan.sweep.jobs`
    takes them) where its data and code are those of now. Combinations that are the same job count each.
    """
    its = _Named(experiment, digests)
    known = {row.id: row for row in rows if its.holds(row)}.values()
    done = [row for row in known if row.status is JobStatus.DONE]
    over = [row for row in known if row.status.is_over()]
    begun = tuple(row for row in known if not row.status.is_over() and row.epoch > 0)
    groups = alike(experiment, TELLING, MOST)
    left = {_telling(config): 0 for config, _ in groups}
    configs = {_telling(config): config for config, _ in groups}
    for config, times in groups:
        left[_telling(config)] += times
    for row in (*over, *begun):
        if (kind := _telling(row.config)) in left:
            left[kind] = max(0, left[kind] - 1)
    jobs = count(experiment)
    each = experiment.sweep.get("epochs", (experiment.settings.epochs,))
    epochs = jobs * sum(map(int, each)) // len(each)
    epochs -= sum(int(row.config["epochs"]) for row in over) + sum(row.epoch for row in begun)
    new = tuple((configs[kind], times) for kind, times in left.items() if times)
    return Work(jobs, min(jobs, len(done)), max(0, epochs), begun, new, len(over) - len(done))


def _telling(config: Configuration) -> tuple[object, ...]:
    return tuple(config.get(name) for name in TELLING)


class _Named:
    """Tells which rows are an experiment's; jobs of one configuration share it, so each is looked at once."""

    def __init__(self, experiment: Experiment, digests: Mapping[str, str] | None) -> None:
        base = experiment.settings.model_dump()
        self._values = {name: {*experiment.sweep.get(name, (base[name],))} for name in NAMES}
        doubled = math.prod(max(Counter(values).values()) for values in experiment.sweep.values())
        self._seeds = range(experiment.seed, experiment.seed + experiment.repeats * doubled)
        self._digests = digests
        self._seen: dict[int, bool] = {}

    def holds(self, row: JobRow) -> bool:
        """Whether the experiment names the row's job."""
        if row.seed not in self._seeds:
            return False
        key = id(row.config)
        if key not in self._seen:
            # What changes nothing beside a job's other settings is at its default there, whatever the experiment says.
            idle = without_effect(DEFAULTS | dict(row.config))
            named = self._values.items()
            self._seen[key] = all(name in idle or row.config.get(name) in values for name, values in named)
        return self._seen[key] and self._is_of_now(row)

    def _is_of_now(self, row: JobRow) -> bool:
        names = (str(row.config.get("dataset")), str(row.config.get("model")))
        if self._digests is None or not (looks_like_path(names[0]) or names[1] in self._digests):
            return True
        return make_job(row.config, row.seed, self._digests).id == row.id
