"""From epochs to points: what a curve is before it is drawn."""

from collections.abc import Sequence
from itertools import accumulate

from engine.results.rows import EpochRow
from tui.widgets.plot_axes import Point, drawable

# How much of the last value is kept, by level.
SMOOTHING = (0.0, 0.3, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98)


def points(history: Sequence[EpochRow], metric: str, seconds: bool = False) -> list[Point]:
    """A metric over epochs, or over the seconds that they took together; None where it is no finite number.

    A metric that no epoch has gives no points at all.
    """
    if not any(metric in row.metrics for row in history):
        return []
    values = (row.metrics.get(metric) for row in history)
    finite = [value if drawable(value) else None for value in values]
    if seconds:
        return list(zip(accumulate(row.seconds for row in history), finite, strict=True))
    return [(float(row.epoch), value) for row, value in zip(history, finite, strict=True)]


def smoothed(curve: Sequence[Point], level: int) -> list[Point]:
    """An exponential mean of the values, not biased towards the first one; gaps stay gaps. Level 0 changes nothing."""
    keep = SMOOTHING[max(0, min(level, len(SMOOTHING) - 1))]
    if keep == 0:
        return list(curve)
    made: list[Point] = []
    mean, weight = 0.0, 0.0
    for x, y in curve:
        if y is None:
            made.append((x, None))
            continue
        mean, weight = keep * mean + (1 - keep) * y, keep * weight + (1 - keep)
        made.append((x, mean / weight))
    return made


def spread(curves: Sequence[Sequence[Point]]) -> tuple[list[Point], list[tuple[float, float, float]]]:
    """The mean of several curves, epoch by epoch, and from their lowest to their highest value.

    Curves may end early: the mean is of those that go on. Where one of them is no number there is no mean, since that
    of the others would flatter, and no band. In seconds, x is the mean of theirs.
    """
    if len(curves) == 1:
        return list(curves[0]), [(x, y, y) for x, y in curves[0] if y is not None]
    mean: list[Point] = []
    band: list[tuple[float, float, float]] = []
    for place in range(max(map(len, curves), default=0)):
        here = [curve[place] for curve in curves if place < len(curve)]
        x = sum(x for x, _ in here) / len(here)
        values = [y for _, y in here if y is not None]
        if len(values) < len(here):
            mean.append((x, None))
            continue
        # Divided first: the sum of finite numbers may be infinite.
        mean.append((x, sum(value / len(values) for value in values)))
        band.append((x, min(values), max(values)))
    return mean, band


def gaps(history: Sequence[EpochRow], metrics: Sequence[str]) -> int:
    """How many epochs have something that is no finite number among these metrics."""
    return sum(any(name in row.metrics and not drawable(row.metrics[name]) for name in metrics) for row in history)


def at_epoch(history: Sequence[EpochRow], x: float, seconds: bool = False) -> EpochRow | None:
    """The epoch nearest to a place on the axis."""
    if not history:
        return None
    places = list(accumulate(row.seconds for row in history)) if seconds else [float(row.epoch) for row in history]
    nearest = min(range(len(history)), key=lambda place: abs(places[place] - x))
    return history[nearest]


def place_of(history: Sequence[EpochRow], epoch: int, seconds: bool = False) -> float | None:
    """Where an epoch stands on the axis."""
    total = 0.0
    for row in history:
        total += row.seconds
        if row.epoch == epoch:
            return total if seconds else float(epoch)
    return None
