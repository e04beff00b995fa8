"""A run on a terminal: a bar for each running job, one for the queue, and a line for everything that ended."""

import errno
import sys
from collections.abc import Sequence

from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from engine.cli.displays import decimals, line_of
from engine.cli.follow import Happening
from engine.cli.streams import console, width
from engine.plan.jobs import JobStatus
from engine.results.durations import clock
from engine.results.estimate import seconds_left
from engine.results.labels import Labels
from engine.results.rows import JobRow
from engine.session import Snapshot
from engine.text import cut

STYLES = {
    JobStatus.DONE: "green",
    JobStatus.FAILED: "bold red",
    JobStatus.OUT_OF_MEMORY: "bold red",
    JobStatus.STOPPED: "yellow",
    JobStatus.INTERRUPTED: "yellow",
}


UNTOLD = ("started", JobStatus.WITHDRAWN)


class Bars:
    """Rich bars on stderr; what ended scrolls up above them and stays."""

    def __init__(self, labels: Labels, store: str = "") -> None:
        self._labels, self._store = labels, store
        self._console = console(sys.stderr)
        columns = width(sys.stderr)
        self._label_width = max(12, min(40, columns - 54))
        self._progress = Progress(
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            BarColumn(bar_width=max(6, min(30, columns - self._label_width - 35))),
            TextColumn("{task.fields[told]}", markup=False, table_column=Column(no_wrap=True)),
            console=self._console,
            refresh_per_second=5,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._figures: dict[str, str] = {}
        self._queue = self._progress.add_task("queue", total=None, told="")
        self._progress.start()

    def happened(self, happening: Happening) -> None:
        """An ended job leaves its line; an epoch shows in its bar."""
        job, epoch = happening.job, happening.epoch
        if epoch is not None:
            acc, val = epoch.metrics.get("accuracy"), epoch.metrics.get("val_accuracy")
            self._figures[job.id] = f"acc {decimals(acc)}" + (f" val {decimals(val)}" if val is not None else "")
        elif happening.kind not in UNTOLD:
            told = line_of(happening, self._labels, width(sys.stderr), self._store)
            # What is wider all the same is broken by the terminal, and copied from it as one line.
            self._console.print(Text(told, style=STYLES.get(job.status, "")), soft_wrap=True)

    def tick(self, snapshot: Snapshot, rows: Sequence[JobRow]) -> None:
        """Move the bars to where the jobs are.

        Raises OSError where the terminal is gone; only Rich's own thread writes there, and would keep that to itself.
        """
        if not sys.stderr.isatty():
            raise OSError(errno.EIO, "the terminal is gone")
        running = [row for row in rows if row.status is JobStatus.RUNNING]
        for row in running:
            self._bar(row, snapshot)
        for job_id in set(self._tasks) - {row.id for row in running}:
            self._progress.remove_task(self._tasks.pop(job_id))
        ended = sum(row.status.is_finished() for row in rows)
        left = seconds_left(rows, snapshot.pace)
        told = f"{ended}/{len(rows)} jobs"
        waiting = sum(bool(row.waits_for) and row.status is JobStatus.QUEUED for row in rows)
        told += f"  {waiting} wait" if waiting else ""
        told += f"  ETA {clock(left)}" if left is not None else ""
        self._progress.update(self._queue, total=max(1, len(rows)), completed=ended, told=told)

    def _bar(self, row: JobRow, snapshot: Snapshot) -> None:
        within = snapshot.progress.get(row.id)
        part = within.step / within.steps if within is not None and within.steps and within.epoch > row.epoch else 0.0
        figures = self._figures.get(row.id, "")
        if not figures and within is not None and within.accuracy is not None:
            figures = f"acc {decimals(within.accuracy)}"
        starting = within is None and not figures
        told = "starting" if starting else f"ep {row.epoch + (part > 0)}/{row.epochs}  {figures}"
        if row.id not in self._tasks:
            label = cut(self._labels.short(row, self._label_width), self._label_width)
            self._tasks[row.id] = self._progress.add_task(label, total=max(1, row.epochs), told=told)
        self._progress.update(self._tasks[row.id], completed=row.epoch + part, told=told)

    def say(self, text: str) -> None:
        """A line above the bars."""
        self._console.print(Text(text, style="bold"), soft_wrap=True)

    def close(self) -> None:
        """Take the bars away; the lines stay."""
        self._progress.stop()
