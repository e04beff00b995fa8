"""The queue as lines of text: its experiments, and the jobs of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from engine.plan.jobs import JobStatus
from engine.results.rows import EpochRow, JobRow
from engine.session import Progress
from tui import look
from tui.panes.paint import Paint, cut

Histories = Mapping[str, Sequence[EpochRow]]
# What one line or one cell stands for.
Jobs = tuple[JobRow | None, ...]

LEAST_URGENT_LAST = (
    JobStatus.RUNNING,
    JobStatus.FAILED,
    JobStatus.OUT_OF_MEMORY,
    JobStatus.INTERRUPTED,
    JobStatus.STOPPED,
    JobStatus.QUEUED,
    JobStatus.HELD,
    JobStatus.DONE,
)


def summary(rows: Sequence[JobRow | None]) -> JobStatus | None:
    """The one status that tells most of several jobs; None where none was handed in."""
    present = {row.status for row in rows if row is not None}
    return next((status for status in LEAST_URGENT_LAST if status in present), None)


def best(rows: Sequence[JobRow | None]) -> JobRow | None:
    """The job whose curve stands for several: one that runs, else the best."""
    present = [row for row in rows if row is not None]
    running = next((row for row in present if row.status is JobStatus.RUNNING), None)
    return running or max(present, key=lambda row: row.test_accuracy or row.val_accuracy or 0.0, default=None)


@dataclass(frozen=True)
class Tally:
    """The jobs of an experiment in brief: how they stand, how many are done, the best test accuracy (0: none yet)."""

    status: JobStatus | None
    jobs: int
    done: int
    reached: float
    chosen: JobRow | None
    """Whose curve stands for all."""


def tally(rows: Sequence[JobRow | None]) -> Tally:
    """Looks at every row once for each of its figures."""
    done = sum(row is not None and row.status is JobStatus.DONE for row in rows)
    reached = max((row.test_accuracy or 0.0 for row in rows if row is not None), default=0.0)
    return Tally(summary(rows), len(rows), done, reached, best(rows))


def experiment_line(
    paint: Paint, width: int, name: str, size: str, found: Tally, histories: Histories, *, on: bool
) -> Text:
    """`● grid  6x1  4/6  0.9957 ▃▅▇█`: status, name, configurations x repeats, done, best test accuracy, a curve."""
    spark = 8 if width >= 44 else 0
    text = Text(" ")
    text.append_text(paint.status(found.status) if found.status else Text(" "))
    tail = Text(f" {size:>6}")
    if not on:
        tail.append("    off", style="dim")
    elif found.status is None:
        tail.append("    new", style="dim")
    elif found.done == found.jobs:
        tail.append("   done", style=paint.colours["success"])
    else:
        tail.append(f" {f'{found.done}/{found.jobs}':>6}")
    tail.append(f" {look.accuracy(found.reached) if found.reached else '':>6}")
    if spark:
        tail.append(" ")
        tail.append_text(paint.curve(histories.get(found.chosen.id) if found.chosen else None, spark))
    text.append(" " + cut(name, max(4, width - text.cell_len - tail.cell_len - 2), ascii_only=paint.ascii))
    text.append_text(tail)
    if not on:
        text.stylize("dim")
    return text


def job_state(row: JobRow | None, progress: Progress | None) -> str:
    """`0.9957`, `ep 12/30`, `queued`: the one thing to know of a job."""
    if row is None:
        return "new"
    if row.status is JobStatus.RUNNING:
        if progress is not None and progress.stalled:
            return f"stalled {progress.stalled} min"
        if not row.epoch and progress is None:
            return "starting"
        within = progress is not None and progress.steps and progress.epoch > row.epoch
        part = f" {100 * progress.step // progress.steps}%" if progress is not None and within else ""
        return f"ep {row.epoch}/{row.epochs}{part}"
    if row.status is JobStatus.DONE:
        return look.accuracy(row.test_accuracy) or "done"
    return look.word(row.status)


def cell(paint: Paint, rows: Sequence[JobRow | None], progress: Mapping[str, Progress]) -> Text:
    """What stands in the grid for the repeats of one configuration: `1/3 ep 12/30`, where one of them runs."""
    status = summary(rows)
    if status is None:
        return Text("new", style="dim")
    text = paint.status(status)
    done = [row.test_accuracy for row in rows if row and row.status is JobStatus.DONE and row.test_accuracy is not None]
    if status is JobStatus.DONE and done and len(done) == len(rows):
        text.append(f" {look.accuracy(sum(done) / len(done))}")
    elif len(rows) > 1:
        text.append(f" {len(done)}/{len(rows)}")
        furthest = max(
            (row for row in rows if row is not None and row.status is JobStatus.RUNNING),
            key=lambda row: row.epoch,
            default=None,
        )
        if furthest is not None:
            text.append(f" ep {furthest.epoch}/{furthest.epochs}", style="dim")
    else:
        text.append(" " + job_state(rows[0], progress.get(rows[0].id) if rows[0] else None))
    return text


def spark_width(width: int) -> int:
    """Columns for a job's curve, in a line of `width`."""
    return 10 if width >= 50 else 0


def label_width(width: int) -> int:
    """Columns for a job's name, in a line of `width`."""
    spark = spark_width(width)
    return max(8, width - 18 - (spark + 1 if spark else 0))


def job_line(
    paint: Paint, width: int, label: str, row: JobRow | None, progress: Progress | None, histories: Histories
) -> Text:
    """`● dropout=0.2 batch_norm=on  0.9957 ▃▅▇█`, with the reason where a job waits or went wrong."""
    text = Text(" ")
    text.append_text(paint.status(row.status) if row else Text(" "))
    state = job_state(row, progress)
    spark = spark_width(width)
    why = ""
    if row is not None:
        why = row.waits_for and f"waits for {row.waits_for}"
        why = row.error.strip().splitlines()[-1] if row.error.strip() else why or ""
    room = label_width(width)
    words = f"{label}  {why}" if why else label
    text.append(" " + cut(words, room, ascii_only=paint.ascii))
    if row is not None and row.status.is_failure():
        text.stylize(paint.colours["error"], 2)
    text.append(f"{state:>13}", style="" if row else "dim")
    if spark and row is not None:
        text.append(" ")
        text.append_text(paint.curve(histories.get(row.id), spark))
    return text


def moved(waiting: Sequence[str], chosen: Sequence[str], step: int) -> tuple[tuple[str, ...], str]:
    """The waiting jobs with the chosen one moved by `step`; where that cannot be, none and why."""
    if not chosen or chosen[0] not in waiting:
        return (), "only jobs that wait can be moved"
    place = waiting.index(chosen[0])
    if not 0 <= place + step < len(waiting):
        return (), f"it is the {'first' if step < 0 else 'last'} here that waits already"
    order = [*waiting]
    order.insert(place + step, order.pop(place))
    return tuple(order), ""


def lines_of(text: Text, width: int) -> int:
    """In how many lines of so many columns a text is shown."""
    return sum(1 + max(0, line.cell_len - 1) // max(1, width) for line in text.split())


def no_line(_: int) -> Text:
    """The line of a list that has none."""
    return Text("")


def gone_to(before: Sequence[Jobs], now: Sequence[Jobs], place: int) -> int:
    """Where the job of a place has gone: whoever stops or holds it means the job, not the place."""
    found = before[place][0] if place < len(before) else None
    if found is None:
        return place
    return next((at for at, (row,) in enumerate(now) if row is not None and row.id == found.id), place)
