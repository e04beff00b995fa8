"""`engine validate`: everything that is wrong with a queue file, or what it costs."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.layout import Column, table
from engine.cli.selection import QUEUE_FILE, Asked, asked, total_of
from engine.cli.store_option import JsonOption
from engine.cli.streams import colours, data, data_lines, document, warn
from engine.errors import Fault, QueueFileError
from engine.plan import queuefile
from engine.plan.queuefile import QueueFile
from engine.plan.sweep import count
from engine.results.documents import time_document
from engine.results.durations import counted
from engine.results.estimate import NOTHING
from engine.text import visible


def validate(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", show_default=False)] = QUEUE_FILE,
    as_json: JsonOption = False,
) -> None:
    """Say every fault of a queue file with its line, its key and what is allowed; then what it would cost to train.

    FILE is ./experiments.toml unless named.
    """
    try:
        queue = queuefile.read(file)
        found = asked(queue)
    except QueueFileError as error:
        if not as_json:
            raise
        document({"version": 1, "experiments": [], "jobs": 0, "errors": _listed(error.faults), "warnings": []})
        raise typer.Exit(error.exit_code) from None
    if as_json:
        document(cost_document(queue, found))
        return
    for warning in queue.warnings:
        warn(str(warning))
    data_lines(line + "\n" for line in cost_table(queue, found, painted=colours(sys.stdout)))
    data(cost_line(found))


def _listed(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [
        {"line": fault.line, "key": fault.key, "message": fault.message, "allowed": fault.allowed or None}
        for fault in faults
    ]


def cost_document(queue: QueueFile, found: Sequence[Asked]) -> dict[str, Any]:
    """What `validate --json` tells of a file without faults. `found` are the experiments that would be trained."""
    counts = {each.experiment.name: each.count for each in found}
    experiments = [
        {
            "name": experiment.name,
            "jobs": counts.get(experiment.name, count(experiment)),
            "enabled": experiment.enabled,
        }
        for experiment in queue.experiments
    ]
    return {
        "version": 1,
        "experiments": experiments,
        "jobs": total_of(found).jobs,
        "left": _left(found),
        "errors": [],
        "warnings": _listed(queue.warnings),
    }


def _left(found: Sequence[Asked]) -> dict[str, Any] | None:
    """What is left to train; null where an experiment is too large to be looked at job by job."""
    if any(each.epochs is None for each in found):
        return None
    span, measured = sum((each.time for each in found), NOTHING), sum(each.measured or 0 for each in found)
    epochs = sum(each.epochs or 0 for each in found)
    return {"jobs": total_of(found).left, "epochs": epochs, **time_document(measured, span if measured else None)}


def cost_table(queue: QueueFile, found: Sequence[Asked], *, painted: bool) -> list[str]:
    """A line an experiment: its jobs, those done, epochs at most, and what it sweeps; then those that are off."""
    experiments = [each.experiment for each in found]
    columns = [
        Column("experiment", [visible(experiment.name) for experiment in experiments]),
        Column("jobs", [f"{each.count:,}" for each in found], numeric=True),
        Column("done", ["" if each.done is None else f"{each.done:,}" for each in found], numeric=True),
        Column("epochs", ["" if each.epochs is None else f"{each.epochs:,}" for each in found], numeric=True),
        Column("sweep", [_sweep(experiment.sweep) for experiment in experiments]),
    ]
    off = [visible(experiment.name) for experiment in queue.experiments if not experiment.enabled]
    return [*(table(columns, painted=painted) if found else ()), *([f"off: {', '.join(off)}"] if off else [])]


def _sweep(sweep: Any) -> str:
    return " x ".join(f"{name} ({len(values)})" for name, values in sweep.items())


def cost_line(found: Sequence[Asked]) -> str:
    """`6 jobs, 180 epochs at most, about 21 min`: of what is left to train; the time where it was measured."""
    total = total_of(found)
    told = [counted(total.jobs, "job")]
    told += [f"{total.done:,} done"] if total.done else []
    told += [f"{total.failed:,} failed, which --retry-failed tries again"] if total.failed else []
    if any(each.epochs is None for each in found):
        return ", ".join(told)
    left = total.left
    if left:
        told.append(f"{counted(sum(each.epochs or 0 for each in found), 'epoch')} at most")
        measured = sum(each.measured or 0 for each in found)
        span = sum((each.time for each in found), NOTHING)
        if measured == left:
            told.append(f"about {span.words}")
        elif measured:
            told.append(f"about {span.words} for the {measured:,} whose like was measured")
        if span.least != span.most:
            told.append("as early stopping has it")
    return ", ".join(told)
