"""Pictures made of text, side by side, as many as fit; only those in sight are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar, Protocol

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

GAP = 2


class Pictures(Protocol):
    """What a gallery shows. All pictures are of one size: `width` columns, `height` lines, captions included."""

    width: int
    height: int

    def __len__(self) -> int: ...

    def picture(self, index: int) -> Sequence[str]:
        """The lines of a picture."""

    def caption(self, index: int) -> Sequence[str]:
        """The lines below it."""


class NoPictures:
    """An empty gallery."""

    width = 1
    height = 1

    def __len__(self) -> int:
        return 0

    def picture(self, index: int) -> Sequence[str]:
        raise IndexError(index)

    def caption(self, index: int) -> Sequence[str]:
        raise IndexError(index)


class Gallery(ScrollView, can_focus=True):
    """Pictures in rows, one of them chosen."""

    DEFAULT_CSS = """
    Gallery {
        height: 1fr; width: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1;
        & > .gallery--caption { color: $text-muted; }
        & > .gallery--cursor { background: $surface-lighten-2; }
        &:focus > .gallery--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"gallery--caption", "gallery--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "move(1)", "next", show=False, id="side.right", tooltip="the next picture"),
        Binding("left,h", "move(-1)", "before", show=False, id="side.left", tooltip="the picture before"),
        Binding("j,down", "rows(1)", "down", show=False, id="list.down", tooltip="a row of pictures down"),
        Binding("k,up", "rows(-1)", "up", show=False, id="list.up", tooltip="a row of pictures up"),
        Binding("ctrl+d,pagedown", "pages(1)", "page", show=False, id="list.page_down", tooltip="a page down"),
        Binding("ctrl+u,pageup", "pages(-1)", "page", show=False, id="list.page_up", tooltip="a page up"),
        Binding("g,home", "edge(False)", "first", show=False, id="list.first", tooltip="the first picture"),
        Binding("G,end", "edge(True)", "last", show=False, id="list.last", tooltip="the last picture"),
        Binding("enter", "open", "look", id="gallery.open", tooltip="the picture at its largest"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Moved(Message):
        """Another picture is chosen."""

        index: int

    @dataclass
    class Opened(Message):
        """A picture was opened, by enter or by a click on the chosen one."""

        index: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.pictures: Pictures = NoPictures()
        self.nothing = ""
        """What is said where there is no picture."""
        self._made: dict[int, list[str]] = {}

    def show(self, pictures: Pictures, cursor: int = 0) -> None:
        """Show other pictures, one of them chosen."""
        self.pictures = pictures
        self._made.clear()
        self._measure()
        self.set_reactive(Gallery.cursor, self.validate_cursor(cursor))
        self._keep_in_sight()
        self.refresh()

    @property
    def across(self) -> int:
        """How many pictures stand side by side."""
        return max(1, (self.size.width + GAP) // (self.pictures.width + GAP))

    @property
    def down(self) -> int:
        """How many rows of pictures are in sight whole, at least one."""
        return max(1, (self.size.height + 1) // (self.pictures.height + 1))

    @property
    def in_sight(self) -> range:
        """The places of the pictures in sight whole."""
        first = -(-self.scroll_offset.y // (self.pictures.height + 1)) * self.across
        return range(first, min(len(self.pictures), first + self.across * self.down))

    def _measure(self) -> None:
        rows = -(-len(self.pictures) // self.across)
        # The last page begins at a whole row too, so there may be room below.
        height = rows * (self.pictures.height + 1) - 1
        spare = max(0, self.size.height - self.down * (self.pictures.height + 1) + 1)
        self.virtual_size = Size(self.size.width, max(0, height) + (spare if rows > self.down else 0))

    def on_resize(self) -> None:
        """More or fewer side by side; the chosen one stays in sight."""
        self._measure()
        self._keep_in_sight()

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self.pictures) - 1))

    def watch_cursor(self, before: int, cursor: int) -> None:
        self._keep_in_sight()
        for place in (before, cursor):
            self._refresh_tile(place)
        self.post_message(self.Moved(cursor))

    def _refresh_tile(self, place: int) -> None:
        row, column = divmod(place, self.across)
        tile = self.pictures.width + GAP
        y = row * (self.pictures.height + 1) - self.scroll_offset.y
        self.refresh(Region(column * tile, y, tile, self.pictures.height))

    def _keep_in_sight(self) -> None:
        row = self.cursor // self.across
        top = -(-self.scroll_offset.y // (self.pictures.height + 1))
        if row < top:
            self._scroll_to_row(row)
        elif row >= top + self.down:
            self._scroll_to_row(row - self.down + 1)

    def _scroll_to_row(self, row: int) -> None:
        self.scroll_to(y=row * (self.pictures.height + 1), animate=False, force=True, immediate=True)

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_rows(self, by: int) -> None:
        place = self.cursor + by * self.across
        if (
            by > 0
            and place >= len(self.pictures)
            and self.cursor // self.across < (len(self.pictures) - 1) // self.across
        ):
            place = len(self.pictures) - 1
        if 0 <= place < len(self.pictures):
            self.cursor = place

    def action_pages(self, by: int) -> None:
        self.cursor += by * self.across * self.down

    def action_edge(self, last: bool) -> None:
        self.cursor = len(self.pictures) - 1 if last else 0

    def action_open(self) -> None:
        if len(self.pictures):
            self.post_message(self.Opened(self.cursor))

    def on_click(self, event: events.Click) -> None:
        row = (event.y + self.scroll_offset.y) // (self.pictures.height + 1)
        place = row * self.across + min(self.across - 1, event.x // (self.pictures.width + GAP))
        if place >= len(self.pictures):
            return
        if place == self.cursor:
            self.action_open()
        else:
            self.cursor = place

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        if not len(self.pictures) and self.nothing:
            words = wrap(self.nothing, max(1, width))
            look = self.get_component_rich_style("gallery--caption")
            return Strip([Segment(words[y] if y < len(words) else "", look)]).adjust_cell_length(width, style)
        row, line = divmod(y + self.scroll_offset.y, self.pictures.height + 1)
        first = row * self.across
        if line == self.pictures.height or first >= len(self.pictures):
            return Strip.blank(width, style)
        segments = []
        for place in range(first, min(first + self.across, len(self.pictures))):
            lines = self._tile(place)
            text = set_cell_size(lines[line], self.pictures.width) if line < len(lines) else " " * self.pictures.width
            look = style
            if line >= self.pictures.height - self._captions(place):
                name = "gallery--cursor" if place == self.cursor else "gallery--caption"
                look = self.get_component_rich_style(name)
            segments += [Segment(text, look), Segment(" " * GAP, style)]
        return Strip(segments).adjust_cell_length(width, style).simplify()

    def _captions(self, place: int) -> int:
        return len(self.pictures.caption(place))

    def _tile(self, place: int) -> list[str]:
        """The lines of a picture, kept while it is likely to be painted again."""
        if place not in self._made:
            if len(self._made) > 4 * self.across * (self.down + 2):
                self._made.clear()
            caption = list(self.pictures.caption(place))
            lines = [*self.pictures.picture(place)][: self.pictures.height - len(caption)]
            blank = [""] * (self.pictures.height - len(caption) - len(lines))
            self._made[place] = [*lines, *blank, *caption]
        return self._made[place]


def widest(lines: Sequence[str]) -> int:
    """Columns of the widest line."""
    return max(map(cell_len, lines), default=0)
