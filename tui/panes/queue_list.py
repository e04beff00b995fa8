"""What the list of the queue holds: the experiments of the file, those that only the store knows, and three tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from rich.text import Text

from engine.plan.experiment import Experiment
from engine.plan.jobs import JobStatus
from engine.plan.sweep import count
from engine.results.rows import JobRow
from engine.session import Snapshot
from tui.editing.document import Sheet
from tui.editing.expected import Found, Slot, slots
from tui.panes.paint import Paint, cut
from tui.panes.queue_lines import Histories, best, experiment_line

Kind = Literal["experiment", "stored", "waiting", "defaults", "run"]


@dataclass(frozen=True)
class Item:
    """One line of the list. `slots` are the jobs that an experiment names, `rows` what the store has of them."""

    kind: Kind
    name: str
    number: int = -1
    experiment: Experiment | None = field(default=None, compare=False)
    slots: tuple[Slot, ...] = field(default=(), compare=False)
    rows: tuple[JobRow | None, ...] = field(default=(), compare=False)

    @property
    def chosen(self) -> JobRow | None:
        """The job whose curve stands for all."""
        return best(self.rows) if self.kind in ("experiment", "stored") else None

    @property
    def size(self) -> str:
        """`6x3`: configurations x repeats."""
        if self.experiment is None:
            return str(len(self.rows))
        repeats = self.experiment.repeats
        return f"{count(self.experiment) // repeats}x{repeats}"


class QueueList:
    """Makes the items; what stays the same from one time to the next is not made again."""

    def __init__(self) -> None:
        self._expanded: list[tuple[object, tuple[Slot, ...]]] = []
        self._jobs: tuple[JobRow, ...] = ()
        self._found = Found(())

    def items(self, sheet: Sheet | None, snapshot: Snapshot | None) -> tuple[Item, ...]:
        """The experiments in the order of the file, then what only the store knows, then queue, defaults and run."""
        jobs = snapshot.jobs if snapshot else ()
        if jobs is not self._jobs and jobs != self._jobs:
            self._jobs, self._found = jobs, Found(row for row in jobs if row.status is not JobStatus.WITHDRAWN)
        queue = sheet.queue if sheet else None
        items = []
        expanded = []
        for number, experiment in enumerate(queue.experiments if queue else ()):
            mark = _mark(experiment)
            known = (
                self._expanded[number][1]
                if number < len(self._expanded) and self._expanded[number][0] == mark
                else None
            )
            named = slots(experiment) if known is None else known
            expanded.append((mark, named))
            rows = tuple(self._found.rows(experiment, named)) if named else tuple(self._found.named(experiment.name))
            items.append(Item("experiment", experiment.name, number, experiment, named, rows))
        self._expanded = expanded
        names = {item.name for item in items}
        stored = dict.fromkeys(name for row in jobs for name in row.experiments if name not in names)
        items += [Item("stored", name, rows=tuple(found)) for name in stored if (found := self._found.named(name))]
        waiting = tuple(row for row in jobs if row.status.waits() or row.status is JobStatus.RUNNING)
        if waiting:
            items.append(Item("waiting", "waiting and running", rows=waiting))
        if queue is not None:
            items += [Item("defaults", "[defaults]"), Item("run", "[run]")]
        return tuple(items)


def _mark(experiment: Experiment) -> object:
    """What decides which jobs an experiment names; 1 and true are equal but not the same."""
    sweep = tuple((name, tuple(map(repr, values))) for name, values in experiment.sweep.items())
    return repr(experiment.settings), sweep, experiment.repeats, experiment.seed


def list_lines(paint: Paint, width: int, items: Sequence[Item], histories: Histories) -> list[Text]:
    """A line an item."""
    return [_line(paint, width, item, histories) for item in items]


def _line(paint: Paint, width: int, item: Item, histories: Histories) -> Text:
    if item.kind in ("experiment", "stored"):
        on = item.experiment.enabled if item.experiment else False
        rows = item.rows or (None,)
        line = experiment_line(paint, width, item.name, item.size, rows, histories, on=on or item.kind == "stored")
        if item.kind == "stored":
            line.stylize("italic dim")
        return line
    words = item.name
    if item.kind == "waiting":
        running = sum(row is not None and row.status is JobStatus.RUNNING for row in item.rows)
        words = f"{running} running, {len(item.rows) - running} waiting"
    return Text(cut(f"   {words}", width, ascii_only=paint.ascii), style="dim")
