"""What there is to know of an experiment beside its jobs: its settings, what it costs."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from rich.text import Text

from engine.plan.jobs import Value
from engine.results.cost import cost
from engine.results.durations import counted
from engine.results.labels import Labels
from engine.results.rows import JobRow
from engine.session import Snapshot
from engine.text import visible
from tui.editing.plan import Plan
from tui.editing.sweeptext import said
from tui.measured import PACE
from tui.panes.paint import Paint, cut
from tui.panes.queue_list import Item

if TYPE_CHECKING:
    from tui.editing.document import Sheet

# Of more jobs, finding what differs takes longer than a key press may.
MOST_NAMED = 2_000
# What a person looks for first in an experiment.
FIRST = ("dataset", "model", "optimizer", "learning_rate", "epochs", "batch_size")


def title_line(paint: Paint, item: Item | None, width: int) -> Text:
    """`── grid ────────`."""
    name = item.name if item else "nothing here yet"
    line = Text(paint.rule * 2 + " ", style="dim")
    line.append(cut(name, min(len(visible(name)), width - 6), ascii_only=paint.ascii), style="bold not dim")
    line.append(" " + paint.rule * max(0, width - line.cell_len - 1))
    return line


def about(paint: Paint, item: Item, sheet: "Sheet | None", width: int, most: int, moving: str) -> Text:
    """The settings of what is chosen in the list, in at most so many lines; `moving` says how waiting jobs move."""
    queue = sheet.queue if sheet else None
    if item.plan is not None:
        text = settings_lines(paint, item.plan, width, most)
        notes = " ".join([*(f"#{tag}" for tag in item.plan.tags), item.plan.notes])
        if notes.strip():
            note = Text(" " + cut(notes, width - 2, ascii_only=paint.ascii), style="italic")
            text = Text("\n").join([note, text])
        if item.plan.requires_gpu:
            text.append("\n waits for a GPU", style="dim")
        return text
    if queue is not None and item.kind in ("defaults", "run"):
        values = dict(queue.defaults) if item.kind == "defaults" else queue.run.model_dump()
        lines = [f" {name:<17}{shown(name, value)}" for name, value in values.items()]
        return Text("\n".join(lines or [" as built in: enter sets some"]))
    if item.kind == "stored":
        return Text(" not in this file; its results stay in the store", style="dim")
    return Text(f" in the order of the queue{moving}", style="dim")


def cost_line(
    paint: Paint, item: Item, snapshot: Snapshot | None, at_once: int, refined: str, width: int, most: int, again: str
) -> Text:
    """What training an experiment comes to with so many jobs at once, and how refining goes, in up to `most` lines.

    `again` is the key that tries what failed again; empty where none does.
    """
    lines = []
    if item.work is not None:
        told = cost(item.work, PACE.of(snapshot)).words(at_once, again)
        more = f"; +{counted(len(item.added), 'repeat')}" if item.added else ""
        lines.append(Text(f" {told}{more}", style="bold"))
    if refined:
        lines.insert(0, Text(" " + cut(refined, max(0, width - 2), ascii_only=paint.ascii).rstrip()))
    return Text("\n").join(lines[:most])


class Names:
    """Names for jobs that no experiment of the file explains, made once for the same jobs."""

    def __init__(self) -> None:
        self._rows: Sequence[JobRow | None] = ()
        self._labels = Labels(())

    def of(self, item: Item, snapshot: Snapshot | None) -> Labels:
        """For what waits: what differs among all jobs of an experiment, not among those of it that still wait."""
        rows: Sequence[JobRow | None] = item.rows
        if item.kind == "waiting" and snapshot is not None and len(snapshot.jobs) <= MOST_NAMED:
            rows = snapshot.jobs
        if rows is not self._rows:
            told = [row for row in islice(rows, MOST_NAMED) if row is not None]
            self._rows, self._labels = rows, Labels(told)
        return self._labels


NAMED = Names()


def label(item: Item, snapshot: Snapshot | None, place: int, width: int) -> str:
    """What tells a job of an item from the others, in `width` characters where that can be."""
    if not item.slots:
        row = item.rows[place]
        return NAMED.of(item, snapshot).short(row, width) if row is not None else ""
    if place >= len(item.slots):
        first, row = item.added[place - len(item.slots)]
        return slot_label(item.slots[first].values, row.seed, repeated=True)
    slot = item.slots[place]
    repeated = item.plan is not None and item.plan.repeats > 1
    return slot_label(slot.values, slot.job.seed, repeated=repeated)


def settings_lines(paint: Paint, plan: Plan, width: int, most: int) -> Text:
    """Swept settings, then what the experiment itself gives, then the most telling others, dim, in columns."""
    own = [name for name in plan.values if name in plan.given and name not in plan.sweep]
    rest = [name for name in FIRST if name not in plan.given and name not in plan.sweep]
    rest += [name for name in plan.values if name in plan.defaults and name not in own and name not in rest]
    lines: list[Text] = []
    for name, swept in plan.sweep.items():
        line = Text(f" {name:<17}", style=f"bold {paint.accent}")
        words = ", ".join(shown(name, value) for value in swept)
        line.append(cut(words, max(8, width - 20), ascii_only=paint.ascii), style="not bold")
        lines.append(line)
    across = max(1, width // 34)
    cell = max(10, (width - 1) // across)
    pairs: list[Text] = []
    for name in [*own, *rest]:
        if name in plan.sweep or (name in plan.idle and name not in plan.given):
            continue
        pair = Text(f" {name:<17}", style="dim")
        bright = name in plan.given and name not in plan.idle
        pair.append(
            cut(shown(name, plan.values[name]), max(4, cell - 19), ascii_only=paint.ascii),
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


def slot_label(values: Mapping[str, Value], seed: int, *, repeated: bool) -> str:
    """`dropout=0.2 batch_norm=on`, and the seed where there are several."""
    parts = [f"{name}={shown(name, value)}" for name, value in values.items()]
    return " ".join([*parts, f"seed {seed}"] if repeated or not parts else parts)
