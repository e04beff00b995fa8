"""Numbers as a column shows them."""

import math

# As `%` takes them, in half the time of a format that is put together for each cell.
SHAPES = tuple(f"%.{decimals}f" for decimals in range(10))


def number(value: float | None, decimals: int) -> str:
    """Fixed decimals, so that a column can be read downward; empty for None, NaN and infinity."""
    return SHAPES[decimals] % value if value is not None and math.isfinite(value) else ""


def probability(value: float | None) -> str:
    """A p value in three digits, however small; empty for None."""
    return "" if value is None else f"{value:.3g}"
