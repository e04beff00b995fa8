"""The tables of a queue file side by side: compared strictly, laid flat, recognized under another name."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Key: TypeAlias = tuple[str, ...]
Table: TypeAlias = dict[Key, Any]


def renames(base: Sequence[Mapping[str, Any]], side: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Names of `side` that are new, with the names in `base` that they most likely had before.

    An experiment was renamed where all but its name is as before, or where it stands between the same neighbours.
    """
    old = [table["name"] for table in base]
    new = [table["name"] for table in side]
    lost = [place for place, name in enumerate(old) if name not in new]
    fresh = [place for place, name in enumerate(new) if name not in old]
    found: dict[str, str] = {}
    for there in fresh:
        alike = [here for here in lost if same(_nameless(base[here]), _nameless(side[there]))]
        near = [here for here in lost if _neighbours(old, here) == _neighbours(new, there)]
        if alike or near:
            here = (alike or near)[0]
            found[new[there]] = old[here]
            lost.remove(here)
    return found


def _nameless(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != "name"}


def _neighbours(names: Sequence[str], place: int) -> tuple[str | None, str | None]:
    return names[place - 1] if place else None, names[place + 1] if place + 1 < len(names) else None


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same type throughout: in TOML, 1, 1.0 and true are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def flat(table: Mapping[str, Any]) -> Table:
    """A table with a sweep's settings beside its own keys."""
    found: Table = {}
    for key, value in table.items():
        if key == "sweep" and isinstance(value, Mapping):
            found |= {("sweep", name): values for name, values in value.items()}
        else:
            found[(key,)] = value
    return found


def nested(table: Table) -> dict[str, Any]:
    """The reverse of `flat`."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if len(key) == 1:
            found[key[0]] = copy.deepcopy(value)
        else:
            found.setdefault(key[0], {})[key[1]] = copy.deepcopy(value)
    return found


def free_name(name: str, taken: object) -> str:
    """`name`, or `name-2`, `name-3` … where it is taken."""
    names: Any = taken
    number, free = 2, name
    while free in names:
        free, number = f"{name}-{number}", number + 1
    return free


def unique(tables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The experiments, each under a name of its own: one side may have given a name that the other gave too."""
    found: dict[str, dict[str, Any]] = {}
    for table in tables:
        name = table["name"]
        if name in found:
            if same(table, found[name]):
                continue
            name = free_name(name, {*found, *(other["name"] for other in tables)})
        found[name] = table | {"name": name}
    return list(found.values())


def woven(lead: Sequence[str], other: Sequence[str]) -> list[str]:
    """`lead`, with what only `other` has put in behind whatever it stands behind there."""
    order = list(lead)
    for place, name in enumerate(other):
        if name not in order:
            before = next((n for n in reversed(other[:place]) if n in order), None)
            order.insert(0 if before is None else order.index(before) + 1, name)
    return order
