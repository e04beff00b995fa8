"""Each repeat's value as a dot on a line, all rows on one scale, so that a column of strips can be read downward."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 8
# Of a braille character the dots of its two columns, from the bottom up.
LEFT, RIGHT = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)
BLANK = 0x2800
# How many values fall together, without braille.
PLAIN = " .:#"


@dataclass(frozen=True)
class Scale:
    """What the two ends of every strip stand for, in the figure's own unit."""

    low: float
    high: float

    def place(self, value: float, places: int) -> int:
        """In which of so many places from left to right a value falls; the middle one where all values are equal."""
        if self.high <= self.low:
            return places // 2
        share = (value - self.low) / (self.high - self.low)
        return min(places - 1, max(0, int(share * places)))


def scale_of(rows: Iterable[Sequence[float | None]]) -> Scale | None:
    """From the smallest to the largest value of all rows; None where there is none."""
    values = [value for row in rows for value in row if value is not None]
    return Scale(min(values), max(values)) if values else None


def strip(values: Sequence[float | None], scale: Scale | None, *, plain: bool = False, width: int = WIDTH) -> str:
    """The values of a row in `width` characters: a dot each, on top of each other where they fall together.

    Up to four dots are stacked, in half a character; `plain` is ASCII, a character a place: `.` one, `:` two, `#` more.
    """
    present = [value for value in values if value is not None]
    if scale is None or not present:
        return ""
    places = width if plain else 2 * width
    counts = [0] * places
    for value in present:
        counts[scale.place(value, places)] += 1
    if plain:
        return "".join(PLAIN[min(count, len(PLAIN) - 1)] for count in counts)
    pairs = zip(counts[::2], counts[1::2], strict=True)
    return "".join(chr(BLANK + sum(LEFT[:left]) + sum(RIGHT[:right])) for left, right in pairs)
