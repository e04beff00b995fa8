"""A queue file that yields given jobs again, from nothing but themselves."""

import itertools
import math
from collections.abc import Mapping, Sequence

from engine.plan.editor import written
from engine.plan.jobs import Configuration, Value
from engine.plan.settings import DEFAULTS
from engine.results.reproduce import Seeds, stretches
from engine.results.sweepmap import Place, swept, values_of


def queue_text(name: str, jobs: Sequence[tuple[Place, int]]) -> str:
    """The text of a queue file of one experiment, or of several where one sweep cannot give just these jobs.

    `jobs` are pairs of a job and its seed, at least one.
    """
    groups: dict[tuple[tuple[str, Value], ...], list[int]] = {}
    configs: dict[tuple[tuple[str, Value], ...], Configuration] = {}
    for place, seed in jobs:
        key = tuple(place.config.items())
        groups.setdefault(key, []).append(seed)
        configs[key] = place.config
    runs = {key: stretches(seeds) for key, seeds in groups.items()}
    places = [place for place, _ in jobs]
    fields = swept(places)
    # A setting that some of them lack is no list of values.
    whole = all(field in config for config in configs.values() for field in fields)
    sweep = {field: [value for value in values_of(places, field) if value is not None] for field in fields}
    same = whole and len({tuple(found) for found in runs.values()}) == 1
    first = next(iter(runs.values()))
    if same and len(first) == 1 and len(configs) == math.prod(map(len, sweep.values())):
        return _experiment(name, places[0].config, first[0], sweep)
    numbered = itertools.count(1)
    return "\n".join(
        _experiment(f"{name}-{next(numbered)}", configs[key], seeds, {})
        for key, found in runs.items()
        for seeds in found
    )


def _experiment(name: str, config: Configuration, seeds: Seeds, sweep: Mapping[str, Sequence[Value]]) -> str:
    lines = ["[[experiment]]", f"name = {written(name)}"]
    lines += [f"seed = {seeds[0]}"] if seeds[0] else []
    lines += [f"repeats = {len(seeds)}"] if len(seeds) > 1 else []
    own = {field: value for field, value in config.items() if field not in sweep and value != DEFAULTS.get(field)}
    lines += [f"{field} = {written(value)}" for field, value in own.items()]
    swept_over = ", ".join(f"{field} = {written(list(values))}" for field, values in sweep.items())
    lines += [f"sweep = {{ {swept_over} }}"] if sweep else []
    return "\n".join(lines) + "\n"
