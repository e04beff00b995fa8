"""Texts that several panes share: a status, a curve, a name, each in the colours of the theme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from engine.plan.jobs import JobStatus
from engine.results.rows import EpochRow
from engine.text import visible
from tui import look


@dataclass(frozen=True)
class Paint:
    """How to draw: the colours of the theme, and whether ASCII is all there is."""

    colours: Mapping[str, str]
    ascii: bool = False

    def status(self, status: JobStatus) -> Text:
        """The glyph of a status, in its colour."""
        style = self.colours[look.COLOURS[status]]
        dim = " dim" if status in (JobStatus.HELD, JobStatus.WITHDRAWN) else ""
        return Text(look.glyph(status, ascii_only=self.ascii), style=style + dim)

    def curve(self, history: Sequence[EpochRow] | None, width: int) -> Text:
        """A sparkline of validation accuracy, or of training accuracy where nothing is held out."""
        values = [row.metrics.get("val_accuracy", row.metrics.get("accuracy")) for row in history or ()]
        line = look.sparkline(values, width, ascii_only=self.ascii) if len(values) > 1 else ""
        return Text(line.ljust(width), style=self.colours["secondary"])

    @property
    def accent(self) -> str:
        """The one colour that says: look here."""
        return self.colours["accent"]

    @property
    def rule(self) -> str:
        """What a line across is made of."""
        return "-" if self.ascii else "─"


def cut(text: str, width: int, *, ascii_only: bool = False) -> str:
    """`text`, made visible, cut or filled to exactly `width` cells."""
    text = visible(text)
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    mark = "~" if ascii_only else "…"
    while text and cell_len(text) > width - 1:
        text = text[:-1]
    return (text + mark + " " * (width - 1 - cell_len(text)))[: max(width, 0)]
