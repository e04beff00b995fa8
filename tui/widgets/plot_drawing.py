"""A chart drawn by plotext into a grid of characters and colours; what plotext cannot place is put on top here."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import plotext

from tui.widgets.plot_axes import (
    LEAST,
    Bounds,
    Point,
    clock,
    clock_ticks,
    count_ticks,
    drawable,
    log_ticks,
    thinned,
    tick_labels,
    ticks,
)

Grid: TypeAlias = list[list[tuple[str, str]]]

PAINT = re.compile(r"\x1b\[([0-9;]*)m")
FRAME = str.maketrans({"│": "|", "┤": "|", "─": "-", "┬": "+", "└": "+"})
SMALLEST = (12, 4)


@dataclass(frozen=True)
class Line:
    """Points joined from left to right, broken where a value is None; `label` is one letter at its end.

    `colour` is `#rrggbb`; `context` is drawn as dots, below all that is not.
    """

    points: tuple[Point, ...]
    colour: str
    label: str = ""
    context: bool = False


@dataclass(frozen=True)
class Band:
    """The room between two curves over the same x."""

    points: tuple[tuple[float, float, float], ...]
    colour: str


@dataclass(frozen=True)
class Mark:
    """One character at a point; without a `y`, a line from top to bottom."""

    x: float
    y: float | None
    char: str
    ascii: str
    colour: str


@dataclass(frozen=True)
class Chart:
    """What a panel shows. `y` are bounds in the units of the points, or with `log` exponents of ten.

    `clock` says that x counts seconds. `note` says what is not drawn, `empty` why nothing is.
    """

    title: str
    x: Bounds
    y: Bounds
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    marks: tuple[Mark, ...] = ()
    log: bool = False
    clock: bool = False
    note: str = ""
    empty: str = ""


@dataclass
class Drawing:
    """A chart as it stands on the screen; colours are `#rrggbb`, or empty for the frame."""

    grid: Grid
    left: int
    width: int
    height: int
    chart: Chart
    top: int = field(default=1)

    def column(self, x: float) -> int | None:
        """The column of the grid that `x` stands in, None outside."""
        low, high = self.chart.x
        if not high > low or not low <= x <= high:
            return None
        return self.left + int((x - low) / (high - low) * (self.width - 1) + 0.5)

    def row(self, y: float) -> int | None:
        """The line of the grid that `y` stands in, None outside."""
        place = scaled(y, self.chart.log)
        low, high = self.chart.y
        if place is None or not low <= place <= high:
            return None
        return self.top + self.height - 1 - int((place - low) / (high - low) * (self.height - 1) + 0.5)


def scaled(value: float | None, log: bool) -> float | None:
    """A value as the axis has it; None where it has none."""
    if value is None or not drawable(value):
        return None
    if not log:
        return value
    return math.log10(value) if value > LEAST else None


def drawing(chart: Chart, width: int, height: int, *, ascii: bool = False) -> Drawing | None:  # noqa: A002
    """The chart in `width` x `height` characters, its title in the first line; None where that is too small."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return None
    rows = height - 3
    most = max(2, min(6, rows // 2 + 1))
    places = log_ticks(chart.y, most) if chart.log else ticks(chart.y, most)
    labels = tick_labels(places, chart.log)
    gutter = max(map(len, labels))
    canvas = width - gutter - 1
    x_places = (clock_ticks if chart.clock else count_ticks)(chart.x, max(2, canvas // 8))
    x_labels = [clock(place) if chart.clock else f"{place:.0f}" for place in x_places]
    plotext.terminal.limit(False, False)  # or it clamps to the terminal
    figure: Any = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.canvas("default")
    figure.plot_size(width, height - 1)
    figure.legend(False)
    figure.axes(False, axis=0, side=1)
    figure.axes(False, axis=1, side=1)
    figure.ruler(0, 0).lim(*chart.x)
    figure.ruler(0, 0).ticks(x_places, x_labels)
    figure.ruler(1, 0).lim(*chart.y)
    figure.ruler(1, 0).ticks(places, [label.rjust(gutter) for label in labels])
    for band in chart.bands:
        _draw_band(figure, band, chart, canvas, ascii)
    for line in sorted(chart.lines, key=lambda line: not line.context):
        _draw_line(figure, line, chart, canvas, ascii)
    text = str(figure.build().string()).rstrip("\n")
    grid = [_cells(line, width, ascii) for line in text.split("\n")[: height - 1]]
    head = [(char, "") for char in chart.title[:width].ljust(width)]
    drawn = Drawing([head, *grid], gutter + 1, canvas, rows, chart)
    _put_marks(drawn, ascii)
    _put_labels(drawn)
    row = drawn.grid[drawn.top + drawn.height // 2]
    for place, char in enumerate(chart.empty[: canvas - 2], start=drawn.left + 1):
        row[place] = (char, "")
    return drawn


def _draw_band(figure: Any, band: Band, chart: Chart, columns: int, ascii: bool) -> None:  # noqa: A002
    points = band.points[:: max(1, len(band.points) // columns)]
    both = [(x, scaled(low, chart.log), scaled(high, chart.log)) for x, low, high in points]
    held = [(x, low, high) for x, low, high in both if low is not None and high is not None]
    if len(held) < 2:
        return
    marker = plotext.marker(":" if ascii else "░", _pixel(band.colour))
    xs = [x for x, _, _ in held]
    upper = figure.signal(xs, [high for _, _, high in held], marker=marker).lines(True)
    upper.fill(figure.signal(xs, [low for _, low, _ in held], marker=marker))
    figure.draw(upper)


def _draw_line(figure: Any, line: Line, chart: Chart, columns: int, ascii: bool) -> None:  # noqa: A002
    points = thinned([(x, scaled(y, chart.log)) for x, y in line.points], chart.x, columns)
    symbols = (".", "*") if ascii else ("·", "braille")
    symbol = symbols[0] if line.context else symbols[1]
    marker = plotext.marker(symbol, _pixel(line.colour))
    for piece in _pieces(points):
        xs, ys = [x for x, _ in piece], [y for _, y in piece]
        figure.draw(figure.signal(xs, ys, marker=marker).lines(len(piece) > 1))


def _pieces(points: Sequence[Point]) -> list[list[tuple[float, float]]]:
    """The runs between gaps."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            pieces.append([])
        else:
            pieces[-1].append((x, y))
    return [piece for piece in pieces if piece]


def _pixel(colour: str) -> Any:
    return plotext.pixel(foreground=tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


def _cells(line: str, width: int, ascii: bool) -> list[tuple[str, str]]:  # noqa: A002
    """A line of plotext's as characters with their colours; the only codes in it are those of `_pixel`, and resets."""
    cells: list[tuple[str, str]] = []
    colour = ""
    for place, part in enumerate(PAINT.split(line)):
        if place % 2:
            codes = part.split(";")
            colour = "#{:02x}{:02x}{:02x}".format(*map(int, codes[2:5])) if codes[:2] == ["38", "2"] else ""
        else:
            cells += [(char, colour) for char in (part.translate(FRAME) if ascii else part)]
    return (cells + [(" ", "")] * width)[:width]


def _put_marks(drawn: Drawing, ascii: bool) -> None:  # noqa: A002
    for mark in drawn.chart.marks:
        column = drawn.column(mark.x)
        char = mark.ascii if ascii else mark.char
        if column is None:
            continue
        if mark.y is None:
            for row in range(drawn.top, drawn.top + drawn.height):
                if drawn.grid[row][column][0] == " ":
                    drawn.grid[row][column] = (char, mark.colour)
        elif (row_at := drawn.row(mark.y)) is not None:
            drawn.grid[row_at][column] = (char, mark.colour)


def _put_labels(drawn: Drawing) -> None:
    """The letter of each line beside its end, so that the last point stays in sight; side by side where lines meet."""
    taken: set[tuple[int, int]] = set()
    last = drawn.left + drawn.width - 1
    for line in drawn.chart.lines:
        ends = [(x, y) for x, y in line.points if scaled(y, drawn.chart.log) is not None]
        if not line.label or not ends:
            continue
        x, y = ends[-1]
        column, row = drawn.column(x), drawn.row(y) if y is not None else None
        if column is None or row is None:
            continue
        beside = [*range(min(column + 1, last), last + 1), *range(min(column, last - 1), drawn.left - 1, -1)]
        place = next((at for at in beside if (row, at) not in taken), None)
        if place is not None:
            taken.add((row, place))
            drawn.grid[row][place] = (line.label, line.colour)
