"""Below a form: what the chosen field is, the line in which it is typed, and what comes of that."""

from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from engine.text import visible
from tui.editing.fields import Field
from tui.editing.sweeptext import said
from tui.widgets.line import Line

SWEEPS = "a list 0.2, 0.25, 0.2 or a range 1e-4..1e-2 log 5, 0..0.5 lin 6 sweeps it"
SWEEPS_WORDS = "a list, parted by commas, sweeps it"


class FieldPanel(Widget):
    """Help, range, unit and default of a field; while it is edited, a line to type in and a verdict on it."""

    DEFAULT_CSS = """
    FieldPanel { height: 5; padding: 0 1; }
    FieldPanel Static { height: 1; }
    FieldPanel #allowed { height: 2; }
    FieldPanel.-typing #allowed { height: 1; }
    FieldPanel #verdict { height: 2; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's
        Binding("escape", "leave", "leave as it was", id="field.leave", tooltip="end typing, change nothing"),
    ]

    @dataclass
    class Typed(Message):
        """The line holds another text."""

        text: str

    @dataclass
    class Taken(Message):
        """The person is done typing."""

        text: str

    @dataclass
    class Left(Message):
        """The person wants it as it was."""

    def compose(self) -> ComposeResult:
        """Help, what is allowed, the line, the verdict."""
        yield Static(id="about")
        yield Static(id="allowed")
        line = Line(id="line")
        line.display = False
        yield line
        yield Static(id="verdict")

    @property
    def typing(self) -> bool:
        """Whether the line is open."""
        return bool(self.query_one(Line).display)

    @property
    def text(self) -> str:
        """What was typed so far."""
        return self.query_one(Line).value

    def describe(self, field: Field, inherited: str) -> None:
        """Say what a field is."""
        about = Text(field.name, style="bold")
        about.append(f"  {field.help}", style="not bold")
        if about.cell_len > self.content_size.width:
            # The name stands in the form as well.
            about = Text(field.help)
        allowed = Text(f"{visible(inherited)}; {visible(field.allowed)}", style="dim")
        self._put("#about", about)
        self._put("#allowed", allowed)

    def open(self, field: Field, text: str, *, sweeps: bool) -> None:
        """Let the person type."""
        line = self.query_one(Line)
        line.placeholder = said(field.default)
        line.display = True
        self.add_class("-typing")
        # The text is not typed: what is said of it stands until another one is.
        with line.prevent(Input.Changed):
            line.value = text
        line.cursor_position = len(text)
        line.focus()
        if sweeps:
            self.verdict(SWEEPS if field.kind in ("int", "float") else SWEEPS_WORDS, good=True)

    def close(self) -> None:
        """No more typing."""
        self.query_one(Line).display = False
        self.remove_class("-typing")
        self.verdict("", good=True)

    def verdict(self, text: str, *, good: bool) -> None:
        """What would come of the text: its cost, or what is wrong with it."""
        colour = "dim" if good else self.app.theme_variables["error"]
        self._put("#verdict", Text("\n".join(map(visible, text.split("\n"))), style=colour))

    def _put(self, name: str, text: Text) -> None:
        found = self.query_one(name, Static)
        if found.content != text:
            found.update(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass it on."""
        event.stop()
        if self.typing:
            self.post_message(self.Typed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the line itself."""
        event.stop()
        if self.typing:
            self.post_message(self.Taken(self.query_one(Line).value))

    def action_leave(self) -> None:
        """Not wanted."""
        if self.typing:
            self.post_message(self.Left())
