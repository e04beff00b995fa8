"""Jobs as the rows of a list: those that run first, then what ended last, then what waits."""

from collections.abc import Callable, Mapping, Sequence

from engine.plan.jobs import JobStatus
from engine.results.labels import Labels
from engine.results.metrics import known
from engine.results.rows import EpochRow, JobRow
from tui.look import COLOURS, glyph, sparkline, thinned
from tui.widgets.bigtable_columns import Cell, Column

SPARK = 8
FIGURE = 6
Marks = Mapping[str, tuple[str, str]]


def arranged(rows: Sequence[JobRow], keep: Callable[[JobRow], bool]) -> list[JobRow]:
    """The jobs to be listed, in their order; of equal ones that of the queue."""
    kept = [row for row in rows if row.status is not JobStatus.WITHDRAWN and keep(row)]
    kept.sort(key=_place)
    return kept


def _place(row: JobRow) -> tuple[int, float]:
    if row.status is JobStatus.RUNNING:
        return 0, 0.0
    if row.status.is_finished():
        return 1, -(row.ended or 0.0)
    return 2, 0.0


def status_cell(status: JobStatus, ascii_only: bool) -> Cell:
    """The glyph of a status, with its look in a table."""
    colour = COLOURS[status]
    return Cell(glyph(status, ascii_only=ascii_only), "dim" if colour == "foreground" else colour)


class JobLines:
    """The rows of a job list: mark, status, label, validation accuracy, and its curve as far as it is known."""

    def __init__(self, rows: list[JobRow], labels: Labels) -> None:
        self.rows = rows
        self.labels = labels
        self.histories: Mapping[str, Sequence[EpochRow]] = {}
        self.marks: Marks = {}
        self.ascii = False
        self.label_width = 20
        self.spark_width = SPARK

    def __len__(self) -> int:
        return len(self.rows)

    def columns(self, width: int) -> list[Column]:
        """As wide as `width` together."""
        columns = [Column("mark", "", 1), Column("status", "", 1)]
        self.spark_width = spark = SPARK if width >= 34 else 5
        self.label_width = max(6, width - 6 - FIGURE - spark)
        columns += [Column("label", "job", self.label_width), Column("val", "val", FIGURE, right=True)]
        return [*columns, Column("curve", "", spark)]

    def cells(self, index: int) -> Sequence[Cell]:
        row = self.rows[index]
        mark, colour = self.marks.get(row.id, (" ", ""))
        return (
            Cell(mark, colour),
            status_cell(row.status, self.ascii),
            Cell(self.labels.short(row, self.label_width)),
            self._figure(row),
            Cell(self.spark(row.id), colour or "dim"),
        )

    def _figure(self, row: JobRow) -> Cell:
        if row.val_accuracy is not None and known(row.val_accuracy):
            return Cell(f"{row.val_accuracy:.4f}")
        if row.status.waits() or row.epoch:
            return Cell(f"{row.epoch}/{row.epochs}" if row.epochs else "", "dim")
        return Cell("")

    def spark(self, job_id: str) -> str:
        """The validation curve, or that of training where nothing was held out."""
        history = thinned(self.histories.get(job_id, ()), self.spark_width)
        values = [epoch.metrics.get("val_accuracy", epoch.metrics.get("accuracy")) for epoch in history]
        return sparkline(values, self.spark_width, ascii_only=self.ascii)

    def key(self, index: int) -> str:
        return self.rows[index].id

    def find(self, key: str) -> int | None:
        # Looked for from end to end: places by id would be ten megabytes for 100,000 jobs, and a list a tab.
        return next((place for place, row in enumerate(self.rows) if row.id == key), None)

    def stays(self, old: JobRow, new: JobRow) -> bool:
        """Whether a job is told by the same words at the same place as before."""
        listed = (old.status is JobStatus.WITHDRAWN) is (new.status is JobStatus.WITHDRAWN)
        return listed and (old.id, old.experiments) == (new.id, new.experiments) and _place(old) == _place(new)

    def renew(self, rows: Sequence[JobRow]) -> None:
        """Put what these jobs are now in the place of what they were."""
        new = {row.id: row for row in rows}
        self.rows[:] = [new.get(row.id, row) for row in self.rows]

    def row(self, key: str) -> JobRow | None:
        """The job of a key."""
        place = self.find(key)
        return None if place is None else self.rows[place]
