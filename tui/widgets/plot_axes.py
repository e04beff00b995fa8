"""The arithmetic of axes: round bounds, round ticks, and no more points than a panel can show."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

Point: TypeAlias = tuple[float, float | None]
Bounds: TypeAlias = tuple[float, float]

DECADE = 10.0
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MINUTE_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


# Beyond them the differences and quotients that drawing takes are no longer numbers.
LARGEST, LEAST = 1e100, 1e-100


def drawable(value: float | None) -> bool:
    """Whether a value has a place on an axis."""
    return value is not None and abs(value) <= LARGEST


def finite(values: Iterable[float | None]) -> list[float]:
    """Those that have a place on an axis."""
    return [value for value in values if value is not None and abs(value) <= LARGEST]


def round_step(size: float) -> float:
    """The smallest of 1, 2, 2.5, 5, 10 times a power of ten that is no smaller than `size`, which is above 0."""
    power = 10.0 ** math.floor(math.log10(size))
    return next((step * power for step in STEPS if step * power >= size * (1 - 1e-9)), 10 * power)


def snapped(values: Iterable[float | None], log: bool = False) -> Bounds:
    """Round bounds that hold all `values`, so that one more point seldom moves the axis.

    With `log` they are exponents of ten, whole or half decades where there is more than one; values that have none are
    left out.
    """
    known = finite(values)
    if log:
        known = [value for value in known if value > LEAST]
        if not known:
            return (-1.0, 0.0)
        low, high = snapped(known)
        if low > 0 and high / low < DECADE:
            return (math.log10(low), math.log10(high))
        low, high = math.floor(math.log10(min(known)) * 2) / 2, math.ceil(math.log10(max(known)) * 2) / 2
        return (low, high) if high > low else (low - 0.5, high + 0.5)
    if not known:
        return (0.0, 1.0)
    low, high = min(known), max(known)
    size = max(abs(high), abs(low))
    if not high - low > max(size * 1e-9, LEAST):
        around = size * 0.05 if size > LEAST * 1e9 else 0.5
        low, high = low - around, high + around
    step = round_step((high - low) / 4)
    bottom, top = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    # Rounding may leave a value outside by the last bit.
    return (min(bottom, low), max(top, high))


def ticks(bounds: Bounds, most: int) -> list[float]:
    """Round places within `bounds`, at most `most` of them (at least two are allowed for)."""
    low, high = bounds
    if not high > low:
        return [low]
    step = round_step((high - low) / max(1, most - 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [place * step for place in range(first, last + 1)][: max(2, most)] or [low]


def log_ticks(bounds: Bounds, most: int) -> list[float]:
    """Exponents of 1, 2 and 5 times powers of ten within `bounds`, or of round numbers within less than a decade."""
    low, high = bounds
    if high - low < math.log10(DECADE):
        return [math.log10(place) for place in ticks((10**low, 10**high), most) if place > 0] or [low]
    for mantissas in ((1, 2, 5), (1, 3), (1,)):
        places = [
            decade + math.log10(mantissa)
            for decade in range(math.floor(low), math.ceil(high) + 1)
            for mantissa in mantissas
        ]
        held = [place for place in places if low - 1e-9 <= place <= high + 1e-9]
        if len(held) <= most:
            break
    every = max(1, -(-len(held) // max(1, most)))
    return held[::every] or [low]


def count_ticks(bounds: Bounds, most: int) -> list[float]:
    """Whole numbers from the first to the last, both among them."""
    low, high = math.ceil(bounds[0]), math.floor(bounds[1])
    if high <= low:
        return [float(low)]
    step = max(1, math.ceil(round_step((high - low) / max(1, most - 1))))
    inner = [place for place in range(step, high, step) if low + step / 2 < place < high - step / 2]
    return [float(place) for place in (low, *inner, high)]


def clock_ticks(bounds: Bounds, most: int) -> list[float]:
    """Seconds, at steps that a clock has."""
    low, high = bounds
    wanted = (high - low) / max(1, most - 1)
    step = next((step for step in MINUTE_STEPS if step >= wanted), MINUTE_STEPS[-1] * math.ceil(wanted / 86400))
    return [float(place) for place in range(math.ceil(low / step) * step, math.floor(high) + 1, step)]


def clock(seconds: float) -> str:
    """`0:42`, `3:05:00`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def tick_labels(places: Sequence[float], log: bool = False) -> list[str]:
    """The places in as few decimals as tell them apart, all alike; with `log`, what they are exponents of."""
    if log:
        spans = places[-1] - places[0] if places else 0.0
        if spans < math.log10(DECADE):
            return tick_labels([10**place for place in places])
        return [f"{10**place:.1g}" for place in places]
    step = min((b - a for a, b in pairwise(places)), default=abs(places[0]) if places else 1.0)
    largest = max((abs(place) for place in places), default=0.0)
    if step <= 0 or largest >= 1e5 or 0 < largest < 1e-3:
        return [f"{place:.2g}" for place in places]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    decimals += abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6
    return [f"{place + 0.0:.{decimals}f}" for place in places]


def thinned(points: Sequence[Point], bounds: Bounds, columns: int) -> list[Point]:
    """At most two points a column and gap: the lowest and the highest, in their order. What is few stays as it is.

    Gaps (None, NaN, infinite) stay gaps: a run of them is one point whose value is None.
    """
    low, high = bounds
    if len(points) <= 2 * columns or columns < 1 or not high > low:
        return _gaps_joined(points)
    kept: list[Point] = []
    column, bucket = -1, list[Point]()
    for x, y in _gaps_joined(points):
        place = int((x - low) / (high - low) * columns)
        if y is None or place != column:
            kept += _extremes(bucket)
            bucket, column = [], place
        if y is None:
            # Two gaps within a column cannot be told apart.
            if not kept or kept[-1][1] is not None:
                kept.append((x, None))
            continue
        bucket.append((x, y))
    return kept + _extremes(bucket)


def _gaps_joined(points: Sequence[Point]) -> list[Point]:
    joined: list[Point] = []
    for x, y in points:
        value = y if drawable(y) else None
        if value is None and joined and joined[-1][1] is None:
            continue
        joined.append((x, value))
    return joined


def _extremes(bucket: list[Point]) -> list[Point]:
    if len(bucket) < 3:
        return bucket
    low, high = min(bucket, key=_value), max(bucket, key=_value)
    return [low] if low == high else sorted((low, high))


def _value(point: Point) -> float:
    return point[1] or 0.0
