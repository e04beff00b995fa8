"""Which cells of a line have changed: what is painted anew is what a slow connection has to carry."""

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip


def changed(before: Strip, after: Strip, y: int) -> Region | None:
    """From the first to the last column in which two lines differ, as a region of line `y`; None where they do not."""
    if before == after:
        return None
    old, new = _columns(before), _columns(after)
    if len(old) != len(new):
        return Region(0, y, max(before.cell_length, after.cell_length), 1)
    places = [place for place, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    return Region(places[0], y, places[-1] - places[0] + 1, 1) if places else None


def _columns(strip: Strip) -> list[tuple[str, Style | None]]:
    """What stands in each column; a wide character stands in its first, and nothing in its second."""
    columns: list[tuple[str, Style | None]] = []
    for segment in strip:
        if segment.text.isascii() or cell_len(segment.text) == len(segment.text):
            columns += [(char, segment.style) for char in segment.text]
            continue
        for char in segment.text:
            size = cell_len(char)
            if size == 0 and columns:
                columns[-1] = (columns[-1][0] + char, segment.style)
            else:
                columns += [(char, segment.style), *[("", segment.style)] * (size - 1)]
    return columns
