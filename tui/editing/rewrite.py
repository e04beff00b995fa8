"""From a document that is meant to a text that means it, edit by edit, so that comments and order survive."""

import tomllib
from collections.abc import Mapping
from typing import Any

from engine.errors import UsageError
from engine.plan import editor
from tui.editing.tables import flat, renames, same


def rewritten(text: str, meant: Mapping[str, Any]) -> str:
    """`text`, edited until it means `meant`. Raises UsageError where no edit leads there."""
    for name in ("run", "defaults"):
        text = _table_rewritten(text, (name,), tomllib.loads(text).get(name, {}), meant.get(name, {}))
    wanted: list[dict[str, Any]] = list(meant.get("experiment", []))
    names = [table["name"] for table in wanted]
    has = tomllib.loads(text).get("experiment", [])
    for new, old in renames(has, wanted).items():
        number = [table["name"] for table in has].index(old)
        text = editor.set_value(text, ("experiment", number), "name", new)
    has = tomllib.loads(text).get("experiment", [])
    for number in reversed(range(len(has))):
        if has[number]["name"] not in names:
            text = editor.delete_experiment(text, number)
    has = [table["name"] for table in tomllib.loads(text).get("experiment", [])]
    for table in wanted:
        if table["name"] not in has:
            values = {key: value for key, value in table.items() if key != "sweep"}
            text = editor.add_experiment(text, values, table.get("sweep"))
            has.append(table["name"])
    for place, name in enumerate(names):
        number = has.index(name)
        if number != place:
            text = editor.move_experiment(text, number, place)
            has.insert(place, has.pop(number))
    for number, table in enumerate(wanted):
        text = _table_rewritten(text, ("experiment", number), tomllib.loads(text)["experiment"][number], table)
    if not same(_pruned(tomllib.loads(text)), _pruned(dict(meant))):
        hint = "write experiments as [[experiment]] tables, or edit the file in an editor"
        raise UsageError("the two versions of the queue file cannot be brought together key by key", hint=hint)
    return text


def _table_rewritten(text: str, path: tuple[str | int, ...], has: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    before, after = flat(has), flat(wanted)
    for key in dict.fromkeys([*before, *after]):
        value = after.get(key)
        if key in before and key in after and same(before[key], after[key]):
            continue
        if len(key) == 2:
            text = editor.set_sweep(text, int(path[1]), key[1], value)
        else:
            text = editor.set_value(text, path, key[0], value)
    return text


def _pruned(document: dict[str, Any]) -> dict[str, Any]:
    """Without tables that say nothing, and without empty sweeps."""
    found = {name: value for name, value in document.items() if value not in ({}, [])}
    if "experiment" in found:
        found["experiment"] = [
            {key: value for key, value in table.items() if key != "sweep" or value} for table in found["experiment"]
        ]
    return found
