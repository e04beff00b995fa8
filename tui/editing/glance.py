"""An experiment whose jobs are all in the store, known without the model of the settings.

The model takes 0.15 s to load, and a first paint is not to wait for it. What is written in the file may be taken as it
stands where each job that it names is there under its id: an id is a hash of every setting and the seed, so nothing can
have been misread.
"""

import itertools
from collections.abc import Mapping
from typing import Any

from engine.plan.jobs import FORMAT_1_DEFAULTS, MANY, Job, Value, job_id
from engine.results.rows import JobRow
from tui.editing.outline import Entry
from tui.editing.plan import Plan, Slot


def glance(entry: Entry, rows: Mapping[str, JobRow]) -> tuple[Plan, tuple[Slot, ...]] | None:
    """The plan of an experiment and its slots, each of them among `rows` (by id); None where that cannot be told."""
    try:
        plan = _plan(entry)
        if plan.count > MANY or any(len(set(values)) < len(values) for values in plan.sweep.values()):
            return None
        slots = tuple(_slots(plan, int(_told(entry, "seed", 0))))
    except (TypeError, ValueError, KeyError, AttributeError):
        return None
    return (plan, slots) if all(slot.job.id in rows for slot in slots) else None


def _plan(entry: Entry) -> Plan:
    given = {name: _exact(name, value) for name, value in entry.given.items() if name in FORMAT_1_DEFAULTS}
    shared = {name: _exact(name, value) for name, value in entry.defaults.items() if name in FORMAT_1_DEFAULTS}
    sweep = {
        name: tuple(_exact(name, value) for value in values) for name, values in entry.given.get("sweep", {}).items()
    }
    return Plan(
        FORMAT_1_DEFAULTS | shared | given,
        given,
        sweep,
        {},
        tuple(shared),
        entry.repeats,
        tuple(map(str, _told(entry, "tags", ()))),
        str(_told(entry, "notes", "")),
        requires_gpu=bool(_told(entry, "requires_gpu", False)),
    )


def _told(entry: Entry, name: str, otherwise: Any) -> Any:
    return entry.given.get(name, entry.defaults.get(name, otherwise))


def _exact(name: str, value: Any) -> Value:
    """A value as the settings have it: 1 may be written where 1.0 is meant.

    Raises KeyError where there is no such setting, TypeError where the value is of another kind.
    """
    kind = type(FORMAT_1_DEFAULTS[name])
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind or not isinstance(value, bool | int | float | str):
        raise TypeError(name)
    return value


def _slots(plan: Plan, seed: int) -> list[Slot]:
    found = []
    for chosen in itertools.product(*plan.sweep.values()):
        values = dict(zip(plan.sweep, chosen, strict=True))
        config = {**plan.values, **values}
        differing = {name: value for name, value in config.items() if value != FORMAT_1_DEFAULTS[name]}
        for repeat in range(plan.repeats):
            job = Job(job_id(differing, seed + repeat, {}), config, seed + repeat)
            found.append(Slot(values, repeat, job, known=True))
    return found
