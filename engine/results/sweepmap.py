"""A sweep as a map: two of its fields as a table of means, whatever else was varied averaged or fixed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from engine.errors import UsageError
from engine.plan.jobs import Configuration, Job, JobStatus, Value
from engine.plan.words import did_you_mean
from engine.results.cells import setting
from engine.results.figures import FIELDS, Figure, figure_of
from engine.results.leaderboard import differing
from engine.results.metrics import METRICS
from engine.results.rows import JobRow
from engine.results.states import Latest
from engine.text import brief

# A setting that a job lacks, as one that was trained by another version may, is a value of its own.
At: TypeAlias = Value | None
# How many fields a map has at most; of more, main effects are told.
SIDES = 2
# What tells most of a cell whose jobs stand at several: the first of these that one of them has. None is a job that
# nobody has handed in: like those above it, it comes to nothing unless somebody runs it.
MOST_TELLING: tuple[JobStatus | None, ...] = (
    JobStatus.RUNNING,
    JobStatus.FAILED,
    JobStatus.OUT_OF_MEMORY,
    JobStatus.INTERRUPTED,
    JobStatus.STOPPED,
    JobStatus.WITHDRAWN,
    None,
    JobStatus.QUEUED,
    JobStatus.HELD,
    JobStatus.DONE,
)
NEW = "-"


@dataclass(frozen=True)
class Place:
    """One job of a sweep: what it is, and its row, or None where nobody has handed it in."""

    id: str
    config: Configuration
    row: JobRow | None

    @property
    def is_left(self) -> bool:
        """Whether nothing will come of it unless somebody runs it: it is new, or it ended without a result."""
        return self.row is None or (self.row.status.is_finished() and self.row.status is not JobStatus.DONE)


@dataclass(frozen=True)
class Cell:
    """The jobs with one value of each field. `figure` is the metric over those that are done, in the places' order."""

    places: tuple[Place, ...]
    figure: Figure

    @property
    def n(self) -> int:
        """How many are done."""
        return len(self.figure.values)

    @property
    def states(self) -> Mapping[str, int]:
        """How many jobs stand at each status; `new` counts those that nobody has handed in."""
        return Counter("new" if place.row is None else str(place.row.status) for place in self.places)

    @property
    def status(self) -> JobStatus | None:
        """The one that tells most; None where there is no job, or where that is that one was never handed in."""
        present = {None if place.row is None else place.row.status for place in self.places}
        return next((status for status in MOST_TELLING if status in present), None)

    @property
    def left(self) -> tuple[Place, ...]:
        """What has to be run for the cell to be whole."""
        return tuple(place for place in self.places if place.is_left)


@dataclass(frozen=True)
class SweepMap:
    """`cells[i][j]` holds the jobs with value i of `down` and value j of `across`.

    With one field alone `down` is empty, `down_values` holds one empty text, and there is one line of cells.
    """

    metric: str
    down: str
    across: str
    down_values: tuple[At, ...]
    across_values: tuple[At, ...]
    fixed: Mapping[str, At]
    cells: tuple[tuple[Cell, ...], ...]

    @cached_property
    def extent(self) -> tuple[float, float] | None:
        """The least and the largest mean; None where there is none."""
        means = [cell.figure.mean for line in self.cells for cell in line if cell.figure.mean is not None]
        return (min(means), max(means)) if means else None

    def heat(self, cell: Cell) -> float | None:
        """How good a cell is among the others, from 0, the worst mean, to 1, the best; None where it has no mean."""
        mean, extent = cell.figure.mean, self.extent
        if mean is None or extent is None:
            return None
        low, high = extent
        part = (mean - low) / (high - low) if high > low else 1.0
        return part if METRICS[self.metric].higher_is_better or high == low else 1.0 - part

    def is_best(self, cell: Cell) -> bool:
        """Whether no other cell has a better mean; of cells that are all equal none is the best."""
        return self.heat(cell) == 1.0 and self.extent is not None and self.extent[0] < self.extent[1]

    @property
    def lacking(self) -> int:
        """How many jobs are done and have no such figure; where one is, there is no mean."""
        return sum(value is None for line in self.cells for cell in line for value in cell.figure.values)


