"""The chosen experiment: its settings, what it costs, its jobs as a grid or as a list."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from engine.results.rows import JobRow
from engine.session import Snapshot
from engine.text import visible
from tui.panes.paint import Paint, cut
from tui.panes.queue_lines import Histories, cell, job_line, label_width
from tui.panes.queue_list import Item
from tui.widgets.grid import Grid
from tui.widgets.rows import Rows
from tui.widgets.switcher import Switcher

if TYPE_CHECKING:
    from tui.editing.document import Sheet

Jobs = tuple[JobRow | None, ...]


class QueueDetail(Widget):
    """Shows what it is given; knows which of the jobs are chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._item: Item | None = None
        self._shown: object = None
        self._jobs: list[Jobs] = []
        self._as_list = False
        self._listed = ""
        self._again: tuple[Paint, Item | None, Sheet | None, Snapshot | None, Histories] | None = None

    def compose(self) -> ComposeResult:
        """Title, settings, cost, jobs."""
        yield Static(id="title")
        yield Static(id="settings")
        yield Static(id="cost")
        with Switcher(initial="jobs", id="how"):
            yield Rows(id="jobs")
            yield Grid(id="grid")

    def show(
        self, paint: Paint, item: Item | None, sheet: "Sheet | None", snapshot: Snapshot | None, histories: Histories
    ) -> None:
        """Show an item as it stands now."""
        self._again = paint, item, sheet, snapshot, histories
        if not self.is_mounted or not self.size.width:
            return
        width = self.size.width
        self._item = item
        self._put("#title", self._title(paint, item, width))
        if item is None:
            self._put("#settings", Text(first_time(sheet)))
            return
        if sheet is None and item.kind == "experiment":
            # The settings' model is still loading; what the store knows can be shown already.
            return
        from tui.panes import queue_about  # noqa: PLC0415 - pydantic: 0.2 s that a first paint does without

        self._put("#settings", queue_about.about(paint, item, sheet, width, max(2, self.size.height // 2 - 1)))
        self._put("#cost", queue_about.cost_line(item, snapshot))
        self._show_jobs(paint, item, partial(queue_about.label, item, snapshot), snapshot, histories)

    def on_resize(self) -> None:
        """Texts are made for a width."""
        if self._again is not None:
            self.show(*self._again)

    def _put(self, name: str, text: Text) -> None:
        """Painting, and laying out, only what differs."""
        found = self.query_one(name, Static)
        found.display = bool(text.plain)
        before = found.content
        if before != text:
            same_height = isinstance(before, Text) and before.plain.count("\n") == text.plain.count("\n")
            found.update(text, layout=not same_height)

    def _title(self, paint: Paint, item: Item | None, width: int) -> Text:
        name = item.name if item else "nothing here yet"
        line = Text(paint.rule * 2 + " ", style="dim")
        line.append(cut(name, min(len(visible(name)), width - 6), ascii_only=paint.ascii), style="bold not dim")
        line.append(" " + paint.rule * max(0, width - line.cell_len - 1))
        return line

    def _show_jobs(
        self,
        paint: Paint,
        item: Item,
        label: Callable[[int, int], str],
        snapshot: Snapshot | None,
        histories: Histories,
    ) -> None:
        fields = list(item.experiment.sweep) if item.experiment else []
        how = "grid" if len(fields) == 2 and item.slots and not self._as_list else "jobs"
        switcher = self.query_one("#how", Switcher)
        if switcher.current != how:
            inside = self.has_focus_within
            switcher.current = how
            if inside:
                self.query_one(f"#{how}", Rows).focus()
        progress = snapshot.progress if snapshot else {}
        if how == "grid":
            self._show_grid(paint, item, fields, snapshot)
            return
        before, self._jobs = self._jobs, [(row,) for row in item.rows]
        rows = self.query_one("#jobs", Rows)
        width = rows.width

        def made(place: int) -> Text:
            row = item.rows[place]
            within = progress.get(row.id) if row else None
            return job_line(paint, width, label(place, label_width(width)), row, within, histories)

        stays = item.name == self._listed
        self._listed = item.name
        at = _moved(before, self._jobs, rows.cursor) if stays else rows.cursor
        rows.set_source(len(item.rows), made)
        rows.cursor = at

    def _show_grid(self, paint: Paint, item: Item, fields: list[str], snapshot: Snapshot | None) -> None:
        assert item.experiment is not None, "a grid is of an experiment"
        down, across = fields
        from tui.panes.queue_about import shown  # noqa: PLC0415 - loaded by now

        sides = [f"{down}={shown(down, value)}" for value in item.experiment.sweep[down]]
        heads = [shown(across, value) for value in item.experiment.sweep[across]]
        repeats = item.experiment.repeats
        self._jobs = [item.rows[start : start + repeats] for start in range(0, len(item.rows), repeats)]
        progress = snapshot.progress if snapshot else {}
        cells = [cell(paint, rows, progress) for rows in self._jobs]
        lines = [cells[start : start + len(heads)] for start in range(0, len(cells), len(heads))]
        self.query_one("#grid", Grid).set_cells(f"{across}:", heads, sides, lines)

    def toggle(self) -> None:
        """Grid to list, or back."""
        self._as_list = not self._as_list
        self.on_resize()

    # which jobs

    @property
    def _place(self) -> int:
        how = self.query_one("#how", Switcher).current
        if how == "jobs":
            return self.query_one("#jobs", Rows).cursor
        grid = self.query_one("#grid", Grid)
        line, column = grid.cell
        return line * grid.columns + column

    def chosen(self) -> tuple[str, ...]:
        """The jobs under the cursor."""
        rows: Sequence[JobRow | None] = self._jobs[self._place] if self._place < len(self._jobs) else ()
        return tuple(row.id for row in rows if row is not None)

    def reordered(self, step: int) -> tuple[str, ...]:
        """The waiting jobs in the order in which they would stand with the chosen one moved; empty if it cannot be."""
        waiting = [row.id for rows in self._jobs for row in rows if row is not None and row.status.waits()]
        chosen = self.chosen()[:1]
        if not chosen or chosen[0] not in waiting:
            return ()
        place = waiting.index(chosen[0])
        if not 0 <= place + step < len(waiting):
            return ()
        waiting.insert(place + step, waiting.pop(place))
        return tuple(waiting)

    def in_sight(self) -> tuple[str, ...]:
        """The jobs of the list that can be seen: their curves are worth reading."""
        if self.query_one("#how", Switcher).current != "jobs":
            return ()
        rows = self.query_one("#jobs", Rows)
        return tuple(row.id for place in rows.in_sight for row in self._jobs[place] if row is not None)


def _moved(before: Sequence[Jobs], now: Sequence[Jobs], place: int) -> int:
    """Where the job of a place has gone: whoever stops or holds it means the job, not the place."""
    found = before[place][0] if place < len(before) else None
    if found is None:
        return place
    return next((at for at, (row,) in enumerate(now) if row is not None and row.id == found.id), place)


def first_time(sheet: "Sheet | None") -> str:
    """What to press where there is nothing."""
    if sheet is None or sheet.queue is None:
        if sheet is not None and not sheet.exists:
            return (
                f" There is no {sheet.path.name} here.\n\n n  writes a first one, which you can change before saving it"
            )
        return " Nothing was trained here yet."
    return " The queue is empty.\n\n n  adds an experiment\n ?  shows every key"
