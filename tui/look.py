"""How a status, a figure and a course of figures look: a glyph and a colour, never a colour alone."""

from collections.abc import Sequence
from math import isfinite
from typing import TypeVar

from engine.plan.jobs import JobStatus

T = TypeVar("T")

ROUND = {
    JobStatus.QUEUED: "○",
    JobStatus.HELD: "◌",
    JobStatus.RUNNING: "◐",
    JobStatus.DONE: "●",
    JobStatus.FAILED: "⊗",
    JobStatus.STOPPED: "⊖",
    JobStatus.INTERRUPTED: "⊘",
    JobStatus.OUT_OF_MEMORY: "⊛",
    JobStatus.WITHDRAWN: "×",
}
# Names of theme colours (see `App.theme_variables`), so that light and dark are each readable.
COLOURS = {
    JobStatus.QUEUED: "foreground",
    JobStatus.HELD: "foreground",
    JobStatus.RUNNING: "primary",
    JobStatus.DONE: "success",
    JobStatus.FAILED: "error",
    JobStatus.STOPPED: "warning",
    JobStatus.INTERRUPTED: "warning",
    JobStatus.OUT_OF_MEMORY: "error",
    JobStatus.WITHDRAWN: "foreground",
}
BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.-:=+*#"


def glyph(status: JobStatus, *, ascii_only: bool = False) -> str:
    """One character for a status."""
    return status.glyph if ascii_only else ROUND[status]


def word(status: JobStatus) -> str:
    """A status as it is said: `out of memory`."""
    return str(status).replace("_", " ")


def thinned(values: Sequence[T], width: int) -> Sequence[T]:
    """At most `width` of the values, evenly spread and the last among them."""
    if not len(values) > width > 0:
        return values
    step = len(values) / width
    return [values[min(len(values) - 1, int((place + 1) * step) - 1)] for place in range(width)]


def sparkline(values: Sequence[float | None], width: int, *, ascii_only: bool = False) -> str:
    """The course of `values` in at most `width` characters, the lowest as the lowest bar; absent ones are blanks."""
    values = thinned(values, width)
    known = [value for value in values if value is not None and isfinite(value)]
    if not known:
        return ""
    low, high = min(known), max(known)
    bars = ASCII_BARS if ascii_only else BARS
    top = len(bars) - 1

    def bar(value: float | None) -> str:
        if value is None or not low <= value <= high:
            return " "
        return bars[round((value - low) / (high - low) * top)] if high > low else bars[top // 2]

    return "".join(bar(value) for value in values)


def accuracy(fraction: float | None) -> str:
    """`0.9957`; nothing where there is no number."""
    return "" if fraction is None or not isfinite(fraction) else f"{fraction:.4f}"


def clock(seconds: float) -> str:
    """`0:42`, `12:40`, `3:05:00`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
