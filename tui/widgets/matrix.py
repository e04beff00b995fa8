"""A table of counts of which one cell, row or column can be chosen: rows are what is, columns what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

# The head of rows and columns stands for all of them.
ALL = "all"


class Sums:
    """Counts with the sums of their rows and columns before them, and the columns that they take as text."""

    def __init__(self, counts: Sequence[Sequence[int]]) -> None:
        sums = [sum(column) for column in zip(*counts, strict=True)]
        self.cells: list[list[int]] = [[sum(sums), *sums], *([sum(row), *row] for row in counts)]
        last = len(str(max(0, len(counts) - 1)))
        self.widths = (
            max(len(ALL), last),
            max(len(ALL), len(str(self.cells[0][0]))) + 1,
            max(last, len(str(max(sums, default=0)))) + 1,
        )
        self.width = self.widths[0] + self.widths[1] + self.widths[2] * len(counts)


class Matrix(Widget, can_focus=True):
    """Counts with their sums. The first row and column hold sums; chosen there, a filter takes all of them.

    The diagonal is what was right: dim, since the eye is to fall on the rest. Where its large numbers would take more
    than about half of the width, or are not known, all counts are of mistakes alone, which the head says.
    """

    DEFAULT_CSS = """
    Matrix {
        width: auto; height: 1fr;
        & > .matrix--head { color: $text-muted; text-style: bold; }
        & > .matrix--none { color: $text-muted; text-style: dim; }
        & > .matrix--many { color: $warning; text-style: bold; }
        & > .matrix--chosen { background: $surface-lighten-2; text-style: bold; }
        &:focus > .matrix--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--head",
        "matrix--none",
        "matrix--many",
        "matrix--chosen",
        "matrix--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1, 0)", "down", show=False, id="list.down", tooltip="a row down"),
        Binding("k,up", "move(-1, 0)", "up", show=False, id="list.up", tooltip="a row up"),
        Binding(
            "right,l",
            "move(0, 1)",
            "right",
            show=False,
            id="side.right",
            tooltip="in the matrix: a column to the right",
        ),
        Binding(
            "left,h", "move(0, -1)", "left", show=False, id="side.left", tooltip="in the matrix: a column to the left"
        ),
        Binding("g,home", "go(False)", "first", show=False, id="list.first", tooltip="to the first row"),
        Binding("G,end", "go(True)", "last", show=False, id="list.last", tooltip="to the last row"),
        Binding("ctrl+d,pagedown", "move(5, 0)", "down", show=False, id="list.page_down", tooltip="five rows down"),
        Binding("ctrl+u,pageup", "move(-5, 0)", "up", show=False, id="list.page_up", tooltip="five rows up"),
        Binding(
            "enter",
            "choose",
            "filter",
            key_display="enter",
            id="matrix.choose",
            tooltip="in the matrix: only what this cell counts",
        ),
        Binding("space", "choose", "filter", show=False, system=True),
    ]

    counts: reactive[Sequence[Sequence[int]]] = reactive((), layout=True)
    cursor: reactive[tuple[int, int]] = reactive((0, 0))
    chosen: reactive[tuple[int, int]] = reactive((0, 0))

    @dataclass
    class Chosen(Message):
        """A cell was chosen; None for a row or a column stands for all."""

        row: int | None
        column: int | None

    @property
    def classes_counted(self) -> int:
        """How many rows and columns there are, without the sums."""
        return len(self.counts)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.whole = False
        self._whole = Sums(())
        self._mistakes = Sums(())
        self._many = 2

    def count(self, row: int, column: int) -> int:
        """What stands in a cell; row or column 0 holds sums."""
        return (self._whole if self.whole else self._mistakes).cells[row][column]

    def watch_counts(self, counts: Sequence[Sequence[int]]) -> None:
        """Sum up, with the diagonal and without."""
        off = [[0 if place == at else count for place, count in enumerate(row)] for at, row in enumerate(counts)]
        self._whole, self._mistakes = Sums(counts), Sums(off)
        # What stands out: the five largest cells off the diagonal, but no single case.
        largest = sorted((count for row in off for count in row), reverse=True)[:5]
        self._many = max(2, largest[-1]) if largest else 2
        self.set_reactive(Matrix.chosen, (0, 0))
        self.cursor = self.validate_cursor(self.cursor)

    @property
    def _widths(self) -> tuple[int, int, int]:
        """The width of the head of rows, of their sums, and of every other column."""
        return (self._whole if self.whole else self._mistakes).widths

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's
        # Ten classes and 10,000 digits are whole in 120 columns.
        room = max(12, container.width * 11 // 20)
        self.whole = self._whole.cells != self._mistakes.cells and self._whole.width <= room
        return min((self._whole if self.whole else self._mistakes).width, room)

    def validate_cursor(self, cursor: tuple[int, int]) -> tuple[int, int]:
        last = self.classes_counted
        return max(0, min(cursor[0], last)), max(0, min(cursor[1], last))

    def action_move(self, rows: int, columns: int) -> None:
        self.cursor = (self.cursor[0] + rows, self.cursor[1] + columns)

    def action_go(self, last: bool) -> None:
        self.cursor = (self.classes_counted if last else 0, self.cursor[1])

    def action_choose(self) -> None:
        """Filter by the cell, or by nothing if it was the filter."""
        self.chosen = (0, 0) if self.cursor == self.chosen else self.cursor
        row, column = self.chosen
        self.post_message(self.Chosen(row - 1 if row else None, column - 1 if column else None))

    def on_click(self, event: events.Click) -> None:
        label, sums, inner = self._widths
        top, left = self._window()
        row = event.y - 2
        place = 0 if event.x < label + sums else left + 1 + (event.x - label - sums) // inner
        if row < 0 or not self.counts:
            return
        self.cursor = (0 if row == 0 else top + row, place)
        self.action_choose()

    def _window(self) -> tuple[int, int]:
        """The first class of the rows and of the columns in sight."""
        label, sums, inner = self._widths
        down = max(1, self.size.height - 3)
        across = max(1, (self.size.width - label - sums) // inner)
        row, column = self.cursor
        return max(0, row - down), max(0, column - across)

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        head = self.get_component_rich_style("matrix--head")
        if not self.counts:
            return Strip.blank(width, style)
        label, sums, inner = self._widths
        top, left = self._window()
        columns = range(left + 1, self.classes_counted + 1)
        if y == 0:
            words = " predicted" if self.whole else " predicted wrongly"
            return Strip([Segment(" " * label + words, head)]).adjust_cell_length(width, style)
        if y == 1:
            text = " " * label + ALL.rjust(sums) + "".join(str(column - 1).rjust(inner) for column in columns)
            return Strip([Segment(text, head)]).adjust_cell_length(width, style)
        row = 0 if y == 2 else top + y - 2
        if row > self.classes_counted:
            return Strip.blank(width, style)
        segments = [Segment((ALL if row == 0 else str(row - 1)).rjust(label), head)]
        segments += self._cell(row, 0, sums)
        for column in columns:
            segments += self._cell(row, column, inner)
        return Strip(segments).adjust_cell_length(width, style).simplify()

    def _cell(self, row: int, column: int, width: int) -> list[Segment]:
        count = self.count(row, column)
        text = str(count) if count else "\\" if row == column and row else "."
        style = self._look(row, column, count)
        return [Segment(" " * (width - len(text)), self.rich_style), Segment(text, style)]

    def _look(self, row: int, column: int, count: int) -> Style:
        if (row, column) == self.cursor and self.has_focus:
            return self.get_component_rich_style("matrix--cursor")
        if (row, column) == self.chosen != (0, 0):
            return self.get_component_rich_style("matrix--chosen")
        if not count or (row == column and row):
            return self.get_component_rich_style("matrix--none")
        if row and column and count >= self._many:
            return self.get_component_rich_style("matrix--many")
        return self.rich_style if row and column else self.get_component_rich_style("matrix--head")