def places_of(rows: Iterable[JobRow], wanted: Iterable[Job] = ()) -> list[Place]:
    """Every job of a sweep once: those that the queue file yields, in its order, then what only the store has.

    Of a data set or code that changed, only the jobs of one state: see `results.states.Latest`.
    """
    rows, wanted = list(rows), list(wanted)
    latest = Latest(rows, {job.id for job in wanted})
    known = {row.id: row for row in rows if latest.has(row)}
    places = {job.id: Place(job.id, job.config, known.get(job.id)) for job in wanted if latest.allows(job)}
    places |= {row.id: Place(row.id, row.config, row) for row in known.values() if row.id not in places}
    return list(places.values())


def swept(places: Sequence[Place], named: Iterable[str] = ()) -> tuple[str, ...]:
    """The settings in which the jobs are not all alike: those `named` first, then in the order of the settings."""
    found = differing(list({id(place.config): place.config for place in places}.values()))
    return (*(lead := [name for name in named if name in found]), *(name for name in found if name not in lead))


def values_of(places: Iterable[Place], field: str) -> tuple[At, ...]:
    """The values of a setting: numbers ascending, whatever else in the order in which it comes first; last, None."""
    found = dict.fromkeys(place.config.get(field) for place in places)
    lacking = (None,) if None in found else ()
    told = [value for value in found if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in told):
        told.sort()
    return (*told, *lacking)


def fixed_at(places: Sequence[Place], field: str, text: str) -> At:
    """The value of a setting that a person means by `text`. Raises UsageError where no job has it."""
    values = values_of(places, field) if any(field in place.config for place in places) else ()
    for value in values:
        if at_text(value) == text.strip() or _same_number(value, text):
            return value
    allowed = ", ".join(map(at_text, values)) or "nothing: no job has such a setting"
    raise UsageError(f"no job has {field}={brief(text)}", hint=f"allowed: {allowed}")


def at_text(value: At) -> str:
    """A value as the queue file has it; `unset` where a job lacks the setting."""
    return "unset" if value is None else setting(value)


def with_values(places: Iterable[Place], fixed: Mapping[str, At]) -> list[Place]:
    """The jobs that have these values."""
    return [place for place in places if all(place.config.get(name) == value for name, value in fixed.items())]


def _same_number(value: At, text: str) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and float(text) == value
    except ValueError:
        return False


def sweep_map(
    places: Sequence[Place],
    fields: Sequence[str],
    fixed: Mapping[str, At] | None = None,
    metric: str = "test_accuracy",
) -> SweepMap:
    """The map of one field, or of two: the first goes down, the second across.

    Only jobs with the values of `fixed` count; over all other fields the mean is taken. Raises UsageError for a field
    that is no setting of these jobs, KeyError for no metric.
    """
    fixed = dict(fixed or {})
    configs = {id(place.config): place.config for place in places}.values()
    known = tuple(dict.fromkeys(name for config in configs for name in config))
    for name in (*fields, *fixed):
        if name not in known:
            meant = did_you_mean(name, known)
            hint = f"did you mean {meant}?" if meant else "allowed: " + ", ".join(swept(places))
            raise UsageError(f"there is no field {brief(name)}", hint=hint)
    counted = with_values(places, fixed)
    across = fields[-1]
    down = fields[0] if len(fields) > 1 else ""
    sides: tuple[At, ...] = values_of(counted, down) if down else ("",)
    heads = values_of(counted, across)
    groups: dict[tuple[At, At], list[Place]] = {}
    for place in counted:
        groups.setdefault((place.config.get(down) if down else "", place.config.get(across)), []).append(place)
    cells = tuple(tuple(_cell(groups.get((side, head), ()), metric) for head in heads) for side in sides)
    return SweepMap(metric, down, across, sides, heads, fixed, cells)


def _cell(places: Sequence[Place], metric: str) -> Cell:
    done = [place.row for place in places if place.row is not None and place.row.status is JobStatus.DONE]
    values = [FIELDS[metric](row) for row in done]
    return Cell(tuple(places), figure_of(values) if values else Figure(None, None, ()))
