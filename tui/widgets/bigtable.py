"""A table of any number of rows: it asks for the few that are on the screen and keeps none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets.bigtable_columns import Arrangement, Cell, Column, NoRows, Rows, fitted
from tui.widgets.bigtable_looks import LOOKS, PARTS, Looks
from tui.widgets.difference import changed
from tui.widgets.plain import plain


class BigTable(ScrollView, can_focus=True):
    """Rows under a head that stays, with a cursor that follows its row's key. `frozen` columns do not scroll away.

    What opens a row by key, whoever holds the table binds to `action_select`.
    """

    DEFAULT_CSS = """
    BigTable {
        height: 1fr; width: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
        & > .bigtable--head { color: $text-muted; text-style: bold; }
        & > .bigtable--cursor { background: $surface-lighten-2; }
        & > .bigtable--pinned { background: $panel; }
        & > .bigtable--rule { color: $text-muted; }
        & > .bigtable--dim { color: $text-muted; }
        & > .bigtable--best { text-style: bold; }
        & > .bigtable--accent { color: $accent; }
        & > .bigtable--success { color: $success; }
        & > .bigtable--error { color: $error; }
        & > .bigtable--warning { color: $warning; }
        & > .bigtable--primary { color: $primary; }
        &:focus > .bigtable--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"bigtable--{name}" for name in (*PARTS, *LOOKS)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False, id="list.down", tooltip="The next row"),
        Binding("k,up", "move(-1)", "up", show=False, id="list.up", tooltip="The row before"),
        Binding("g,home", "edge(False)", "first", show=False, id="list.first", tooltip="The first row"),
        Binding("G,end", "edge(True)", "last", show=False, id="list.last", tooltip="The last row"),
        Binding("ctrl+d,pagedown", "page(0.5)", "page", show=False, id="list.page_down", tooltip="Half a page down"),
        Binding("ctrl+u,pageup", "page(-0.5)", "page", show=False, id="list.page_up", tooltip="Half a page up"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row."""

        table: "BigTable"
        key: str

    @dataclass
    class Selected(Message):
        """A row was opened, by enter or by a click on the row of the cursor."""

        table: "BigTable"
        key: str

    @dataclass
    class HeadClicked(Message):
        """The title of a column was clicked."""

        table: "BigTable"
        name: str

    def __init__(self, *, frozen: int = 0, head: bool = True, gap: int = 2, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.frozen, self.head, self.gap = frozen, head, gap
        self.ascii_only = False
        self.columns: Sequence[Column] = ()
        self.rows: Rows = NoRows()
        self.pinned: Sequence[int] = ()
        self._shown: dict[int, Strip] = {}
        self._looks = Looks(self)
        self._told, self._width, self._left = "", 0, 0

    # what it shows

    def show(
        self, columns: Sequence[Column], rows: Rows, pinned: Sequence[int] = (), frozen: int | None = None
    ) -> None:
        """Show other rows, or the same ones changed. The cursor stays on its row; lines that differ are painted."""
        key = self.key
        frozen = self.frozen if frozen is None else frozen
        layout = tuple(columns) != tuple(self.columns) or len(pinned) != len(self.pinned) or frozen != self.frozen
        self.frozen = frozen
        self.columns, self.rows, self.pinned = columns, rows, tuple(pinned)
        self.virtual_size = Size(self.size.width, len(rows) + self.lead)
        place = rows.find(key) if key else None
        if place is not None and place != self.cursor:
            # It moved because the others did: it stays where the eye has it.
            shift = place - self.cursor
            self.set_reactive(BigTable.cursor, place)
            self._go_to(self.scroll_offset.y + shift)
        elif self.cursor >= len(rows):
            self.set_reactive(BigTable.cursor, max(0, len(rows) - 1))
        if layout:
            self._shown.clear()
            self.refresh()
        else:
            self.repaint()
        self._tell()

    def repaint(self) -> None:
        """Paint the lines whose cells have changed, and no others; all of them, where nobody sees them, once shown."""
        if not self.is_on_screen:
            self._shown.clear()
            return
        before, self._shown = self._shown, {}
        for y in range(self.size.height):
            region = changed(before[y], self.render_line(y), y) if y in before else Region(0, y, self.size.width, 1)
            if region is not None:
                self.refresh(region)

    @property
    def lead(self) -> int:
        """Lines above the rows that scroll: the head, the pinned rows and a rule below them."""
        return int(self.head) + (len(self.pinned) + 1 if self.pinned else 0)

    @property
    def key(self) -> str:
        """The key of the row of the cursor, or nothing where there is no row."""
        return self.rows.key(self.cursor) if self.cursor < len(self.rows) else ""

    @property
    def room(self) -> int:
        """Columns that can be seen: a scrollbar stands on the last one."""
        return int(self.scrollable_content_region.width)

    def room_of(self, count: int) -> int:
        """Columns that can be seen of `count` rows, whether or not the scrollbar that these want is there yet."""
        return int(self.size.width) - (count + self.lead > self.size.height)

    @property
    def page(self) -> int:
        """How many rows are in sight."""
        return max(1, self.size.height - self.lead)

    @property
    def in_sight(self) -> range:
        """The places of the rows in sight."""
        top = self.scroll_offset.y
        return range(top, min(len(self.rows), top + self.page))

    def _go_to(self, y: int) -> None:
        self.scroll_to(y=max(0, y), animate=False, force=True, immediate=True)

    def point_at(self, key: str) -> bool:
        """Put the cursor on a row, if it is there."""
        place = self.rows.find(key)
        if place is None:
            return False
        self.cursor = place
        return True

    # the cursor

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_cursor(self, before: int, cursor: int) -> None:
        top = self.scroll_offset.y
        if cursor < top:
            self._go_to(cursor)
        elif cursor >= top + self.page:
            self._go_to(cursor - self.page + 1)
        for place in {before, cursor}:
            y = place - self.scroll_offset.y + self.lead
            self._shown.pop(y, None)
            self.refresh(Region(0, y, self.size.width, 1))
        self._tell()

    def _tell(self) -> None:
        if self.key != self._told:
            self._told = self.key
            self.post_message(self.Highlighted(self, self._told))

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_page(self, pages: float) -> None:
        self.cursor += int(self.page * pages)

    def action_edge(self, last: bool) -> None:
        self.cursor = len(self.rows) - 1 if last else 0

    def action_select(self) -> None:
        if self.key:
            self.post_message(self.Selected(self, self.key))

    def slide(self, by: int) -> None:
        """Bring columns into sight that stand right (or left) of what fits."""
        if by < 0 or len(self.columns) - 1 not in self._arrangement.within(self.room):
            self._slide_to(max(0, min(self._left + by, self._arrangement.most_left)))

    def sees(self, name: str) -> bool:
        """Whether a column is in sight whole."""
        return any(self.columns[place].name == name for place in self._arrangement.within(self.room))

    def bring(self, name: str) -> None:
        """Slide until a column is in sight; back to where all begins without one."""
        self._slide_to(self._arrangement.bringing(name, self.room) if name else 0)

    def _slide_to(self, left: int) -> None:
        if left != self._left:
            self._left = left
            self._shown.clear()
            self.refresh()

    @property
    def _arrangement(self) -> Arrangement:
        return Arrangement(self.columns, self.frozen, self.gap, self._left)

    # the mouse

    def on_click(self, event: events.Click) -> None:
        y = event.y - self.lead
        if event.y == 0 and self.head:
            if name := self._arrangement.at(event.x):
                self.post_message(self.HeadClicked(self, name))
        elif y >= 0 and y + self.scroll_offset.y < len(self.rows):
            place = y + self.scroll_offset.y
            if place == self.cursor:
                self.action_select()
            else:
                self.cursor = place

    # painting

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._shown.clear()
        self._looks.forget()

    def on_resize(self) -> None:
        """Lines of another width; a table that only comes back into sight has the one that it had."""
        if self.room != self._width:
            self._width = self.room
            self._shown.clear()
        self.virtual_size = Size(self.size.width, len(self.rows) + self.lead)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        self._shown.clear()
        super().watch_scroll_y(old_value, new_value)

    def render_line(self, y: int) -> Strip:
        strip = self._shown.get(y)
        if strip is None:
            strip = self._shown[y] = self._line(y)
        return strip

    def _line(self, y: int) -> Strip:
        width = self.room
        if self.head and y == 0:
            style = self._looks.part("head")
            head = self._strip([Cell(column.title + column.sorted) for column in self.columns], style, width)
            if not self.columns or len(self.columns) - 1 in self._arrangement.drawn(width):
                return head
            # There is more to the right.
            return Strip([*head.crop(0, width - 1), Segment(">", style)])
        if self.pinned and y == self.lead - 1:
            return Strip([Segment(("-" if self.ascii_only else "─") * width, self._looks.part("rule"))])
        if y < self.lead:
            style = self._looks.part("pinned")
            return self._strip(self.rows.cells(self.pinned[y - int(self.head)]), style, width)
        place = y - self.lead + self.scroll_offset.y
        if place >= len(self.rows):
            return Strip.blank(width, self._looks.part(""))
        if place != self.cursor:
            return self._strip(self.rows.cells(place), self._looks.part(""), width)
        # The cursor's colours replace those of the cells, or a coloured word could not be read.
        style = self._looks.part("cursor")
        return self._strip(self.rows.cells(place), style, width, chosen=self.has_focus)

    def _strip(self, cells: Sequence[Cell], style: Style, width: int, chosen: bool = False) -> Strip:
        segments, used = [], 0
        for place in self._arrangement.drawn(width):
            column, cell = self.columns[place], cells[place]
            look = style + self._looks.cell(cell.look) if cell.look and not chosen else style
            text = plain(cell.text, self.ascii_only)
            segments += [Segment(fitted(text, column), look), Segment(" " * self.gap, style)]
            used += column.width + self.gap
        return Strip(segments).adjust_cell_length(width, style).simplify()
