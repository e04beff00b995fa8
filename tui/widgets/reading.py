"""Text to read, scrolled by the keys of every list; nothing in it is chosen."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip

from tui.widgets.rows import Rows

SCROLL = Binding.Group("scroll", compact=True)


class Reading(Rows):
    """Lines that the keys move themselves, since there is no cursor that they could move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor(1)", "down", id="list.down", group=SCROLL),
        Binding("k,up", "cursor(-1)", "up", id="list.up", group=SCROLL),
    ]

    def read_at(self, line: int) -> None:
        """Put a line at the top, or as near as the end allows."""
        self.scroll_to(y=line, animate=False, force=True, immediate=True)

    def _show(self, line: int) -> None:
        """What is read stays where it is, however the window changes."""

    def painted(self, strip: Strip, place: int) -> Strip:  # noqa: ARG002 - of the list
        """No line is marked."""
        return strip

    def action_cursor(self, step: int) -> None:
        """A line further, or back."""
        self.read_at(self.scroll_offset.y + step)

    def action_first(self) -> None:
        """To the beginning."""
        self.read_at(0)

    def action_last(self) -> None:
        """To the end."""
        self.read_at(self.count)

    def action_page(self, step: int) -> None:
        """Half a page."""
        self.read_at(self.scroll_offset.y + step * max(1, self.size.height // 2))
