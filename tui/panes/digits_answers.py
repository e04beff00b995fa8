"""What the Digits tab may ask about the answers of jobs beside their mistakes, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.results.rows import JobRow

if TYPE_CHECKING:
    from engine.results.churn import Churn
    from engine.results.looking import Errors


@dataclass(frozen=True)
class Sample:
    """A test sample: its picture, (height, width, channels), None where no job left one; the words below it; its place
    in the test set.
    """

    image: Any
    words: tuple[str, ...]
    index: int = -1


@dataclass(frozen=True)
class Side:
    """One of two that are compared: what it is called, and its jobs."""

    name: str
    rows: tuple[JobRow, ...]


# questions


@dataclass(frozen=True)
class ErrorsOf:
    """How does a job fare class by class, and what is its confidence worth?"""

    row: JobRow


@dataclass(frozen=True)
class ChurnOf:
    """What has A right and B wrong, and the other way round?"""

    a: Side
    b: Side


@dataclass(frozen=True)
class MissedOf:
    """What do most of these jobs, all of one data set, get wrong? `scope` says whose they are."""

    scope: str
    rows: tuple[JobRow, ...]

    @property
    def count(self) -> int:
        """How many jobs that is."""
        return len(self.rows)


Question: TypeAlias = ErrorsOf | ChurnOf | MissedOf


# answers


@dataclass(frozen=True)
class ErrorsFound:
    """Of one job; `surest` are its most confident mistakes, the surest first."""

    errors: "Errors"
    surest: Sequence[Sample]


@dataclass(frozen=True)
class ChurnFound:
    """`mended` A has right and B wrong, `broken` the other way round; the most confident answers first."""

    names: tuple[str, str]
    churn: "Churn"
    mended: Sequence[Sample]
    broken: Sequence[Sample]


@dataclass(frozen=True)
class MissedFound:
    """The hardest first; `told` are lines about all of them."""

    told: tuple[str, ...]
    samples: Sequence[Sample]


Found: TypeAlias = ErrorsFound | ChurnFound | MissedFound


@dataclass(frozen=True)
class Answer:
    """To a question: what was found, or why nothing was."""

    question: Question
    found: Found | None
    problem: str = ""
