"""What each field of a sweep changes by itself: main effects, the largest first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.plan.jobs import JobStatus
from engine.results.figures import FIELDS, settled
from engine.results.metrics import known
from engine.results.sweepmap import SIDES, At, Place, values_of

METHOD = "least squares, additive, each job weighing the same"


@dataclass(frozen=True)
class Level:
    """One value of a field over `n` finished jobs: their plain mean, and by how much the value itself moves a job."""

    value: At
    n: int
    mean: float
    effect: float


@dataclass(frozen=True)
class MainEffect:
    """What a field does. `spread` is the largest effect of its values less the smallest, in the metric's unit."""

    field: str
    levels: tuple[Level, ...]
    spread: float


@dataclass(frozen=True)
class Effects:
    """Main effects on a metric over `n` finished jobs around `mean`, largest spread first.

    `told_apart` is False where fields changed only together in these jobs, so that no effect is one field's alone.
    `lacking` jobs are done and have no such figure: of their configurations no job counts, as these have no mean.
    """

    metric: str
    n: int
    mean: float
    fields: tuple[MainEffect, ...]
    told_apart: bool
    lacking: int = 0


def main_effects(places: Sequence[Place], fields: Sequence[str], metric: str = "test_accuracy") -> Effects | None:
    """Fitted by least squares to figure = mean + one effect a field; the effects of a field's values sum to 0.

    This is the general linear model of an analysis of variance without interactions, coded by effects and solved over
    the jobs, so that a configuration weighs as much as it has jobs (S. R. Searle, Linear Models for Unbalanced Data,
    1987, chapters 4 and 9; D. C. Montgomery, Design and Analysis of Experiments, chapter 5). Where every combination
    has equally many jobs, these are the differences of plain means; where some are missing, the fit still tells an
    additive field's effect from that of the others. What fields do only together it does not tell. None where no job
    is left to be counted. Raises KeyError for no metric.
    """
    figure = FIELDS[metric]
    rows = [(place, place.row) for place in places if place.row is not None and place.row.status is JobStatus.DONE]
    without = [_configuration(place) for place, row in rows if not known(figure(row))]
    out = frozenset(without)
    counted = [(place, row) for place, row in rows if not out or _configuration(place) not in out]
    done = [(place, float(value)) for place, row in counted if (value := figure(row)) is not None]
    if not done:
        return None
    levels = {name: values_of([place for place, _ in done], name) for name in fields}
    at = {
        name: np.array([values.index(place.config.get(name)) for place, _ in done], np.int64)
        for name, values in levels.items()
    }
    results = np.array([value for _, value in done])
    coded = [np.ones((len(done), 1)), *(_sum_coded(at[name], len(levels[name])) for name in fields)]
    design = np.concatenate(coded, axis=1)
    fitted, _, rank, _ = np.linalg.lstsq(design, results, rcond=None)
    found, column = [], 1
    for name in fields:
        count = len(levels[name])
        free = fitted[column : column + count - 1]
        column += count - 1
        found.append(_main_effect(name, levels[name], np.append(free, -free.sum()), at[name], results))
    found.sort(key=lambda effect: -effect.spread)
    mean = settled(float(fitted[0]))
    return Effects(metric, len(done), mean, tuple(found), bool(rank == design.shape[1]), len(without))


def _configuration(place: Place) -> tuple[tuple[str, At], ...]:
    return tuple(place.config.items())


def _sum_coded(places: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """(n, count - 1): a column a level but the last, which is -1 in all of them."""
    return np.concatenate([np.eye(count - 1), -np.ones((1, count - 1))])[places]


def _main_effect(
    name: str,
    values: Sequence[At],
    effects: NDArray[np.float64],
    places: NDArray[np.int64],
    results: NDArray[np.float64],
) -> MainEffect:
    counts = np.bincount(places, minlength=len(values))
    means = np.bincount(places, results, len(values)) / counts
    levels = tuple(
        Level(value, int(n), settled(float(mean)), settled(float(effect)))
        for value, n, mean, effect in zip(values, counts, means, effects, strict=True)
    )
    return MainEffect(name, levels, settled(float(effects.max() - effects.min())))


def drawn_fields(varied: Sequence[str], effects: Effects | None) -> list[str]:
    """Both fields of two; of more, the two that change most, in the order of the sweep."""
    if len(varied) <= SIDES or effects is None:
        return list(varied[:SIDES])
    largest = [effect.field for effect in effects.fields[:SIDES]]
    return [name for name in varied if name in largest]
