"""One line to type in: it does not blink, and says in the bottom line what enter does."""

from typing import ClassVar

from textual import events
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

    async def on_key(self, event: events.Key) -> None:
        """Keys hold in the order in which they were typed: a binding would come behind the letters typed after it."""
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.stop()
            event.prevent_default()
            await self.app.run_action(binding.action, self)
            return
