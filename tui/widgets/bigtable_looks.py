"""The styles of a table's parts and cells, each worked out once: that takes longer than painting a cell."""

from rich.style import Style
from textual.widget import Widget

LOOKS = ("dim", "best", "accent", "success", "error", "warning", "primary")
PARTS = ("head", "cursor", "pinned", "rule")


class Looks:
    """What the stylesheet says of a table's component classes, until it is styled anew."""

    def __init__(self, table: Widget) -> None:
        self._table = table
        self._parts, self._cells = dict[str, Style](), dict[str, Style]()

    def forget(self) -> None:
        """The stylesheet says something else now."""
        self._parts.clear()
        self._cells.clear()

    def part(self, name: str) -> Style:
        """The style of one of `PARTS`, or of the table itself."""
        if name not in self._parts:
            found = self._table.get_component_rich_style(f"bigtable--{name}") if name else self._table.rich_style
            self._parts[name] = found
        return self._parts[name]

    def cell(self, look: str) -> Style:
        """What one of `LOOKS`, or a colour such as `#e69f00`, adds to the style of a part."""
        if look not in self._cells:
            part = Style(color=look) if look.startswith("#") else self.part(look)
            self._cells[look] = Style(color=part.color, bold=part.bold)
        return self._cells[look]
