"""The chosen experiment: its settings, what it costs, its jobs as a grid or as a list."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from engine.results.rows import JobRow
from engine.results.sweepmap import At
from engine.session import Progress, Snapshot
from tui.keys import key_of, with_keys
from tui.panes.paint import Paint
from tui.panes.queue_about import about, cost_line, label, shown, title_line
from tui.panes.queue_drawn import Drawn
from tui.panes.queue_lines import Histories, Jobs, cell, gone_to, job_line, label_width, lines_of, moved, no_line
from tui.panes.queue_list import Item
from tui.panes.queue_map import QueueMap
from tui.panes.queue_words import first_time
from tui.widgets.grid import Grid
from tui.widgets.rows import Rows
from tui.widgets.switcher import Switcher

if TYPE_CHECKING:
    from tui.editing.document import Sheet

# A window of fewer lines shows jobs rather than words about them.
LOW = 9


class QueueDetail(Widget):
    """Shows what it is given; knows which of the jobs are chosen."""

    def __init__(self, *, writes: bool = True, retries: bool = True) -> None:
        super().__init__()
        self.refined: Mapping[str, str] = {}
        self._writes, self._retries = writes, retries
        self._item: Item | None = None
        self._shown: tuple[Item | None, object] | None = None
        self._jobs: list[Jobs] = []
        self._as_list = False
        self._mapped = False
        self._opened = False
        self._again: tuple[Paint, Item | None, Sheet | None, Snapshot | None, Histories, int] | None = None

    def compose(self) -> ComposeResult:
        """Title, settings, cost, jobs."""
        yield Static(id="title")
        yield Static(id="settings")
        yield Static(id="cost")
        with Switcher(initial="jobs", id="how"):
            yield Rows(id="jobs")
            yield Grid(id="grid")
            yield QueueMap(runs=self._retries, id="map")

    def show(
        self,
        paint: Paint,
        item: Item | None,
        sheet: "Sheet | None",
        snapshot: Snapshot | None,
        histories: Histories,
        at_once: int = 1,
    ) -> None:
        """Show an item as it stands now, where so many jobs train at once."""
        self._again = paint, item, sheet, snapshot, histories, at_once
        if not self.is_mounted or not self.size.width:
            return
        how = (self._as_list, self._mapped, self._opened, self._map.drawn)
        now = (paint.colours, paint.ascii, self.size, how, sheet, snapshot, histories, at_once, self.refined)
        if self._shown is not None and self._shown[0] is item and self._shown[1] == now:
            return
        self._shown = item, now
        width = self.size.width
        stays = item is not None and self._item is not None and item.name == self._item.name
        self._item = item
        self._put("#title", title_line(paint, item, width))
        if item is None:
            self._put("#settings", Text(first_time(self.app, sheet, writes=self._writes)))
            self._list(0, no_line)
            return
        if sheet is None and item.plan is None and item.kind in ("experiment", "defaults", "run"):
            # The settings' model is still loading; what the store knows can be shown already.
            return
        moving = with_keys(self.app, ": <queue.down> and <queue.up> move a job that waits") if self._retries else ""
        settings = about(paint, item, sheet, width, max(2, self.size.height // 2 - 1), moving)
        self._put("#settings", Text("") if self.mapped else settings)
        # The map says itself what failed, and a low window has other uses for its lines.
        most = 1 if self.mapped or self.size.height < LOW else 3
        refined = with_keys(self.app, self.refined.get(item.name, ""))
        again = key_of(self.app, "queue.retry") if self._retries else ""
        self._put("#cost", cost_line(paint, item, snapshot, at_once, refined, width, most, again))
        self._show_jobs(paint, item, partial(label, item, snapshot), snapshot, histories, stays=stays)

    def on_resize(self) -> None:
        """Texts are made for a width."""
        if self._again is not None:
            self.show(*self._again)

    @on(Rows.Resized, "#jobs")
    def _resized(self) -> None:
        """The list of jobs is laid out once it is shown."""
        self._shown = None
        self.on_resize()

    def _put(self, name: str, text: Text) -> None:
        """Painting, and laying out, only what differs."""
        found = self.query_one(name, Static)
        found.display = bool(text.plain)
        before, width = found.content, self.size.width
        if before != text:
            same_height = isinstance(before, Text) and lines_of(before, width) == lines_of(text, width)
            found.update(text, layout=not same_height)

    def _show_jobs(
        self,
        paint: Paint,
        item: Item,
        name: Callable[[int, int], str],
        snapshot: Snapshot | None,
        histories: Histories,
        *,
        stays: bool,
    ) -> None:
        fields = list(item.plan.sweep) if item.plan else []
        how = "grid" if len(fields) == 2 and item.slots and not self._as_list else "jobs"
        if self.mapped:
            how = "jobs" if self._opened else "map"
        switcher = self.query_one("#how", Switcher)
        if switcher.current != how:
            stays = False
            inside = self.has_focus_within
            switcher.current = how
            if inside:
                now = self._map.grid if how == "map" else self.query_one(f"#{how}", Rows)
                now.can_focus = True
                now.focus()
        progress = snapshot.progress if snapshot else {}
        if self.mapped:
            self._map.show(paint, item, snapshot.jobs if snapshot is not None else ())
            if self._opened:
                self._show_cell(paint, progress, histories)
            return
        if how == "grid":
            self._show_grid(paint, item, fields, snapshot)
            return
        before, self._jobs = self._jobs, [(row,) for row in item.every]
        rows = self.query_one("#jobs", Rows)
        width = rows.width

        def made(place: int) -> Text:
            row = item.every[place]
            within = progress.get(row.id) if row else None
            return job_line(paint, width, name(place, label_width(width)), row, within, histories)

        at = gone_to(before, self._jobs, rows.cursor) if stays else rows.cursor
        self._list(len(item.every), made)
        rows.cursor = at

    def _list(self, count: int, made: Callable[[int], Text]) -> None:
        """A list without jobs has no place for the focus."""
        rows = self.query_one("#jobs", Rows)
        rows.set_source(count, made)
        if not count and rows.has_focus:
            self.screen.focus_previous()
        rows.can_focus = count > 0

    def _show_cell(self, paint: Paint, progress: Mapping[str, Progress], histories: Histories) -> None:
        """The jobs of the cell under the cursor of the map, as its last drawing has them."""
        drawn, cell = self._map.drawn, self._map.cell
        if drawn is None or cell is None:
            return
        rows = self.query_one("#jobs", Rows)
        width = rows.width
        self._jobs = [(place.row,) for place in cell.places]

        def made(at: int) -> Text:
            place = cell.places[at]
            within = progress.get(place.id)
            return job_line(paint, width, drawn.label(place), place.row, within, histories)

        self._list(len(cell.places), made)

    def _show_grid(self, paint: Paint, item: Item, fields: list[str], snapshot: Snapshot | None) -> None:
        assert item.plan is not None, "a grid is of an experiment"
        down, across = fields
        sides = [f"{down}={shown(down, value)}" for value in item.plan.sweep[down]]
        heads = [shown(across, value) for value in item.plan.sweep[across]]
        repeats = item.plan.repeats
        more: dict[int, Jobs] = {}
        for start, row in item.added:
            more[start] = (*more.get(start, ()), row)
        starts = range(0, len(item.rows), repeats)
        self._jobs = [item.rows[start : start + repeats] + more.get(start, ()) for start in starts]
        progress = snapshot.progress if snapshot else {}
        cells = [cell(paint, rows, progress) for rows in self._jobs]
        lines = [cells[start : start + len(heads)] for start in range(0, len(cells), len(heads))]
        self.query_one("#grid", Grid).set_cells(f"{across}:", heads, sides, lines)

    def toggle(self) -> None:
        """Grid to list, or back."""
        self._as_list = not self._as_list
        self.on_resize()

    # the map

    @property
    def _map(self) -> QueueMap:
        return self.query_one(QueueMap)

    @property
    def mapped(self) -> bool:
        """Whether the experiment is drawn as a map, or a cell of that is listed."""
        return self._mapped and self._item is not None and self._item.kind in ("experiment", "stored")

    @property
    def in_cell(self) -> bool:
        """Whether the jobs of a cell are listed."""
        return self.mapped and self._opened

    def map(self, mapped: bool) -> None:
        """As a map, or as grid or list."""
        self._mapped, self._opened = mapped, False
        self.on_resize()
        if self.mapped:
            self._map.grid.focus()

    def step(self, side: int) -> None:
        """Another field down (0) or across (1)."""
        if self.mapped and not self._opened:
            self._map.step(side)

    def turn(self) -> None:
        """Another figure in the map."""
        if self.mapped and not self._opened:
            self._map.turn()

    @property
    def fixable(self) -> Drawn | None:
        """The map, where one is shown that has fields to be fixed."""
        drawn = self._map.drawn if self.mapped and not self._opened else None
        return drawn if drawn is not None and drawn.choices else None

    def fix(self, drawn: Drawn, field: str, value: At) -> None:
        """A field of a map that is still shown at a value, or averaged again."""
        if self.mapped and self._map.drawn is not None and self._map.drawn.name == drawn.name:
            self._map.fix(field, value)

    def open_cell(self) -> bool:
        """List the jobs of the cell under the cursor; False where none is to be opened."""
        cell = self._map.cell if self.mapped and not self._opened else None
        if cell is None or not cell.places:
            return self.in_cell
        self._opened = True
        self.query_one("#jobs", Rows).cursor = 0
        self.on_resize()
        return True

    def close_cell(self) -> bool:
        """Back to the map; False where no cell was open."""
        was, self._opened = self._opened, False
        self.on_resize()
        return was

    @property
    def left(self) -> tuple[str, ...]:
        """The jobs of the whole sweep that are missing or failed."""
        drawn = self._map.drawn
        return tuple(place.id for place in drawn.left) if drawn is not None else ()

    # which jobs

    @property
    def _place(self) -> int:
        how = self.query_one("#how", Switcher).current
        if how == "jobs":
            return self.query_one("#jobs", Rows).cursor
        if how == "map":
            return 0
        grid = self.query_one("#grid", Grid)
        line, column = grid.cell
        return line * grid.columns + column

    def chosen(self) -> tuple[str, ...]:
        """The jobs under the cursor."""
        if self.mapped and not self._opened:
            cell = self._map.cell
            return tuple(place.id for place in cell.places if place.row is not None) if cell is not None else ()
        rows: Sequence[JobRow | None] = self._jobs[self._place] if self._place < len(self._jobs) else ()
        return tuple(row.id for row in rows if row is not None)

    def reordered(self, step: int) -> tuple[tuple[str, ...], str]:
        """The waiting jobs in the order in which they would stand with the chosen one moved; or why it cannot be."""
        waiting = [row.id for rows in self._jobs for row in rows if row is not None and row.status.waits()]
        return moved(waiting, self.chosen()[:1], step)

    def in_sight(self) -> tuple[str, ...]:
        """The jobs of the list that can be seen: their curves are worth reading."""
        if self.query_one("#how", Switcher).current != "jobs":
            return ()
        rows = self.query_one("#jobs", Rows)
        return tuple(row.id for place in rows.in_sight for row in self._jobs[place] if row is not None)
