"""Requests of the front ends: one JSON file each, applied in the order of their names, each once."""

import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import EnvironmentFault
from engine.record.paths import StorePaths, replace_file

# What requests do has changed since some of them were carried out, and a database made anew repeats what was done:
# each says by which rules it is meant. By the second, stopping a submission leaves alone what another queue file has
# asked for since, instead of all that any other ever wanted; a queue file's command at the end is its own, and dropped
# where somebody ends the queue; and what was stopped before it began is withdrawn once nobody wants it.
RULES = 2
# Who asks for one of these wants something trained; the others only arrange what there is.
TRAINS = frozenset({"submit", "refine", "release", "retry"})


@dataclass(frozen=True)
class Request:
    """What a front end asks for: a verb, what the verb needs, and the rules by which it is meant."""

    name: str
    verb: str
    arguments: Mapping[str, Any]
    rules: int = RULES


def leave(paths: StorePaths, verb: str, arguments: Mapping[str, Any]) -> str:
    """Leave a request for the runner and return its name. Raises EnvironmentFault where the store cannot be written."""
    try:
        paths.create()
        return put(paths, verb, arguments)
    except OSError as error:
        raise unwritable(paths, error) from None


def put(paths: StorePaths, verb: str, arguments: Mapping[str, Any]) -> str:
    """The same into a store that is there. Raises OSError."""
    # Never before one that is already there, whatever the clock says.
    there = [*_waiting(paths), *paths.applied.glob("*.json")]
    last = max((int(path.name.split("-")[0]) for path in there), default=0)
    name = f"{max(time.time_ns(), last + 1):020d}-{os.getpid()}-{secrets.token_hex(4)}"
    text = json.dumps({"verb": verb, "rules": RULES, **arguments})
    replace_file(paths.inbox / f"{name}.json", text.encode())
    return name


def unwritable(paths: StorePaths, error: OSError) -> EnvironmentFault:
    """What to tell of a store that takes nothing."""
    hint = "make the folder writable, or work on a copy of the queue file elsewhere"
    return EnvironmentFault(f"the store cannot be written: {error.strerror}", where=str(paths.root), hint=hint)


def _waiting(paths: StorePaths) -> list[Path]:
    """Files that `leave` has finished writing, in order."""
    return sorted(path for path in paths.inbox.glob("*.json") if path.name.split("-")[0].isdecimal())


def waiting(paths: StorePaths) -> list[str]:
    """The names of the requests that no runner has taken yet, in order."""
    return [path.stem for path in _waiting(paths)]


def left_at(name: str) -> float:
    """Unix time in seconds at which a request was left, as its name tells."""
    return int(name.split("-", maxsplit=1)[0]) / 1e9


def read(folder: Path, name: str) -> Request:
    """The request of that name. Raises ValueError where the file is none."""
    document = json.loads((folder / f"{name}.json").read_bytes())
    if not isinstance(document, dict) or not isinstance(document.get("verb"), str):
        raise ValueError("not a request")  # noqa: TRY004 - a file's content is a value
    rules = document.pop("rules", 1)
    return Request(name, document.pop("verb"), document, rules if isinstance(rules, int) else 1)


def stamp(paths: StorePaths, name: str, running: Sequence[str]) -> None:
    """Write into a waiting request that it is carried out now: what jobs told until then came before it.

    Which jobs were `running` then, as far as the runner knew, no journal tells: one may have been given out and not
    have begun, or have ended unseen. Raises OSError.
    """
    path = paths.inbox / f"{name}.json"
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        return
    if isinstance(document, dict):
        replace_file(path, json.dumps(document | {"applied": time.time(), "running": list(running)}).encode())


def carried_out_at(folder: Path, name: str) -> float:
    """Unix time in seconds at which a request was carried out, or left, where only that is known."""
    try:
        return float(read(folder, name).arguments["applied"])
    except (ValueError, TypeError, KeyError):
        return left_at(name)


def put_away(paths: StorePaths, name: str, *, refused: bool = False) -> None:
    """Move a request that was dealt with out of the way; kept, so that the database can be rebuilt."""
    folder = paths.refused if refused else paths.applied
    (paths.inbox / f"{name}.json").rename(folder / f"{name}.json")
