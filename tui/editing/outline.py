"""A queue file at a glance, read by tomllib alone: what a first paint shows while the settings are still loading."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Entry:
    """An experiment by its name, whether it is on, and how many configurations and repeats it has."""

    name: str
    enabled: bool
    configurations: int
    repeats: int
    given: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Its table as it is written."""
    defaults: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What the file gives to all of them."""

    @property
    def size(self) -> str:
        """`6x3`."""
        return f"{self.configurations}x{self.repeats}"


def outline(data: bytes | None) -> tuple[Entry, ...]:
    """The experiments of a file; none where it cannot be read, which the parser of the file then says better."""
    try:
        document: dict[str, Any] = tomllib.loads((data or b"").decode("utf-8-sig"))
        defaults = document.get("defaults", {})
        return tuple(_entry(table, defaults) for table in document.get("experiment", []))
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError):
        return ()


def _entry(table: dict[str, Any], defaults: dict[str, Any]) -> Entry:
    configurations = math.prod(len(values) for values in table.get("sweep", {}).values())
    repeats = int(table.get("repeats", defaults.get("repeats", 1)))
    return Entry(str(table["name"]), table.get("enabled") is not False, configurations, repeats, table, defaults)
