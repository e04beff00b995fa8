"""A list of lines with a cursor: the same keys everywhere, and only the lines that differ are painted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

# Lines that are kept once they were made; more than any window shows.
KEPT = 500


def _nothing(_: int) -> Text:
    return Text("")


class Rows(ScrollView, can_focus=True):
    """Lines of text, one of them chosen, with `>` before it. Lines that are `passive` can be seen but not chosen."""

    DEFAULT_CSS = """
    Rows { height: 1fr; width: 1fr; overflow: hidden hidden; }
    Rows > .rows--thumb { color: $scrollbar; }
    Rows > .rows--cursor { background: $surface-lighten-2; }
    Rows:focus > .rows--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor", "rows--thumb"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor(1)", "down", id="list.down", show=False, tooltip="next line"),
        Binding("k,up", "cursor(-1)", "up", id="list.up", show=False, tooltip="previous line"),
        Binding("g,home", "first", "first", id="list.first", show=False, tooltip="first line"),
        Binding("G,end", "last", "last", id="list.last", show=False, tooltip="last line"),
        Binding("ctrl+d,pagedown", "page(1)", "half a page down", id="list.page_down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "half a page up", id="list.page_up", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Moved(Message):
        """The cursor stands on another line."""

        rows: "Rows"
        line: int

        @property
        def control(self) -> "Rows":
            """The list itself."""
            return self.rows

    @dataclass
    class Opened(Message):
        """The chosen line was clicked twice."""

        rows: "Rows"
        line: int

        @property
        def control(self) -> "Rows":
            """The list itself."""
            return self.rows

    @dataclass
    class Resized(Message):
        """The lines have another width now, which whoever makes them may have to know."""

        rows: "Rows"

        @property
        def control(self) -> "Rows":
            """The list itself."""
            return self.rows

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._count = 0
        self._made_for = 0
        self._make: Callable[[int], Text] = _nothing
        self._drawn: dict[int, Text] = {}
        self._passive: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self._count

    @property
    def in_sight(self) -> range:
        """The lines that can be seen."""
        top = self.scroll_offset.y
        return range(top, min(self._count, top + max(self.size.height, 0)))

    def set_lines(self, lines: Sequence[Text], passive: frozenset[int] = frozenset()) -> None:
        """Show other lines."""
        self.set_source(len(lines), list(lines).__getitem__, passive)

    def set_source(self, count: int, make: Callable[[int], Text], passive: frozenset[int] = frozenset()) -> None:
        """Show `count` lines, each made when it comes into sight; those that stay the same are not painted again."""
        grown = count != self._count
        self._made_for = self.width
        self._count, self._make, self._passive = count, make, passive
        before, self._drawn = self._drawn, {}
        if grown:
            self.virtual_size = Size(0, count)
            self.refresh()
        else:
            for place in self.in_sight:
                if place not in before or before[place] != self.line(place):
                    self.refresh_line(place)
        self.cursor = self.validate_cursor(self.cursor)
        self._look_at_width()

    def _look_at_width(self) -> None:
        """Lines that are more or fewer than the window has may leave another width, as another window does."""
        if self.width != self._made_for:
            self._made_for = self.width
            self.post_message(self.Resized(self))

    def line(self, place: int) -> Text:
        """A line, made once."""
        if place not in self._drawn:
            if len(self._drawn) > KEPT:
                self._drawn.clear()
            self._drawn[place] = self._make(place)
        return self._drawn[place]

    @property
    def width(self) -> int:
        """Columns for a line, beside the mark that says how far down it is."""
        return max(0, self.size.width - (self._count > self.size.height))

    def validate_cursor(self, cursor: int) -> int:
        """A line that is there and can be chosen, the nearest."""
        cursor = max(0, min(cursor, self._count - 1))
        near = (place for step in range(self._count) for place in (cursor + step, cursor - step))
        return next((place for place in near if 0 <= place < self._count and place not in self._passive), 0)

    def watch_cursor(self, before: int, now: int) -> None:
        """Paint the two lines, keep the cursor in sight, tell."""
        self.refresh_line(before)
        self.refresh_line(now)
        self._show(now)
        self.post_message(self.Moved(self, now))

    def _show(self, line: int) -> None:
        height, top = self.size.height, self.scroll_offset.y
        if not height:
            return
        # A heading right above the first line that can be chosen belongs into the picture.
        above = line - 1 if line - 1 in self._passive else line
        if above < top:
            self.scroll_to(y=0 if above <= 1 else above, animate=False, force=True, immediate=True)
        elif line >= top + height:
            self.scroll_to(y=line - height + 1, animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        """A smaller window keeps the cursor in sight."""
        self.virtual_size = Size(0, self._count)
        self._show(self.cursor)
        self._look_at_width()

    def render_line(self, y: int) -> Strip:
        """One line, cut or filled to the width."""
        place = y + self.scroll_offset.y
        width = self.width
        style = self.rich_style
        if place >= self._count:
            return Strip.blank(self.size.width, style)
        line = self.line(place).copy()
        line.truncate(width, overflow="ellipsis" if self._fits_utf8 else "crop")
        console = self.app.console
        # A text without spans renders without its own style.
        segments = list(line.render(console)) if line.spans else [Segment(line.plain, console.get_style(line.style))]
        strip = Strip(segments).adjust_cell_length(width).apply_style(style)
        strip = self.painted(strip, place)
        return strip if width == self.size.width else Strip.join([strip, Strip([self._thumb(y, style)])])

    def _thumb(self, y: int, style: Style) -> Segment:
        """The right edge of a list that is longer than its window; a scrollbar would be laid out anew."""
        height = self.size.height
        size = max(1, height * height // self._count)
        top = round(self.scroll_offset.y / max(1, self._count - height) * (height - size))
        mark = ("#" if not self._fits_utf8 else "▐") if top <= y < top + size else " "
        return Segment(mark, style + self.get_component_rich_style("rows--thumb", partial=True))

    def painted(self, strip: Strip, place: int) -> Strip:
        """A line with the cursor's colours, if it is the chosen one."""
        if place != self.cursor or place in self._passive:
            return strip
        chosen = self.get_component_rich_style("rows--cursor", partial=True)
        if strip.text.startswith(" "):
            strip = Strip.join([Strip([Segment(">", Style())]), strip.crop(1)])
        return laid_over(strip, chosen, plain=self.has_focus)

    @property
    def _fits_utf8(self) -> bool:
        return not self.app.has_class("-ascii")

    def action_cursor(self, step: int) -> None:
        """Move by one, past what cannot be chosen."""
        place = self.cursor + step
        while 0 <= place < self._count and place in self._passive:
            place += step
        if 0 <= place < self._count:
            self.cursor = place

    def action_first(self) -> None:
        """The first line."""
        self.cursor = 0

    def action_last(self) -> None:
        """The last line."""
        self.cursor = self._count - 1

    def action_page(self, step: int) -> None:
        """Half a page."""
        self.cursor = self.cursor + step * max(1, self.size.height // 2)

    def on_click(self, event: events.Click) -> None:
        """Choose the line under the mouse; twice opens it."""
        place = event.y + self.scroll_offset.y
        if place < self._count and place not in self._passive:
            self.cursor = place
            if event.chain == 2:
                self.post_message(self.Opened(self, place))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll without gliding."""
        event.stop()
        self.scroll_to(y=self.scroll_offset.y + 3, animate=False, force=True, immediate=True)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll without gliding."""
        event.stop()
        self.scroll_to(y=self.scroll_offset.y - 3, animate=False, force=True, immediate=True)


def laid_over(strip: Strip, style: Style, *, plain: bool) -> Strip:
    """`strip` in a style. With `plain` its own colours go, or a dim or coloured word could not be read on it."""
    return Strip(
        [Segment(part.text, (_shape(part.style) if plain else part.style or Style()) + style) for part in strip],
        strip.cell_length,
    )


def _shape(style: Style | None) -> Style:
    return Style(bold=style.bold, underline=style.underline, strike=style.strike) if style else Style()
