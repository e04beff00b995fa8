"""A panel that shows a chart, and paints only the cells that change."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.difference import changed
from tui.widgets.plot_drawing import Chart, Drawing, drawing


class Plot(Widget):
    """A chart with a cursor. The cursor is a line through every panel at the same x."""

    DEFAULT_CSS = """
    Plot {
        height: 1fr; width: 1fr;
        & > .plot--frame { color: $text-muted; }
        & > .plot--title { color: $text; text-style: bold; }
        & > .plot--note { color: $text-warning; }
        & > .plot--cursor { color: $text-accent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"plot--frame", "plot--title", "plot--note", "plot--cursor"}

    chart: reactive[Chart | None] = reactive(None, repaint=False)
    cursor: reactive[float | None] = reactive(None, repaint=False)
    ascii: reactive[bool] = reactive(False, repaint=False)

    @dataclass
    class Pointed(Message):
        """A place on the x axis was clicked."""

        x: float

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._drawing: Drawing | None = None
        self._strips: list[Strip] = []
        self._drawn_for = Size(0, 0)

    def watch_chart(self) -> None:
        self._draw()

    def watch_ascii(self) -> None:
        self._draw()

    def watch_cursor(self) -> None:
        self._paint()

    def on_resize(self) -> None:
        """Draw for another size; a panel that only comes back into sight has the one that it had."""
        if self.size != self._drawn_for:
            self._strips = []
            self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips = []
        if self.is_mounted:
            self._paint()

    def on_click(self, event: Click) -> None:
        drawn = self._drawing
        if drawn is not None and drawn.width > 1:
            part = (event.x - drawn.left) / (drawn.width - 1)
            low, high = drawn.chart.x
            self.post_message(self.Pointed(low + max(0.0, min(1.0, part)) * (high - low)))

    def _draw(self) -> None:
        self._drawn_for = self.size
        width, height = self.size
        self._drawing = drawing(self.chart, width, height, ascii=self.ascii) if self.chart else None
        self._paint()

    def _paint(self) -> None:
        """Make the lines anew, and have those cells painted that differ from what is there."""
        before = self._strips
        height = self.size.height
        self._strips = [self._line(y) for y in range(height)]
        if len(before) != height:
            self.refresh()
            return
        lines = enumerate(zip(before, self._strips, strict=True))
        regions = [region for y, (old, new) in lines if (region := changed(old, new, y)) is not None]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def _line(self, y: int) -> Strip:
        width = self.size.width
        drawn = self._drawing
        if drawn is None or y >= len(drawn.grid):
            return Strip.blank(width, self.rich_style)
        if y == 0:
            return self._title(drawn, width)
        frame = self.get_component_rich_style("plot--frame")
        cells = drawn.grid[y]
        at = drawn.column(self.cursor) if self.cursor is not None else None
        if at is not None and y < drawn.top + drawn.height and cells[at][0] == " ":
            cells = [*cells[:at], ("|" if self.ascii else "│", "cursor"), *cells[at + 1 :]]
        looks = {"": frame, "cursor": self.get_component_rich_style("plot--cursor")}
        segments: list[Segment] = []
        text, colour = "", cells[0][1]
        for char, of in cells:
            if of != colour:
                segments.append(Segment(text, self._look(colour, looks)))
                text, colour = "", of
            text += char
        segments.append(Segment(text, self._look(colour, looks)))
        return Strip(segments).adjust_cell_length(width, self.rich_style).simplify()

    def _look(self, colour: str, looks: dict[str, Style]) -> Style:
        if colour not in looks:
            looks[colour] = self.rich_style + Style(color=colour)
        return looks[colour]

    def _title(self, drawn: Drawing, width: int) -> Strip:
        title, note = drawn.chart.title, drawn.chart.note
        segments = [Segment(title, self.get_component_rich_style("plot--title"))]
        if note:
            segments.append(Segment(f"  {note}", self.get_component_rich_style("plot--note")))
        return Strip(segments).adjust_cell_length(width, self.rich_style).simplify()
