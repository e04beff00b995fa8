"""A form: a line for every field, under the headings of their groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from engine.text import visible
from tui.editing.fields import Field
from tui.widgets.rows import Rows

State = Literal["own", "swept", "inherited", "idle"]

NAME_WIDTH = 22
VALUE_WIDTH = 24
"""Of values at least; they may have so much of what the names leave as `VALUE_SHARE` says, the help has the rest."""
VALUE_SHARE = 0.45
LEAST_NAME = 12
CUT = "..."


@dataclass(frozen=True)
class FieldLine:
    """One field as it stands: its value in words, where that comes from, and why it changes nothing, if so."""

    field: Field
    value: str
    state: State
    origin: str = ""


class FormTitle(Widget):
    """What is edited and what it costs; of a long name as much as leaves the cost in sight."""

    DEFAULT_CSS = """
    FormTitle { height: 1; background: $panel; }
    """

    name_and_cost: reactive[tuple[str, str]] = reactive(("", ""))

    def show(self, name: str, cost: str) -> None:
        """Another name, or another cost."""
        self.name_and_cost = visible(name), cost

    def render(self) -> Text:
        """`grid   6 jobs; 180 epochs at most`."""
        name, cost = self.name_and_cost
        width = self.size.width
        text = Text(f" {fitted(name, max(LEAST_NAME, width - cell_len(cost) - 5))}", style="bold")
        text.append(f"   {cost}" if cost else "", style="not bold")
        text.truncate(width, overflow="crop")
        return text


class Form(Rows):
    """Shows fields; which of them is chosen, and what is done with it, its holder decides."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._fields: list[FieldLine | None] = []
        self._value_width = VALUE_WIDTH

    def set_fields(self, fields: Sequence[FieldLine]) -> None:
        """Show the fields as they stand now."""
        self._fields = []
        longest = max((cell_len(visible(line.value)) for line in fields), default=0) + 2
        share = int((self.width - NAME_WIDTH - 3) * VALUE_SHARE)
        self._value_width = max(VALUE_WIDTH, min(longest, share))
        lines: list[Text] = []
        group = ""
        for line in fields:
            if line.field.group != group:
                group = line.field.group
                if lines:
                    self._fields.append(None)
                    lines.append(Text(""))
                self._fields.append(None)
                lines.append(Text(f" {group}", style=f"bold {self.app.theme_variables['secondary']}"))
            self._fields.append(line)
            lines.append(self._text_of(line))
        self.set_lines(lines, frozenset(place for place, line in enumerate(self._fields) if line is None))

    @property
    def chosen(self) -> FieldLine | None:
        """The field under the cursor."""
        return self._fields[self.cursor] if self.cursor < len(self._fields) else None

    def choose(self, name: str) -> None:
        """Put the cursor on a field."""
        for place, line in enumerate(self._fields):
            if line is not None and line.field.name == name:
                self.cursor = place

    def on_resize(self) -> None:
        """Help is shown where there is room."""
        self.set_fields([line for line in self._fields if line is not None])

    def _text_of(self, line: FieldLine) -> Text:
        accent = self.app.theme_variables["accent"]
        style = {"own": "bold", "swept": f"bold {accent}", "inherited": "", "idle": "dim"}[line.state]
        mark = {"own": "*", "swept": "x", "inherited": " ", "idle": " "}[line.state]
        text = Text()
        text.append(f" {mark} ", style=f"bold {accent}")
        text.append(f"{line.field.name:<{NAME_WIDTH}}", style="" if line.state != "idle" else "dim")
        value = fitted(visible(line.value), self._value_width - 1)
        text.append(set_cell_size(value, self._value_width), style=style)
        text.append(line.origin or line.field.help, style="dim")
        return text


def fitted(text: str, width: int) -> str:
    """`text`, cut to at most `width` cells."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - len(CUT))).rstrip() + CUT
