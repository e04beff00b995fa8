"""What an experiment says and which jobs it names, without the model of the settings, which takes long to load."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from engine.plan.jobs import Job, Value


@dataclass(frozen=True)
class Plan:
    """An experiment: every setting, what it gives and sweeps itself, and what of it is without effect, with why."""

    values: Mapping[str, Value]
    given: Mapping[str, Value]
    sweep: Mapping[str, tuple[Value, ...]]
    idle: Mapping[str, str]
    defaults: tuple[str, ...] = ()
    """The settings that the file gives to every experiment."""
    repeats: int = 1
    tags: tuple[str, ...] = ()
    notes: str = ""
    requires_gpu: bool = False

    @property
    def count(self) -> int:
        """How many jobs it names."""
        return prod(len(values) for values in self.sweep.values()) * self.repeats


@dataclass(frozen=True)
class Slot:
    """One job that an experiment names: the swept values that lead to it, its repeat, the job."""

    values: Mapping[str, Value]
    repeat: int
    job: Job
    known: bool
    """Whether the job's id is the store's; without the hash of a data path or of code it is not."""
