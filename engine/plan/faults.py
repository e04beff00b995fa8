"""From what pydantic found to what a person is told: message, file:line, key, what is allowed, did-you-mean."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from engine.errors import Fault
from engine.plan.experiment import allowed
from engine.plan.toml_layout import Path
from engine.plan.words import did_you_mean, shown

FEW = 12
# To guess takes a millisecond, and a file may hold 100,000 names that nobody knows.
GUESSES = 100
# Nobody reads on, and to tell of half a million would take a minute.
MOST = 1000


@dataclass
class Findings:
    """Collects faults and warnings of one file, each at the line of its key."""

    file: str
    lines: Mapping[Path, int]
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    guessed: int = 0
    found: int = 0

    def line(self, path: Path) -> int | None:
        """The line of a key, or of the nearest table around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path)

    def tell(self, fault: Fault) -> None:
        """One more fault; beyond MOST they are only counted."""
        self.found += 1
        if not self.full:
            self.faults.append(fault)

    @property
    def full(self) -> bool:
        """Whether it has told as much as anybody will read; what more there is, it leaves out."""
        return len(self.faults) >= MOST

    def fault(self, message: str, path: Path, key: str, allow: str = "") -> None:
        """Something that keeps the file from being used."""
        self.tell(Fault(message, self.file, self.line(path), key, f"allowed: {allow}" if allow else ""))

    def warn(self, message: str, path: Path, key: str) -> None:
        """Something that keeps nothing from being trained, but should be known."""
        if len(self.warnings) < MOST:
            self.warnings.append(Fault(message, self.file, self.line(path), key))

    def unknown(self, name: str, names: Iterable[str], path: Path, label: str) -> None:
        """A key that nothing reads, with the name that was probably meant."""
        self.guessed += 1
        meant = did_you_mean(name, names) if self.guessed <= GUESSES else ""
        known = list(names)
        every = "`engine schema` lists every setting" if len(known) > FEW else "allowed: " + ", ".join(known)
        hint = f"did you mean {meant}?" if meant else every
        message = f"there is nothing called {shown(name)} here"
        self.tell(Fault(message, self.file, self.line(path), label, hint))

    def collect(self, error: ValidationError, models: Mapping[str, type[BaseModel]], path: Path, prefix: str) -> None:
        """Every fault in a validated table; `models` names the model that each key belongs to."""
        for item in error.errors(include_url=False)[:MOST]:
            where = tuple(part for part in item["loc"] if part in models or isinstance(part, int))
            name = str(item["loc"][0])
            label = prefix + name + "".join(f"[{part}]" for part in where[1:])
            if item["type"] == "missing":
                self.fault(f"{name} is missing", path, label, allowed(models[name], name))
            else:
                self.fault(_what(item["type"], item["input"]), (*path, *where), label, allowed(models[name], name))

    def value(self, error: ValidationError, model: type[BaseModel], name: str, path: Path, label: str) -> None:
        """The fault in one value of a sweep."""
        item = error.errors(include_url=False)[0]
        self.fault(_what(item["type"], item["input"]), path, label, allowed(model, name))


def _what(kind: str, value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"{shown(value)} is not a number that can be trained with"
    if kind in ("less_than", "less_than_equal", "greater_than", "greater_than_equal"):
        return f"{shown(value)} is out of range"
    if kind == "blank":
        return "it is blank"
    if kind in ("string_too_long", "too_long"):
        told = f"text of {len(value):,} characters" if isinstance(value, str) else f"a list of {len(value):,}"
        return f"{told} is too long"
    return f"{shown(value)} is not allowed here"
