"""From an experiment to its jobs: lazy, deterministic, and counted without being expanded."""

import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from engine.plan.experiment import Experiment
from engine.plan.jobs import FORMAT_1_DEFAULTS, Job, Value, job_id
from engine.plan.settings import NAMES, effective, looks_like_path


def count(experiment: Experiment) -> int:
    """How many trainings the experiment names; nothing is expanded. Some may turn out to be the same job."""
    return math.prod(len(values) for values in experiment.sweep.values()) * experiment.repeats


def combinations(experiment: Experiment) -> Iterator[tuple[dict[str, Value], int]]:
    """Each combination of the swept values, the first field slowest, with how often it came before.

    A value that a list names twice makes its combinations come twice. How often is told from the places in the lists
    alone (a number in mixed radix), so that a sweep of millions needs no memory of what it has passed.
    """
    fields = list(experiment.sweep)
    places = []
    for values in experiment.sweep.values():
        total = Counter(values)
        seen: Counter[Value] = Counter()
        marked = []
        for value in values:
            marked.append((value, seen[value], total[value]))
            seen[value] += 1
        places.append(marked)
    for chosen in itertools.product(*places):
        before = 0
        for _, ordinal, total_of_it in chosen:
            before = before * total_of_it + ordinal
        yield dict(zip(fields, (value for value, _, _ in chosen), strict=True)), before


def alike(experiment: Experiment, names: Collection[str], most: int) -> list[tuple[dict[str, Value], int]]:
    """The combinations of those swept fields that are among `names`, each as a configuration with how many trainings
    have these values; whatever else is swept stands at its first value. Nothing where they are more than `most`.
    """
    chosen = {name: values for name, values in experiment.sweep.items() if name in names}
    if math.prod(map(len, chosen.values())) > most:
        return []
    base = experiment.settings.model_dump() | {name: values[0] for name, values in experiment.sweep.items()}
    times = count(experiment) // math.prod(map(len, chosen.values()))
    combined = itertools.product(*chosen.values())
    return [(effective(base | dict(zip(chosen, values, strict=True))), times) for values in combined]


def jobs(experiment: Experiment, digests: Mapping[str, str] | None = None) -> Iterator[Job]:
    """The experiment's jobs, in order: of every configuration, repeat r has seed + r.

    `digests` maps data paths and `module:function` models to the SHA-256 of what they stand for; only those that a job
    names enter its id. Two combinations that differ in nothing that has an effect give the same job twice.
    """
    base = experiment.settings.model_dump()
    for values, before in combinations(experiment):
        config = effective(base | values)
        for repeat in range(experiment.repeats):
            yield make_job(config, experiment.seed + before * experiment.repeats + repeat, digests or {})


def make_job(config: Mapping[str, Value], seed: int, digests: Mapping[str, str]) -> Job:
    """The job of an effective configuration and a seed."""
    named = {
        str(config[name]): digests[str(config[name])] for name in ("dataset", "model") if str(config[name]) in digests
    }
    differing = {name: config[name] for name in NAMES if config[name] != FORMAT_1_DEFAULTS.get(name)}
    identity = dict(named)
    if looks_like_path(str(config["dataset"])):
        # The same data moved elsewhere is the same data: its hash stands for its path.
        digest = identity.pop(str(config["dataset"]), "")
        differing["dataset"] = f"sha256:{digest}"
    return Job(job_id(differing, seed, identity), dict(config), seed, named)
