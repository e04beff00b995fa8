"""The jobs that an experiment names, found again among the rows of the store."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.plan.experiment import Experiment
from engine.plan.jobs import MANY, Value
from engine.plan.settings import CODE, DEFAULTS, NAMES, effective, looks_like_path, without_effect
from engine.plan.sweep import combinations, count, make_job
from engine.results.rows import JobRow
from tui.editing.plan import Plan, Slot


def plan(experiment: Experiment, defaults: Mapping[str, Value]) -> Plan:
    """What an experiment says; `defaults` are those of its file."""
    values = experiment.settings.model_dump()
    return Plan(
        values,
        experiment.given,
        experiment.sweep,
        without_effect(values),
        tuple(defaults),
        experiment.repeats,
        experiment.tags,
        experiment.notes,
        requires_gpu=experiment.requires_gpu,
    )


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
