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
from engine.plan.jobs import JobStatus, Value
from engine.results.cells import setting
from engine.results.durations import counted
from engine.results.figures import FIELDS
from engine.results.maptext import EFFECT_TITLES, effect_rows, figures_text, shade
from engine.results.metrics import METRICS, known
from engine.results.numbers import number
from engine.results.rows import JobRow
from engine.results.states import Latest
from engine.results.sweepmap import NEW, Cell, Place, SweepMap, sweep_map, swept
from tui.panes.paint import Paint
from tui.panes.queue_list import Item
from tui.widgets.grid import Grid
from tui.widgets.rows import Rows

if TYPE_CHECKING:
    from engine.results.effects import Effects

METRIC = "test_accuracy"
# Of more than these, main effects are told.
SIDES = 2


@dataclass(frozen=True, eq=False)
class Drawn:
    """A map of an experiment, with all fields that vary, and their effects where there are more than two."""

    name: str
    places: tuple[Place, ...]
    varied: tuple[str, ...]
    found: SweepMap | None
    effects: "Effects | None"
    seeds: Mapping[str, int]
    left_out: str = ""
    """Which jobs are left out, since their data set or code was another than that of the others."""

    @property
    def left(self) -> tuple[Place, ...]:
        """What is missing or failed in the whole sweep."""
        return tuple(place for place in self.places if place.is_left)

    def label(self, place: Place) -> str:
        """`dropout=0.2 activation=relu seed 1`: what tells a job from the others."""
        told = [f"{name}={setting(place.config.get(name))}" for name in self.varied]
        return " ".join([*told, f"seed {self.seeds[place.id]}"])


def drawn(item: Item, jobs: Sequence[JobRow], fields: Sequence[str], metric: str = METRIC) -> Drawn:
    """The map of an experiment over `fields`, or where there are none over the two that change most.

    Takes about 10 ms a thousand jobs, and loads NumPy: meant for a thread. Raises KeyError for no metric.
    """
    from engine.results.effects import drawn_fields, main_effects  # noqa: PLC0415 - NumPy: 0.1 s

    places, seeds, left_out = _places(item, jobs)
    varied = swept(places, item.plan.sweep if item.plan is not None else ())
    effects = main_effects(places, varied, metric) if varied else None
    chosen = [name for name in fields if name in varied] or drawn_fields(varied, effects)
    found = sweep_map(places, chosen, metric=metric) if chosen else None
    return Drawn(item.name, places, varied, found, effects if len(varied) > SIDES else None, seeds, left_out)


def _places(item: Item, jobs: Sequence[JobRow]) -> tuple[tuple[Place, ...], Mapping[str, int], str]:
    """The jobs that the file yields, then those that only the store has, such as repeats that `refine` added.

    Of a data set or code that changed those of one state, and which are left out for it.
    """
    places: dict[str, Place] = {}
    seeds: dict[str, int] = {}
    for slot, row in zip(item.slots, item.rows, strict=False):
        name = row.id if row is not None else slot.job.id
        places[name] = Place(name, row.config if row is not None else slot.job.config, row)
        seeds[name] = slot.job.seed
    own = item.rows if not item.slots else (row for row in jobs if item.name in row.experiments)
    for row in own:
        if row is not None and row.id not in places:
            places[row.id] = Place(row.id, row.config, row)
            seeds[row.id] = row.seed
    rows = [place.row for place in places.values() if place.row is not None]
    latest = Latest(rows)
    kept = tuple(place for place in places.values() if place.row is None or latest.has(place.row))
    return kept, seeds, latest.left_out(rows)


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

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.drawn: Drawn | None = None
        self._paint: Paint | None = None
        self._fields: dict[str, tuple[str, ...]] = {}
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
        fields = self._fields.get(item.name, ())
        of = (item, jobs, fields, self._metric)
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
        self._make(of, item, jobs, fields, self._metric)

    def _same(self, of: tuple[Item, Sequence[JobRow], tuple[str, ...], str]) -> bool:
        before = self._of
        return isinstance(before, tuple) and before[0] is of[0] and before[1] is of[1] and before[2:] == of[2:]

    # Without a description Textual makes one of the arguments, which would write out every job.
    @work(thread=True, exclusive=True, group="map", description="map")
    def _make(self, of: object, item: Item, jobs: Sequence[JobRow], fields: Sequence[str], metric: str) -> None:
        try:
            made = drawn(item, jobs, fields, metric)
        except (EngineError, KeyError):
            # A store of another version may lack a setting in some of its jobs.
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

    # drawing

    def _draw(self) -> None:
        paint, made = self._paint, self.drawn
        found = made.found if made is not None else None
        effects = self.query_one("#map-effects", Rows)
        effects.display = made is not None and made.effects is not None
        self.query_one("#map-about", Static).update(about(made))
        if paint is None or made is None or found is None:
            self.grid.set_cells("", [], [], [])
            return
        heads = [setting(value) for value in found.across_values]
        sides = [_side(found, value) for value in found.down_values]
        cells = [[_cell(paint, found, cell) for cell in line] for line in found.cells]
        self.grid.styles.height = len(sides) + 1
        self.grid.set_cells(f"{found.across}:", heads, sides, cells)
        if made.effects is not None:
            lines = effect_lines(made.effects)
            effects.set_lines(lines, frozenset({0, 1}))


def about(made: Drawn | None) -> str:
    """What the cells hold, and what is left to be run."""
    if made is None:
        return "Counting."
    if made.found is None:
        if not made.places:
            return "It has no jobs that can be drawn."
        return "Its jobs differ in no setting, only in their seeds: the Leaderboard shows their mean."
    over = [name for name in made.varied if name not in (made.found.down, made.found.across)]
    sides = f"{made.found.down} down, {made.found.across} across" if made.found.down else made.found.across
    told = f"mean {METRICS[made.found.metric].title}, {sides}" + (f", over {', '.join(over)}" if over else "")
    left = f"; R runs {counted(len(made.left), 'job')} missing or failed" if made.left else ""
    return told + left + (f"; {made.left_out}" if made.left_out else "")


def _side(found: SweepMap, value: Value) -> str:
    return setting(value) if found.down else "mean"


def _cell(paint: Paint, found: SweepMap, cell: Cell) -> Text:
    if not cell.places:
        return Text("")
    extent = found.extent
    best = found.heat(cell) == 1.0 and extent is not None and extent[0] < extent[1]
    text = Text(shade(found, cell, ascii_only=paint.ascii), style=paint.colours["secondary"])
    text.append(f" {figures_text(found, cell)} ", style="bold not dim" if best else "")
    text = Text.assemble(text)
    if cell.status is None:
        text.append(NEW, style="dim")
    else:
        text.append_text(paint.status(cell.status))
    return text


def effect_lines(found: "Effects") -> list[Text]:
    """Main effects as a table, the largest first."""
    metric = METRICS[found.metric]
    mean = number(found.mean, metric.decimals)
    rows = [EFFECT_TITLES, *effect_rows(found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(EFFECT_TITLES))]
    lines = [Text(f" main effects on {metric.title}, around {mean} over {counted(found.n, 'job')}", style="bold")]
    for place, row in enumerate(rows):
        cells = [
            text.ljust(width) if at in (0, 2) else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(Text(" " + "  ".join(cells), style="" if place else "dim"))
    if not found.told_apart:
        lines.append(Text(" some fields changed only together: their effects cannot be told apart", style="dim"))
    return lines
