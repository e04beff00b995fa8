"""One line to type in: it does not blink, and says in the bottom line what enter does."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class Line(Input):
    """An input of one row."""

    DEFAULT_CSS = """
    Line { height: 1; border: none; padding: 0; background: $surface; }
    Line:focus { border: none; background-tint: $foreground 0%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "take", key_display="enter", id="line.take", tooltip="take what was typed"),
    ]

    def __init__(self, value: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(value, id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False
