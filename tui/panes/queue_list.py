"""What the list of the queue holds: the experiments of the file, those that only the store knows, and three tables."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from rich.text import Text

from engine.plan.jobs import JobStatus
from engine.results.cost import Work, work_of
from engine.results.rows import JobRow
from engine.session import Snapshot
from tui.editing.glance import glance
from tui.editing.outline import Entry
from tui.editing.plan import Plan, Slot
from tui.panes.paint import Paint, cut
from tui.panes.queue_lines import Histories, Tally, experiment_line, tally

if TYPE_CHECKING:
    from engine.plan.experiment import Experiment
    from engine.plan.queuefile import QueueFile
    from tui.editing.document import Sheet

Kind = Literal["experiment", "stored", "waiting", "defaults", "run"]


@dataclass(frozen=True)
class Item:
    """One line of the list. `slots` are the jobs that an experiment names, `rows` what the store has of them.

    `added` are repeats that it wants besides, as `refine` asks for them, each with the place of its first slot.
    """

    kind: Kind
    name: str
    number: int = -1
    entry: Entry | None = field(default=None, compare=False)
    experiment: "Experiment | None" = field(default=None, compare=False)
    plan: Plan | None = field(default=None, compare=False)
    slots: tuple[Slot, ...] = field(default=(), compare=False)
    rows: tuple[JobRow | None, ...] = field(default=(), compare=False)
    added: tuple[tuple[int, JobRow], ...] = field(default=(), compare=False)

    @cached_property
    def every(self) -> tuple[JobRow | None, ...]:
        """Its rows, then the repeats that were added."""
        return (*self.rows, *(row for _, row in self.added)) if self.added else self.rows

    @cached_property
    def tally(self) -> Tally:
        """Its jobs in brief."""
        return tally(self.every)

    @cached_property
    def work(self) -> Work | None:
        """What training it takes; None of what is no experiment of the file, or is not read yet."""
        if self.slots:
            return work_of(zip((slot.job for slot in self.slots), self.rows, strict=True))
        if self.experiment is None:
            return None
        from engine.results.multiplied import work_of_many  # noqa: PLC0415 - loaded by who made the sheet

        return work_of_many(self.experiment, (row for row in self.rows if row is not None))

    @property
    def chosen(self) -> JobRow | None:
        """The job whose curve stands for all."""
        return self.tally.chosen if self.kind in ("experiment", "stored") else None

    @property
    def size(self) -> str:
        """`6x3`: configurations x repeats."""
        return self.entry.size if self.entry is not None else str(len(self.rows))


class QueueList:
    """Makes the items; what stays the same from one time to the next is not made again. Threads take turns."""

    def __init__(self) -> None:
        self._expanded: list[tuple[object, tuple[Slot, ...]]] = []
        self._made_of: tuple[object, object, object] = (None, None, None)
        self._items: tuple[Item, ...] = ()
        self._turn = threading.Lock()

    def items(self, sheet: "Sheet | None", entries: Sequence[Entry], snapshot: Snapshot | None) -> tuple[Item, ...]:
        """The experiments in the order of the file, then what only the store knows, then queue, defaults and run.

        Until there is a sheet, `entries` stand for its experiments. What was made from the same is the same.
        """
        with self._turn:
            if not self.has(sheet, entries, snapshot):
                jobs = snapshot.jobs if snapshot else ()
                queue = sheet.queue if sheet else None
                items = tuple(self._made(jobs, queue, entries))
                for item in items:
                    _ = item.tally
                    if not item.slots:
                        _ = item.work
                self._items, self._made_of = items, (jobs, queue, entries)
            return self._items

    @property
    def latest(self) -> tuple[Item, ...]:
        """What was made last."""
        return self._items

    def has(self, sheet: "Sheet | None", entries: Sequence[Entry], snapshot: Snapshot | None) -> bool:
        """Whether the items of these are made already."""
        jobs, queue, before_entries = self._made_of
        same_jobs = jobs == (snapshot.jobs if snapshot else ())
        return same_jobs and queue is (sheet.queue if sheet else None) and entries is before_entries

    def _made(self, jobs: Sequence[JobRow], queue: "QueueFile | None", entries: Sequence[Entry]) -> list[Item]:
        named = by_experiment(jobs)
        if queue is not None:
            items = self._planned(queue, jobs, named)
        else:
            items = [_glanced(number, entry, named.get(entry.name, ())) for number, entry in enumerate(entries)]
        names = {item.name for item in items}
        items += [Item("stored", name, rows=tuple(rows)) for name, rows in named.items() if name not in names]
        waiting = tuple(row for row in jobs if row.status.waits() or row.status is JobStatus.RUNNING)
        if waiting:
            items.append(Item("waiting", "waiting and running", rows=waiting))
        if queue is not None or entries:
            items += [Item("defaults", "[defaults]"), Item("run", "[run]")]
        return items

    def _planned(
        self, queue: "QueueFile", jobs: Sequence[JobRow], by_name: Mapping[str, Sequence[JobRow]]
    ) -> list[Item]:
        from tui.editing.expected import Found, plan, slots  # noqa: PLC0415 - loaded by who made the sheet

        found = Found(jobs)
        items, expanded = [], []
        for number, experiment in enumerate(queue.experiments):
            mark = _mark(experiment)
            before = self._expanded[number] if number < len(self._expanded) else (None, ())
            named = before[1] if before[0] == mark else slots(experiment)
            expanded.append((mark, named))
            rows = found.rows(experiment, named) if named else by_name.get(experiment.name, ())
            told = plan(experiment, queue.defaults)
            repeats = experiment.repeats
            entry = Entry(experiment.name, experiment.enabled, told.count // repeats, repeats)
            more = added(rows, repeats, by_name.get(experiment.name, ())) if named else ()
            items.append(Item("experiment", experiment.name, number, entry, experiment, told, named, tuple(rows), more))
        self._expanded = expanded
        return items


def _glanced(number: int, entry: Entry, rows: Sequence[JobRow]) -> Item:
    """An experiment of which only the text of the file is known yet, and what the store has of it."""
    known = {row.id: row for row in rows}
    found = glance(entry, known) if rows else None
    if found is None:
        return Item("experiment", entry.name, number, entry=entry, rows=tuple(rows))
    plan, slots = found
    named = tuple(known[slot.job.id] for slot in slots)
    return Item(
        "experiment",
        entry.name,
        number,
        entry,
        plan=plan,
        slots=slots,
        rows=named,
        added=added(named, entry.repeats, rows),
    )


def added(rows: Sequence[JobRow | None], repeats: int, wanted: Sequence[JobRow]) -> tuple[tuple[int, JobRow], ...]:
    """Of all that an experiment wants, the further repeats of what it names, each with the place of the first of those.

    `rows` are what the store has of its slots, `repeats` of each configuration.
    """
    known = {row.id for row in rows if row is not None}
    more = [row for row in wanted if row.id not in known]
    if not more:
        return ()
    # Jobs of one configuration share it, as the store reads it once: so it is known by its identity.
    first: dict[int, int] = {}
    for place, row in enumerate(rows):
        if row is not None:
            first.setdefault(id(row.config), place - place % repeats)
    return tuple(sorted(((first[id(row.config)], row) for row in more if id(row.config) in first), key=itemgetter(0)))


def by_experiment(rows: Sequence[JobRow]) -> dict[str, list[JobRow]]:
    """The jobs that each experiment wants, in the order of the queue; withdrawn ones are wanted by none."""
    found: dict[str, list[JobRow]] = {}
    for row in rows:
        if row.status is not JobStatus.WITHDRAWN:
            for name in row.experiments:
                found.setdefault(name, []).append(row)
    return found


def _mark(experiment: "Experiment") -> object:
    """What decides which jobs an experiment names; 1 and true are equal but not the same."""
    sweep = tuple((name, tuple(map(repr, values))) for name, values in experiment.sweep.items())
    return repr(experiment.settings), sweep, experiment.repeats, experiment.seed


def list_line(paint: Paint, width: int, item: Item, histories: Histories) -> Text:
    """An item on one line."""
    if item.kind in ("experiment", "stored"):
        on = item.entry.enabled if item.entry else True
        line = experiment_line(paint, width, item.name, item.size, item.tally, histories, on=on)
        if item.kind == "stored":
            line.stylize("italic dim")
        return line
    words = item.name
    if item.kind == "waiting":
        running = sum(row is not None and row.status is JobStatus.RUNNING for row in item.rows)
        words = f"{running} running, {len(item.rows) - running} waiting"
    return Text(cut(f"   {words}", width, ascii_only=paint.ascii), style="dim")
