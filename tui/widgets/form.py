"""A form: a line for every field, under the headings of their groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text

from engine.text import visible
from tui.editing.fields import Field
from tui.widgets.rows import Rows

State = Literal["own", "swept", "inherited", "idle"]

NAME_WIDTH = 22
VALUE_WIDTH = 24


@dataclass(frozen=True)
class FieldLine:
    """One field as it stands: its value in words, where that comes from, and why it changes nothing, if so."""

    field: Field
    value: str
    state: State
    origin: str = ""


class Form(Rows):
    """Shows fields; which of them is chosen, and what is done with it, its holder decides."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._fields: list[FieldLine | None] = []

    def set_fields(self, fields: Sequence[FieldLine]) -> None:
        """Show the fields as they stand now."""
        self._fields = []
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
        width = max(VALUE_WIDTH, self.width - 80)
        value = visible(line.value)
        if len(value) > width - 1:
            value = value[: width - 4] + "..."
        text.append(f"{value:<{width}}", style=style)
        text.append(line.origin or line.field.help, style="dim")
        return text
