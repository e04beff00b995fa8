"""Lines that keep coming, of which the last many are kept: followed, scrolled, searched."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets.plain import plain

MOST_LINES = 50_000
MOST_CHARACTERS = 8_000_000
SIDEWAYS = 16


class LogView(ScrollView, can_focus=True):
    """Text to be looked at; it must already be such that no terminal obeys it."""

    DEFAULT_CSS = """
    LogView {
        height: 1fr; width: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1;
        & > .logview--wrong { color: $error; }
        & > .logview--found { background: $surface-lighten-3; text-style: bold; }
        & > .logview--here { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"logview--wrong", "logview--found", "logview--here"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "lines(1)", "down", show=False, id="list.down", tooltip="a line down"),
        Binding("k,up", "lines(-1)", "up", show=False, id="list.up", tooltip="a line up"),
        Binding("ctrl+d,pagedown", "half(1)", "half page", show=False, id="list.page_down", tooltip="half a page down"),
        Binding("ctrl+u,pageup", "half(-1)", "half page", show=False, id="list.page_up", tooltip="half a page up"),
        Binding("g,home", "top", "first", show=False, id="list.first", tooltip="the first line that is kept"),
        Binding("G,end", "bottom", "follow", id="list.last", tooltip="the last line, and follow"),
        Binding("right,l", "sideways(1)", "right", show=False, id="side.right", tooltip="what stands further right"),
        Binding("left,h", "sideways(-1)", "left", show=False, id="side.left", tooltip="what stands further left"),
    ]

    following: reactive[bool] = reactive(True, repaint=False)

    class Looked(Message):
        """What is in sight, or found, has changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: deque[str] = deque()
        self._characters = 0
        self._open = ""
        self.dropped = 0
        self.needle = ""
        self.ascii_only = False
        self.matches: list[int] = []
        self._here = -1
        self._left = 0

    # what it holds

    def __len__(self) -> int:
        return len(self._lines) + bool(self._open)

    def line(self, place: int) -> str:
        """The line at a place among those kept."""
        return self._lines[place] if place < len(self._lines) else self._open

    def replace(self, lines: Sequence[str], unfinished: str = "") -> None:
        """Hold these lines and no others, and follow."""
        self._lines.clear()
        self._characters = self.dropped = self._left = 0
        self._open = ""
        self.matches, self._here = [], -1
        self.following = True
        self.append(lines, unfinished)

    def append(self, lines: Sequence[str], unfinished: str = "") -> None:
        """Add lines; the oldest go where there are too many. `unfinished` stands last until its end comes."""
        first = self.dropped + len(self._lines)
        self._lines.extend(lines)
        self._characters += sum(map(len, lines))
        self._open = unfinished
        self.matches += self._found(lines, first)
        gone = 0
        while len(self._lines) > MOST_LINES or self._characters > MOST_CHARACTERS:
            self._characters -= len(self._lines.popleft())
            gone += 1
        if gone:
            self.dropped += gone
            self.matches = [place for place in self.matches if place >= self.dropped]
        self._grown(gone)

    def _grown(self, gone: int = 0) -> None:
        self.virtual_size = Size(self.size.width, len(self))
        if self.following:
            self._to_bottom()
        elif gone:
            # What is being read stays where it is.
            self.scroll_to(y=max(0, self.scroll_offset.y - gone), animate=False, force=True, immediate=True)
        self.refresh()
        self.post_message(self.Looked())

    def _to_bottom(self) -> None:
        self.scroll_to(y=max(0, len(self) - self.size.height), animate=False, force=True, immediate=True)

    # looking for something

    def search(self, needle: str) -> None:
        """Mark all lines that hold `needle`, and go to the last one in sight or before. Small letters match any."""
        self.needle = needle
        self.matches = self._found(self._lines, self.dropped)
        self._here = -1
        if self.matches:
            bottom = self.dropped + self.scroll_offset.y + self.size.height
            before = [place for place in self.matches if place < bottom]
            self._go(before[-1] if before else self.matches[0])
        self.refresh()
        self.post_message(self.Looked())

    def _found(self, lines: Iterable[str], first: int) -> list[int]:
        needle = self.needle
        if not needle:
            return []
        if needle == needle.lower():
            return [first + place for place, line in enumerate(lines) if needle in line.lower()]
        return [first + place for place, line in enumerate(lines) if needle in line]

    def step(self, by: int) -> None:
        """To the next line found, or the one before; past the end it begins anew."""
        if not self.matches:
            return
        if self._here in self.matches:
            place = (self.matches.index(self._here) + by) % len(self.matches)
        else:
            place = 0 if by > 0 else len(self.matches) - 1
        self._go(self.matches[place])

    @property
    def place(self) -> int:
        """Which of the matches is the current one, from 1; 0 where none is."""
        return self.matches.index(self._here) + 1 if self._here in self.matches else 0

    def _go(self, match: int) -> None:
        self._here = match
        self.following = False
        y = match - self.dropped
        if not self.scroll_offset.y <= y < self.scroll_offset.y + self.size.height:
            self.scroll_to(y=max(0, y - self.size.height // 2), animate=False, force=True, immediate=True)
        self.refresh()
        self.post_message(self.Looked())

    # moving

    def action_lines(self, by: int) -> None:
        bottom = max(0, len(self) - self.size.height)
        y = max(0, min(bottom, self.scroll_offset.y + by))
        self.following = y == bottom and by > 0
        self.scroll_to(y=y, animate=False, force=True, immediate=True)
        self.post_message(self.Looked())

    def action_half(self, by: int) -> None:
        self.action_lines(by * max(1, self.size.height // 2))

    def action_top(self) -> None:
        self.action_lines(-len(self))

    def action_bottom(self) -> None:
        self.following = True
        self._to_bottom()
        self.post_message(self.Looked())

    def action_sideways(self, by: int) -> None:
        self._left = max(0, self._left + by * SIDEWAYS)
        self.refresh()

    def on_mouse_scroll_up(self) -> None:
        """Who scrolls up reads, and is not carried off."""
        self.action_lines(-3)

    def on_mouse_scroll_down(self) -> None:
        self.action_lines(3)

    def on_resize(self) -> None:
        """The last line stays in sight while it is followed."""
        self.virtual_size = Size(self.size.width, len(self))
        if self.following:
            self._to_bottom()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.refresh(Region(0, 0, *self.size))

    # painting

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        place = y + self.scroll_offset.y
        if place >= len(self):
            return Strip.blank(width, style)
        line = plain(self.line(place), self.ascii_only)
        if _wrong(line):
            style = self.get_component_rich_style("logview--wrong")
        text = _from(line, self._left)
        segments = self._marked(text, place + self.dropped, style) if self.needle else [Segment(text, style)]
        return Strip(segments).adjust_cell_length(width, style).simplify()

    def _marked(self, text: str, serial: int, style: Style) -> list[Segment]:
        """The text with what was looked for standing out."""
        name = "logview--here" if serial == self._here else "logview--found"
        found = self.get_component_rich_style(name)
        needle = plain(self.needle, self.ascii_only)
        held = text.lower() if needle == needle.lower() else text
        if len(held) != len(text):  # some letters have a longer small form
            held = text
        segments, at = [], 0
        while (start := held.find(needle, at)) >= 0:
            end = start + len(needle)
            segments += [Segment(text[at:start], style), Segment(text[start:end], found)]
            at = end
        return [*segments, Segment(text[at:], style)]


def _from(line: str, left: int) -> str:
    """A line without its first columns."""
    if not left:
        return line
    if line.isascii():
        return line[left:]
    return line[len(set_cell_size(line, left)) :] if cell_len(line) > left else ""


def _wrong(line: str) -> bool:
    """A traceback, or the line that ends one."""
    word = line.split(":", 1)[0]
    return line.startswith("Traceback") or (word.endswith(("Error", "Exception")) and " " not in word)
