"""How a run is shown while it goes on: lines for logs, JSON for programs, nothing for the quiet."""

import json
from collections.abc import Sequence
from typing import Protocol

from engine.cli.follow import Happening
from engine.cli.streams import data, words
from engine.plan.jobs import GLYPHS, JobStatus
from engine.results.durations import spoken
from engine.results.labels import Labels
from engine.results.metrics import known
from engine.results.rows import EpochRow, JobRow
from engine.session import Snapshot
from engine.text import visible

# A job is still told from the others by that much.
SHORTEST_LABEL = 12


class Display(Protocol):
    """What a run is shown on. `close` comes once, whatever happened."""

    def happened(self, happening: Happening) -> None:
        """Show one happening."""

    def tick(self, snapshot: Snapshot, rows: Sequence[JobRow]) -> None:
        """Show where all stands."""

    def say(self, text: str) -> None:
        """Show a line of words."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Quiet:
    """Shows nothing but what must be said."""

    def happened(self, happening: Happening) -> None:
        """Nothing."""

    def tick(self, snapshot: Snapshot, rows: Sequence[JobRow]) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """On stderr."""
        words(text)

    def close(self) -> None:
        """Nothing."""


class JsonLines(Quiet):
    """One JSON object a happening, on stdout."""

    def happened(self, happening: Happening) -> None:
        """`{"t", "event", "job", ...}`."""
        data(json.dumps(happening.document(), ensure_ascii=False, allow_nan=False))


class Lines(Quiet):
    """One plain line an epoch, on stderr: for logs, pipes and dumb terminals."""

    def __init__(self, labels: Labels, store: str = "") -> None:
        self._labels, self._store = labels, store

    def happened(self, happening: Happening) -> None:
        """`> grid dropout=0.25  epoch 3/30  loss ...`."""
        if happening.kind == JobStatus.WITHDRAWN:
            return  # it never began; the end counts them
        words(line_of(happening, self._labels, store=self._store))


def line_of(happening: Happening, labels: Labels, columns: int | None = None, store: str = "") -> str:
    """A happening in one line of plain text, its status in front; the label shortened to fit into `columns`.

    `store` is what a command needs to find the store from here.
    """
    glyph, told = _told(happening, store)
    label = labels.of(happening.job)
    if columns is not None:
        label = labels.short(happening.job, max(SHORTEST_LABEL, columns - len(glyph) - len(told) - 3))
    return f"{glyph} {label}  {told}"


def _told(happening: Happening, store: str) -> tuple[str, str]:
    job, epoch = happening.job, happening.epoch
    if epoch is not None:
        return GLYPHS[JobStatus.RUNNING], f"epoch {epoch.epoch}/{job.epochs}  {figures_of(epoch)}"
    if happening.kind == "started":
        resumed = f", going on after epoch {happening.resumed}" if happening.resumed else ""
        return GLYPHS[JobStatus.RUNNING], f"started{resumed}"
    if happening.kind == "crashed":
        return GLYPHS[JobStatus.INTERRUPTED], f"{first_line(job.error) or 'its worker ended'}; it will be tried again"
    return job.status.glyph, ending_of(job, store)


def figures_of(epoch: EpochRow) -> str:
    """`loss 0.0272 acc 0.9912  val loss 0.0287 acc 0.9933  7.0 s`."""
    told = []
    for prefix, title in (("", ""), ("val_", "val ")):
        loss, accuracy = epoch.metrics.get(f"{prefix}loss"), epoch.metrics.get(f"{prefix}accuracy")
        if loss is not None or accuracy is not None:
            told.append(f"{title}loss {decimals(loss)} acc {decimals(accuracy)}")
    return "  ".join([*told, f"{epoch.seconds:.1f} s"])


def ending_of(job: JobRow, store: str) -> str:
    """What a job ended with, and how to learn more where it failed."""
    if job.status is JobStatus.DONE:
        why = f", {visible(job.reason)}" if job.reason and not job.reason.startswith("all ") else ""
        test = f"test acc {decimals(job.test_accuracy)} loss {decimals(job.test_loss)}"
        return f"done  {test}  {job.epoch} epochs, {spoken(job.seconds)}{why}"
    word = str(job.status).replace("_", " ")
    if job.status.is_failure():
        return f"{word}: {first_line(job.error) or 'no reason was given'}; see: engine show {job.id[:8]}{store}"
    return f"{word} after {job.epoch} of {job.epochs} epochs"


def first_line(error: str) -> str:
    """What stands at the head of an error, whose traceback may follow."""
    return visible(error.splitlines()[0]) if error else ""


def decimals(value: float | None) -> str:
    """Four decimals, or a word where there is no number."""
    return f"{value:.4f}" if value is not None and known(value) else "nan"
