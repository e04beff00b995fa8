"""The queue as lines of text: its experiments, the settings of one, its jobs."""

from collections.abc import Mapping, Sequence

from rich.text import Text

from engine.plan.experiment import Experiment
from engine.plan.jobs import JobStatus, Value
from engine.plan.settings import DEFAULTS, NAMES, without_effect
from engine.results.rows import EpochRow, JobRow
from engine.session import Progress
from engine.text import visible
from tui import look
from tui.editing.sweeptext import said
from tui.panes.paint import Paint, cut

Histories = Mapping[str, Sequence[EpochRow]]

# What a person looks for first in an experiment.
FIRST = ("dataset", "model", "optimizer", "learning_rate", "epochs", "batch_size")
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


def experiment_line(
    paint: Paint, width: int, name: str, size: str, rows: Sequence[JobRow | None], histories: Histories, *, on: bool
) -> Text:
    """`● grid  6x1  4/6  99.57 ▃▅▇█`: status, name, configurations x repeats, done, best test accuracy, a curve."""
    done = sum(row is not None and row.status is JobStatus.DONE for row in rows)
    status = summary(rows)
    chosen = best(rows)
    spark = 8 if width >= 44 else 0
    text = Text(" ")
    text.append_text(paint.status(status) if status else Text(" "))
    tail = Text(f" {size:>7}")
    if not on:
        tail.append("     off", style="dim")
    elif status is None:
        tail.append("     new", style="dim")
    elif done == len(rows):
        tail.append("    done", style=paint.colours["success"])
    else:
        tail.append(f" {f'{done}/{len(rows)}':>7}")
    accuracy = max((row.test_accuracy or 0.0 for row in rows if row is not None), default=0.0)
    tail.append(f" {look.percent(accuracy) if accuracy else '':>6}")
    if spark:
        tail.append(" ")
        tail.append_text(paint.curve(histories.get(chosen.id) if chosen else None, spark))
    text.append(" " + cut(name, max(4, width - text.cell_len - tail.cell_len - 2), ascii_only=paint.ascii))
    text.append_text(tail)
    if not on:
        text.stylize("dim")
    return text


def settings_lines(paint: Paint, experiment: Experiment, defaults: Mapping[str, Value], width: int, most: int) -> Text:
    """Swept settings, then what the experiment itself gives, then the most telling others, dim, in columns."""
    values = experiment.settings.model_dump()
    idle = without_effect(values)
    own = [name for name in NAMES if name in experiment.given and name not in experiment.sweep]
    rest = [name for name in FIRST if name not in experiment.given and name not in experiment.sweep]
    rest += [name for name in NAMES if name in defaults and name not in own and name not in rest]
    lines: list[Text] = []
    for name, swept in experiment.sweep.items():
        line = Text(f" {name:<17}", style=f"bold {paint.accent}")
        words = ", ".join(shown(name, value) for value in swept)
        line.append(cut(words, max(8, width - 20), ascii_only=paint.ascii), style="not bold")
        lines.append(line)
    across = max(1, width // 38)
    cell = max(10, (width - 1) // across)
    pairs: list[Text] = []
    for name in [*own, *rest]:
        if name in experiment.sweep or (name in idle and name not in experiment.given):
            continue
        pair = Text(f" {name:<17}", style="dim")
        bright = name in experiment.given and name not in idle
        pair.append(
            cut(shown(name, values[name]), max(4, cell - 19), ascii_only=paint.ascii),
            style="not dim" if bright else "dim",
        )
        pairs.append(pair)
    for start in range(0, len(pairs), across):
        lines.append(Text(" ").join(pairs[start : start + across]))
    if len(lines) > most:
        hidden = sum(1 for _ in lines[most - 1 :])
        lines = [*lines[: most - 1], Text(f" and {hidden} lines more: enter shows all", style="dim")]
    return Text("\n").join(lines)


def shown(name: str, value: Value) -> str:
    """A setting's value, a data path by its last part."""
    text = said(value)
    return visible(text.rsplit("/", 1)[-1] if name == "dataset" and "/" in text else text)


def job_state(row: JobRow | None, progress: Progress | None) -> str:
    """`99.57`, `ep 12/30`, `queued`: the one thing to know of a job."""
    if row is None:
        return "new"
    if row.status is JobStatus.RUNNING:
        part = f" {100 * progress.step // progress.steps}%" if progress is not None and progress.steps else ""
        return f"ep {row.epoch}/{row.epochs}{part}"
    if row.status is JobStatus.DONE:
        return look.percent(row.test_accuracy) or "done"
    return look.word(row.status)


def cell(paint: Paint, rows: Sequence[JobRow | None], progress: Mapping[str, Progress]) -> Text:
    """What stands in the grid for the repeats of one configuration."""
    status = summary(rows)
    if status is None:
        return Text("new", style="dim")
    text = paint.status(status)
    done = [row.test_accuracy for row in rows if row and row.status is JobStatus.DONE and row.test_accuracy is not None]
    if status is JobStatus.DONE and done and len(done) == len(rows):
        text.append(f" {100 * sum(done) / len(done):.2f}")
    elif len(rows) > 1:
        text.append(f" {len(done)}/{len(rows)}")
    else:
        text.append(" " + job_state(rows[0], progress.get(rows[0].id) if rows[0] else None))
    return text


def job_line(
    paint: Paint, width: int, label: str, row: JobRow | None, progress: Progress | None, histories: Histories
) -> Text:
    """`● dropout=0.2 batch_norm=on  99.57 ▃▅▇█`, with the reason where a job waits or went wrong."""
    text = Text(" ")
    text.append_text(paint.status(row.status) if row else Text(" "))
    state = job_state(row, progress)
    spark = 10 if width >= 50 else 0
    why = ""
    if row is not None:
        why = row.waits_for and f"waits for {row.waits_for}"
        why = row.error.strip().splitlines()[-1] if row.error.strip() else why or ""
    room = max(8, width - 18 - (spark + 1 if spark else 0))
    words = f"{label}  {why}" if why else label
    text.append(" " + cut(words, room, ascii_only=paint.ascii))
    if row is not None and row.status.is_failure():
        text.stylize(paint.colours["error"], 2)
    text.append(f"{state:>13}", style="" if row else "dim")
    if spark and row is not None:
        text.append(" ")
        text.append_text(paint.curve(histories.get(row.id), spark))
    return text


def slot_label(values: Mapping[str, Value], seed: int, *, repeated: bool) -> str:
    """`dropout=0.2 batch_norm=on`, and the seed where there are several."""
    parts = [f"{name}={shown(name, value)}" for name, value in values.items()]
    return " ".join([*parts, f"seed {seed}"] if repeated or not parts else parts)


def row_label(row: JobRow) -> str:
    """A job by its experiment and what its configuration has of its own."""
    own = [
        f"{name}={shown(name, row.config[name])}"
        for name in NAMES
        if row.config.get(name) != DEFAULTS[name] and name in row.config
    ]
    return " ".join([row.experiments[0] if row.experiments else row.id[:8], *own, f"seed {row.seed}"])
