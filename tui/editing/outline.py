"""A queue file at a glance, read by tomllib alone: what a first paint shows while the settings are still loading."""

import math
import tomllib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """An experiment by its name, whether it is on, and how many configurations and repeats it has."""

    name: str
    enabled: bool
    configurations: int
    repeats: int

    @property
    def size(self) -> str:
        """`6x3`."""
        return f"{self.configurations}x{self.repeats}"


def outline(data: bytes | None) -> tuple[Entry, ...]:
    """The experiments of a file; none where it cannot be read, which the parser of the file then says better."""
    try:
        document: dict[str, Any] = tomllib.loads((data or b"").decode("utf-8-sig"))
        shared = document.get("defaults", {}).get("repeats", 1)
        return tuple(_entry(table, shared) for table in document.get("experiment", []))
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError):
        return ()


def _entry(table: dict[str, Any], repeats: int) -> Entry:
    configurations = math.prod(len(values) for values in table.get("sweep", {}).values())
    return Entry(
        str(table["name"]), table.get("enabled") is not False, configurations, int(table.get("repeats", repeats))
    )
