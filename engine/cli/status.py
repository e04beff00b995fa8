"""`engine status`: the queue as it stands."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.layout import GAP, Column, table, total
from engine.cli.moments import waiting_lines
from engine.cli.store_option import JsonOption, StoreOption, look_into
from engine.cli.streams import colours, data_lines, document, warn, width
from engine.plan.jobs import JobStatus
from engine.record.locks import Identity
from engine.results.documents import time_document
from engine.results.durations import clock
from engine.results.estimate import left
from engine.results.labels import ID_SHOWN, Labels
from engine.results.numbers import number
from engine.results.rows import JobRow
from engine.session import Progress, Snapshot
from engine.text import cut, visible

SHOWN = 40
# What a person looks for first; within each, the order of the queue.
ORDER = (
    JobStatus.RUNNING,
    JobStatus.FAILED,
    JobStatus.OUT_OF_MEMORY,
    JobStatus.STOPPED,
    JobStatus.INTERRUPTED,
    JobStatus.QUEUED,
    JobStatus.HELD,
    JobStatus.DONE,
)


def status(
    as_json: JsonOption = False,
    everything: Annotated[bool, typer.Option("--all", help=f"Every job, not only the first {SHOWN}.")] = False,
    store: StoreOption = None,
) -> None:
    """Show who runs the queue, how many jobs stand where, and the jobs themselves, running ones first."""
    session = look_into(store)
    snapshot = session.snapshot()
    rows = [row for row in snapshot.jobs if row.status is not JobStatus.WITHDRAWN]
    if as_json:
        document(_document(snapshot, rows))
        return
    if notice := session.notice:
        warn(notice)
    data_lines(line + "\n" for line in _lines(snapshot, rows, session.paths.root, everything=everything))


def _document(snapshot: Snapshot, rows: Sequence[JobRow]) -> dict[str, Any]:
    jobs = [
        {
            "id": row.id,
            "experiments": list(row.experiments),
            "status": str(row.status),
            "waits_for": row.waits_for or None,
            "epoch": row.epoch,
            "epochs": row.epochs,
            "stalled": told.stalled or None if (told := snapshot.progress.get(row.id)) else None,
        }
        for row in rows
    ]
    ahead = left(rows, snapshot.pace)
    return {
        "version": 1,
        "runner": _runner(snapshot.runner),
        "counts": dict(snapshot.counts),
        "left": {"jobs": ahead.jobs, **time_document(ahead.measured, ahead.span)},
        "jobs": jobs,
    }


def _runner(runner: Identity | None) -> dict[str, Any] | None:
    return None if runner is None else {"host": runner.host, "pid": runner.pid}


def _lines(snapshot: Snapshot, rows: Sequence[JobRow], root: Path, *, everything: bool) -> list[str]:
    if not rows:
        arriving = f"; {snapshot.pending} on their way" if snapshot.pending else ""
        return [f"no jobs in {visible(str(root))}{arriving}"]
    runner = snapshot.runner
    who = f"runner: process {runner.pid} on {visible(runner.host)}" if runner is not None else "no runner"
    counts = [f"{count} {name.replace('_', ' ')}" for name, count in snapshot.counts.items() if count]
    ahead = _ahead(rows, snapshot.pace, runs=runner is not None)
    asked = sorted(rows, key=lambda row: ORDER.index(row.status))
    shown = asked if everything else asked[:SHOWN]
    more = len(asked) - len(shown)
    return [
        "   ".join([who, "  ".join([*counts, *ahead])]),
        "",
        *table(_columns(shown, rows, snapshot), painted=colours(sys.stdout)),
        *([f"... and {more:,} more: engine status --all"] if more else []),
        *waiting_lines(rows),
    ]


def _ahead(rows: Sequence[JobRow], pace: Mapping[str, float], *, runs: bool) -> list[str]:
    """`6 left  ETA 12:40 (4:10 to 21:30)`: the range where early stopping may end jobs sooner or later.

    Where nobody runs them, nothing can be said of when they end: `6 left  12:40 once run`.
    """
    found = left(rows, pace)
    if found.span is None:
        return [f"{found.jobs:,} left"] if found.jobs else []
    span = found.span
    between = f" ({clock(span.least)} to {clock(span.most)})" if span.least != span.most else ""
    told = f"{clock(span.likely)}{between}"
    return [f"{found.jobs:,} left", f"ETA {told}" if runs else f"{told} once run"]


def _columns(shown: Sequence[JobRow], rows: Sequence[JobRow], snapshot: Snapshot) -> list[Column]:
    labels = Labels(rows)
    bold = frozenset(at for at, row in enumerate(shown) if row.status is JobStatus.RUNNING)
    columns = [
        Column("job", [row.id[:ID_SHOWN] for row in shown], bold=bold),
        Column("", [_state(row, snapshot.progress.get(row.id)) for row in shown], bold=bold),
        Column("epoch", [_epoch(row, snapshot.progress.get(row.id)) for row in shown], numeric=True, bold=bold),
        Column("val acc", [number(row.val_accuracy, 4) for row in shown], numeric=True, bold=bold),
        Column("test acc", [number(row.test_accuracy, 4) for row in shown], numeric=True, bold=bold),
    ]
    room = max(20, width(sys.stdout) - total(columns) - GAP)
    return [*columns, Column("experiment", [cut(labels.of(row), room) for row in shown], bold=bold)]


def _state(row: JobRow, within: Progress | None) -> str:
    word = f"stalled {within.stalled} min" if within is not None and within.stalled else str(row.status)
    return f"{row.status.glyph} {word.replace('_', ' ')}"


def _epoch(row: JobRow, within: Progress | None) -> str:
    running = within is not None and within.steps and within.epoch > row.epoch
    part = f"+{min(99, 100 * within.step // within.steps)}%" if within is not None and running else ""
    return f"{row.epoch}{part}/{row.epochs}"
