"""A table of two fields: a line for each value of one, a column for each value of the other, and a cursor on a cell."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip

from tui.widgets.rows import Rows, laid_over

GAP = 2


class Grid(Rows):
    """Cells of text under headings; a grid too wide is walked sideways, column by column."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right",
            "column(1)",
            "right",
            id="side.right",
            show=False,
            tooltip="in the grid and the map: a column to the right",
        ),
        Binding(
            "left",
            "column(-1)",
            "left",
            id="side.left",
            show=False,
            tooltip="in the grid and the map: a column to the left",
        ),
    ]

    column: reactive[int] = reactive(0, repaint=False)
    first_column: reactive[int] = reactive(0, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._cells: list[list[Text]] = []
        self._heads: list[str] = []
        self._sides: list[str] = []
        self._corner = ""

    def set_cells(self, corner: str, heads: Sequence[str], sides: Sequence[str], cells: list[list[Text]]) -> None:
        """Show other cells: `heads` above the columns, `sides` before the lines, `corner` where they meet."""
        self._corner, self._heads, self._sides, self._cells = corner, list(heads), list(sides), cells
        self.column = self.validate_column(self.column)
        self._draw()

    @property
    def cell(self) -> tuple[int, int]:
        """The line and column of the chosen cell, from 0."""
        return self.cursor - 1, self.column

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self._heads)

    @property
    def _side(self) -> int:
        return max((cell_len(text) for text in (self._corner, *self._sides)), default=0) + GAP + 1

    @property
    def _width(self) -> int:
        texts = [cell_len(head) for head in self._heads] + [c.cell_len for line in self._cells for c in line]
        return max(texts, default=1) + GAP

    @property
    def _shown(self) -> int:
        return max(1, (self.width - self._side) // self._width)

    def validate_column(self, column: int) -> int:
        """A column that is there."""
        return max(0, min(column, len(self._heads) - 1))

    def watch_column(self, column: int) -> None:
        """Keep the cell in sight, tell."""
        self.first_column = max(column - self._shown + 1, min(self.first_column, column))
        self.refresh_line(self.cursor)
        self.post_message(self.Moved(self, self.cursor))

    def watch_first_column(self) -> None:
        """Other columns are other lines."""
        self._draw()

    def on_resize(self) -> None:
        """As many columns as fit."""
        self.first_column = max(self.column - self._shown + 1, min(self.first_column, self.column))
        self._draw()

    def _draw(self) -> None:
        last = self.first_column + self._shown
        head = Text(f" {self._corner}".ljust(self._side), style="dim")
        for text in self._heads[self.first_column : last]:
            head.append(text + " " * (self._width - cell_len(text)), style="dim")
        if last < len(self._heads):
            # There is more to the right.
            head.truncate(max(0, self.width - 1))
            head.append(" " * (self.width - 1 - head.cell_len) + ">", style="dim")
        lines = [head]
        for side, cells in zip(self._sides, self._cells, strict=True):
            line = Text(" " + side + " " * (self._side - cell_len(side) - 1))
            for cell in cells[self.first_column : last]:
                line.append_text(cell)
                line.append(" " * (self._width - cell.cell_len))
            lines.append(line)
        self.set_lines(lines, frozenset({0}))

    def painted(self, strip: Strip, place: int) -> Strip:
        """Only the cell is marked, not its line."""
        if place != self.cursor or place == 0:
            return strip
        start = self._side + (self.column - self.first_column) * self._width
        end = min(start + self._width - GAP + 1, self.size.width)
        before, cell, after = (strip.crop(0, start - 1), strip.crop(start, end), strip.crop(end, None))
        chosen = self.get_component_rich_style("rows--cursor", partial=True)
        return Strip.join(
            [before, Strip([Segment(">", self.rich_style)]), laid_over(cell, chosen, plain=self.has_focus), after]
        )

    def action_column(self, step: int) -> None:
        """Move sideways."""
        self.column = self.column + step

    def on_click(self, event: events.Click) -> None:
        """The column under the mouse; the line is the list's own."""
        if event.x >= self._side:
            self.column = self.first_column + (event.x - self._side) // self._width
