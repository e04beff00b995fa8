"""What the curves say in words: the job of the cursor, or the values where the reading line stands."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from engine.plan.jobs import JobStatus
from engine.results.durations import clock
from engine.results.labels import Labels
from engine.results.metrics import known
from engine.results.rows import EpochRow, JobRow
from engine.session import Progress
from engine.text import visible
from tui.look import word
from tui.panes.curves_charts import Group, Histories, View
from tui.panes.curves_series import at_epoch

DECIMALS = 4


def decimals(value: float | None) -> str:
    """Four decimals, or the word for no number."""
    return f"{value:.{DECIMALS}f}" if value is not None and known(value) else "nan"


def told(row: JobRow, labels: Labels, progress: Progress | None) -> Text:
    """A job: its whole name, how far it is, what it came to and why it ended."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(labels.of(row), "bold")
    text.append(f"  {row.id[:8]}", "dim")
    why = visible(row.error or row.waits_for)
    if row.reason and not why and not row.reason.startswith("all "):
        text.append(f"  {visible(row.reason)}", "dim")
    text.append("\n")
    parts = [word(row.status), *([why] if why else []), f"epoch {row.epoch}/{row.epochs}"]
    if row.status is JobStatus.RUNNING and progress is not None and progress.epoch > row.epoch:
        loss = f"  loss {decimals(progress.loss)}" if progress.loss is not None else ""
        parts.append(f"in epoch {progress.epoch}: {progress.step}/{progress.steps} steps{loss}")
        if progress.stalled:
            parts.append(f"stalled: its worker has said nothing for {progress.stalled} min")
    if row.best_epoch is not None:
        best = f"best epoch {row.best_epoch}"
        parts.append(best if row.val_accuracy is None else f"{best}: val acc {decimals(row.val_accuracy)}")
    if row.test_accuracy is not None:
        parts.append(f"test acc {decimals(row.test_accuracy)}")
    if row.seconds:
        parts.append(clock(row.seconds))
    text.append("  ".join(parts))
    return text


def reading(groups: Sequence[Group], histories: Histories, x: float, view: View) -> Text:
    """The values at a place of the axis: training and validation of one job, or the metric shown of each group."""
    text = Text(no_wrap=True, overflow="ellipsis")
    here = [(group, [at_epoch(histories.get(row.id, ()), x, view.seconds) for row in group.rows]) for group in groups]
    epoch = next((found.epoch for _, rows in here for found in rows if found), None)
    where = clock(x) if view.seconds else f"{x:.0f}"
    text.append(f"at {where}  " if view.seconds else f"epoch {where}  ", "bold")
    if view.seconds and epoch is not None:
        text.append(f"epoch {epoch}  ", "dim")
    for place, (group, rows) in enumerate(here):
        if group.letter:
            text.append("\n" if place % 2 == 0 and place else "  " if place else "")
            text.append(f"{group.letter} ", f"bold {group.colour}")
        found = [row for row in rows if row is not None]
        if not found or (not view.seconds and all(row.epoch < round(x) for row in found)):
            text.append("ended before  " if found else "no epoch yet  ", "dim")
            continue
        text.append("  ".join(_values(found, view, short=bool(group.letter))))
    return text


def _values(rows: Sequence[EpochRow], view: View, short: bool) -> list[str]:
    """The means over `rows`; where it must be short, of validation alone if there is one."""
    parts = []
    for metric in view.metrics:
        names = [(metric, metric), (f"val_{metric}", f"val {metric}")]
        for name, title in names[1:] if short and any(names[1][0] in row.metrics for row in rows) else names:
            values = [row.metrics[name] for row in rows if name in row.metrics]
            if values:
                mean = sum(value / len(values) for value in values)
                shown = f"{mean:.3g}" if metric == "learning_rate" else decimals(mean)
                parts.append(f"{title.replace('accuracy', 'acc').replace('_', ' ')} {shown}")
    return parts


def legend(groups: Sequence[Group], labels: Labels, width: int) -> Text:
    """What each letter stands for, two a line of `width` columns."""
    text = Text(no_wrap=True, overflow="ellipsis")
    room = max(12, width // 2 - 4)
    for place, group in enumerate(groups):
        text.append("\n" if place and place % 2 == 0 else "")
        row, mean = group.rows[0], f" mean of {len(group.rows)}" if len(group.rows) > 1 else ""
        told = labels.short(row, room - len(mean))
        if mean:
            told = told.removesuffix(f" seed={row.seed}").removesuffix(f" s={row.seed}").removesuffix(f" s{row.seed}")
        text.append(f"{group.letter} ", f"bold {group.colour}").append(told).append(mean, "dim")
        if place % 2 == 0:
            text.append(" " * max(2, room + 2 - cell_len(told + mean)))
    return text
