"""A sweep as a heat map: two of its fields, the others averaged; below it what each field changes by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from engine.errors import EngineError
from engine.plan.jobs import JobStatus
from engine.results.figures import FIELDS
from engine.results.maptext import figures_text, shade
from engine.results.metrics import METRICS, known
from engine.results.rows import JobRow
from engine.results.sweepmap import NEW, SIDES, At, Cell, SweepMap, at_text
from tui.keys import with_keys
from tui.panes.paint import Paint
from tui.panes.queue_drawn import METRIC, Drawn, about, drawn
from tui.panes.queue_list import Item
from tui.widgets.grid import Grid
from tui.widgets.rows import Rows

if TYPE_CHECKING:
    from engine.results.effects import Effects


class QueueMap(Widget):
    """Draws what a thread has made of an experiment; knows the cell under the cursor."""

    DEFAULT_CSS = """
    QueueMap { layout: vertical; height: 1fr; }
    QueueMap #map-about { height: auto; max-height: 2; padding: 0 1; color: $text-muted; }
    QueueMap #map-grid { height: auto; max-height: 60%; }
    QueueMap #map-effects { display: none; height: 1fr; margin-top: 1; }
    """

    class Made(Message):
        """Another map is drawn."""

    @dataclass
    class Ready(Message):
        """A thread has made a map."""

        of: object
        drawn: Drawn

    def __init__(self, *, runs: bool = True, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """`runs` tells whether a person may ask for what is missing."""
        super().__init__(id=id)
        self._runs = runs
        self.drawn: Drawn | None = None
        self._paint: Paint | None = None
        self._fields: dict[str, tuple[str, ...]] = {}
        self._fixed: dict[str, dict[str, At]] = {}
        self._metric = METRIC
        self._of: object = None
        self._again: tuple[Paint, Item, Sequence[JobRow]] | None = None

    def compose(self) -> ComposeResult:
        """What it is; the cells; main effects."""
        yield Static(id="map-about", markup=False)
        yield Grid(id="map-grid")
        yield Rows(id="map-effects")

    @property
    def grid(self) -> Grid:
        """The cells."""
        return self.query_one(Grid)

    @property
    def cell(self) -> Cell | None:
        """The one under the cursor."""
        found = self.drawn.found if self.drawn is not None else None
        if found is None:
            return None
        line, column = self.grid.cell
        return found.cells[line][column] if 0 <= line < len(found.cells) and column < len(found.cells[line]) else None

    def show(self, paint: Paint, item: Item, jobs: Sequence[JobRow]) -> None:
        """Have an experiment drawn as it stands now; what was drawn of it stays until then."""
        self._again = paint, item, jobs
        fields, fixed = self._fields.get(item.name, ()), dict(self._fixed.get(item.name, {}))
        of = (item, jobs, fields, self._metric, fixed)
        repainted = paint != self._paint
        self._paint = paint
        if self._same(of):
            if repainted:
                self._draw()
            return
        self._of = of
        if self.drawn is not None and self.drawn.name != item.name:
            self.drawn = None
            self._draw()
        self._make(of, item, jobs, fields, self._metric, fixed)

    def _same(self, of: tuple[Item, Sequence[JobRow], tuple[str, ...], str, dict[str, At]]) -> bool:
        before = self._of
        return isinstance(before, tuple) and before[0] is of[0] and before[1] is of[1] and before[2:] == of[2:]

    # Without a description Textual makes one of the arguments, which would write out every job.
    @work(thread=True, exclusive=True, group="map", description="map")
    def _make(
        self,
        of: object,
        item: Item,
        jobs: Sequence[JobRow],
        fields: Sequence[str],
        metric: str,
        fixed: Mapping[str, At],
    ) -> None:
        try:
            made = drawn(item, jobs, fields, metric, fixed)
        except EngineError:
            made = Drawn(item.name, (), (), None, None, {})
        self.post_message(self.Ready(of, made))

    def on_queue_map_ready(self, event: Ready) -> None:
        """Draw it, if it is still wanted."""
        event.stop()
        if event.of is self._of:
            self.drawn = event.drawn
            self._draw()
            self.post_message(self.Made())

    def step(self, side: int) -> None:
        """Another field down (0) or across (1); of two fields they change places."""
        found = self.drawn
        if self._again is None or found is None or found.found is None or not found.found.down:
            return
        now = [found.found.down, found.found.across]
        varied = found.varied
        other = varied[(varied.index(now[side]) + 1) % len(varied)]
        if other == now[1 - side]:
            other = varied[(varied.index(other) + 1) % len(varied)] if len(varied) > SIDES else other
        if other == now[1 - side]:
            now.reverse()
        else:
            now[side] = other
        self._fields[found.name] = tuple(now)
        self.show(*self._again)

    def turn(self) -> None:
        """The next figure that any job has, over the same fields."""
        found = self.drawn.found if self.drawn is not None else None
        if self._again is None or self.drawn is None or found is None:
            return
        names = list(METRICS)
        at = names.index(self._metric) + 1
        rows = [
            place.row for place in self.drawn.places if place.row is not None and place.row.status is JobStatus.DONE
        ]
        told = (name for name in names[at:] + names[:at] if any(known(FIELDS[name](row)) for row in rows))
        self._metric = next(told, self._metric)
        self._fields[self.drawn.name] = (found.down, found.across) if found.down else (found.across,)
        self.show(*self._again)

    def fix(self, field: str, value: At) -> None:
        """Count only jobs with this value; where that is so already, take the mean over the field again."""
        if self._again is None or self.drawn is None:
            return
        fixed = self._fixed.setdefault(self.drawn.name, {})
        if field in fixed and fixed[field] == value:
            del fixed[field]
        else:
            fixed[field] = value
        self.show(*self._again)

    # drawing

    def _draw(self) -> None:
        paint, made = self._paint, self.drawn
        found = made.found if made is not None else None
        effects = self.query_one("#map-effects", Rows)
        notes = made.notes if made is not None else []
        effects.display = bool(notes) or (made is not None and made.effects is not None)
        self.query_one("#map-about", Static).update(with_keys(self.app, about(made, runs=self._runs)))
        if paint is None or made is None or found is None:
            self.grid.set_cells("", [], [], [])
            return
        heads = [at_text(value) for value in found.across_values]
        sides = [_side(found, value) for value in found.down_values]
        cells = [[_cell(paint, found, cell) for cell in line] for line in found.cells]
        self.grid.styles.height = len(sides) + 1
        self.grid.set_cells(f"{found.across}:", heads, sides, cells)
        lines = effect_lines(made.effects) if made.effects is not None else []
        below = [Text(f" {note}", style="dim") for note in notes]
        effects.set_lines([*lines, *below], frozenset({0, 1} if lines else ()))


def _side(found: SweepMap, value: At) -> str:
    return at_text(value) if found.down else "mean"


def _cell(paint: Paint, found: SweepMap, cell: Cell) -> Text:
    if not cell.places:
        return Text("")
    text = Text(shade(found, cell, ascii_only=paint.ascii), style=paint.colours["secondary"])
    text.append(f" {figures_text(found, cell)} ", style="bold not dim" if found.is_best(cell) else "")
    text = Text.assemble(text)
    if cell.status is None:
        text.append(NEW, style="dim")
    else:
        text.append_text(paint.status(cell.status))
    return text


def effect_lines(found: "Effects") -> list[Text]:
    """Main effects as a table, the largest first."""
    from engine.results.effecttext import effects_text  # noqa: PLC0415 - NumPy, which the effects have loaded

    text = effects_text(found)
    lines = [Text(f" {text.title}", style="bold"), Text(f" {text.head}", style="dim")]
    lines += [Text(f" {row}") for row in text.rows]
    return [*lines, *(Text(f" {note}", style="dim") for note in text.notes)]
