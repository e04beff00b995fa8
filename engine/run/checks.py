"""What a look at something found: how `engine doctor` tells it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is. A warning changes nothing today; with a fault something here cannot work, or is damaged."""

    WELL = "well"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, what was found, how that is, and what to do where it is not well."""

    name: str
    told: str
    state: State = State.WELL
    remedy: str = ""
