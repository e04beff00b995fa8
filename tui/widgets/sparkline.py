"""A curve in one line of a list."""

import math
from collections.abc import Sequence

LEVELS = "▁▂▃▄▅▆▇█"
ASCII_LEVELS = "_.-=^"
GAP = "!"


def sparkline(values: Sequence[float | None], width: int, *, ascii: bool = False) -> str:  # noqa: A002
    """`values` in at most `width` characters, lowest to highest; `!` where a value is no finite number.

    Longer curves are read at even distances, the last value always among them.
    """
    levels = ASCII_LEVELS if ascii else LEVELS
    if not values or width < 1:
        return ""
    count = min(width, len(values))
    chosen = [values[(place + 1) * len(values) // count - 1] for place in range(count)]
    finite = [value for value in chosen if value is not None and math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return "".join(_level(value, low, high, levels) for value in chosen)


def _level(value: float | None, low: float, high: float, levels: str) -> str:
    if value is None or not math.isfinite(value):
        return GAP
    part = (value - low) / (high - low) if high > low and math.isfinite(high - low) else 0.5
    return levels[min(len(levels) - 1, int(part * len(levels)))]
