"""What a person does to the queue file, each as a function from text to text."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from engine.plan import editor
from engine.plan.jobs import Configuration, Value
from engine.plan.settings import DEFAULTS
from tui.editing.tables import free_name

Place = tuple[str] | tuple[str, int]


def names(text: str) -> list[str]:
    """The experiments' names, in order."""
    return [str(table.get("name", "")) for table in tomllib.loads(text).get("experiment", [])]


def table_of(text: str, place: Place) -> dict[str, Any]:
    """What `("defaults",)`, `("run",)` or `("experiment", n)` itself holds."""
    document: Any = tomllib.loads(text)
    if len(place) == 1:
        found: dict[str, Any] = document.get(place[0], {})
        return found
    table: dict[str, Any] = document["experiment"][place[1]]
    return table


def put(text: str, place: Place, name: str, values: Sequence[Value] | None, *, listed: bool = False) -> str:
    """A field set to one value, swept over several, or, with None, left to the defaults.

    `listed` writes a field whose value is itself a list. Raises UsageError.
    """
    table = table_of(text, place)
    sweeps = len(place) == 2 and name in table.get("sweep", {})
    if values is not None and len(values) > 1 and not listed:
        if name in table:
            text = editor.set_value(text, place, name, None)
        return editor.set_sweep(text, int(place[-1]), name, list(values))
    if sweeps:
        text = editor.set_sweep(text, int(place[-1]), name, None)
    if values is None:
        return editor.set_value(text, place, name, None) if name in table else text
    return editor.set_value(text, place, name, list(values) if listed else values[0])


def new(text: str, name: str) -> str:
    """One more experiment at the end."""
    return editor.add_experiment(text, {"name": name})


def duplicate(text: str, number: int) -> str:
    """A copy behind an experiment, under a free name."""
    taken = names(text)
    return editor.duplicate_experiment(text, number, free_name(taken[number], taken))


def switch(text: str, number: int, *, enabled: bool) -> str:
    """On is what an experiment is unless the file says otherwise, so on takes the word out."""
    return editor.set_value(text, ("experiment", number), "enabled", None if enabled else False)


def adopt(text: str, name: str, config: Configuration) -> str:
    """A new experiment from a configuration that was trained: what differs from the file's and our defaults."""
    base: dict[str, Any] = DEFAULTS | tomllib.loads(text).get("defaults", {})
    own = {key: value for key, value in config.items() if key in DEFAULTS and base.get(key) != value}
    return editor.add_experiment(text, {"name": name, **own})


def adopt_defaults(text: str, config: Configuration) -> str:
    """The defaults become a configuration that was trained."""
    given: Mapping[str, Any] = tomllib.loads(text).get("defaults", {})
    for key, value in config.items():
        if key in DEFAULTS and (given.get(key, DEFAULTS[key]) != value):
            text = editor.set_value(text, ("defaults",), key, None if value == DEFAULTS[key] else value)
    return text


def delete(text: str, number: int) -> str:
    """Without an experiment and the comment right above it."""
    return editor.delete_experiment(text, number)


def move(text: str, number: int, to: int) -> str:
    """An experiment at another place, its comment with it."""
    return editor.move_experiment(text, number, to)
