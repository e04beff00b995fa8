"""`engine validate`: everything that is wrong with a queue file, or what it costs."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.layout import Column, table
from engine.cli.selection import Asked, asked, at_once, total
from engine.cli.store_option import QUEUE_FILE, JsonOption
from engine.cli.streams import colours, data, data_lines, document, warn
from engine.errors import Fault, QueueFileError
from engine.plan import queuefile
from engine.plan.queuefile import QueueFile
from engine.plan.sweep import count
from engine.results.documents import time_document
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
        document(cost_document(queue, found, at_once(queue)))
        return
    for warning in queue.warnings:
        warn(str(warning))
    data_lines(line + "\n" for line in cost_table(queue, found, painted=colours(sys.stdout)))
    data(cost_line(found, at_once(queue)))


def _listed(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [
        {"line": fault.line, "key": fault.key, "message": fault.message, "allowed": fault.allowed or None}
        for fault in faults
    ]


def cost_document(queue: QueueFile, found: Sequence[Asked], together: int) -> dict[str, Any]:
    """What `validate --json` tells of a file without faults, trained with so many jobs at once.

    `found` are the experiments that would be trained.
    """
    counts = {each.experiment.name: each.cost.jobs for each in found}
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
        "jobs": total(found).jobs,
        "left": _left(found, together),
        "errors": [],
        "warnings": _listed(queue.warnings),
    }


def _left(found: Sequence[Asked], together: int) -> dict[str, Any]:
    """What is left to train, with so many jobs at once; the time is that of those whose like was measured."""
    whole = total(found)
    told = time_document(whole.measured, whole.time(together))
    return {"jobs": whole.left, "epochs": whole.epochs, "at_once": together, **told}


def cost_table(queue: QueueFile, found: Sequence[Asked], *, painted: bool) -> list[str]:
    """A line an experiment: its jobs, those done, epochs at most, and what it sweeps; then those that are off."""
    experiments = [each.experiment for each in found]
    columns = [
        Column("experiment", [visible(experiment.name) for experiment in experiments]),
        Column("jobs", [f"{each.cost.jobs:,}" for each in found], numeric=True),
        Column("done", [f"{each.cost.done:,}" for each in found], numeric=True),
        Column("epochs", [f"{each.cost.epochs:,}" for each in found], numeric=True),
        Column("sweep", [_sweep(experiment.sweep) for experiment in experiments]),
    ]
    off = [visible(experiment.name) for experiment in queue.experiments if not experiment.enabled]
    return [*(table(columns, painted=painted) if found else ()), *([f"off: {', '.join(off)}"] if off else [])]


def _sweep(sweep: Any) -> str:
    return " x ".join(f"{name} ({len(values)})" for name, values in sweep.items())


def cost_line(found: Sequence[Asked], together: int) -> str:
    """`6 jobs; 180 epochs at most, about 21 min`: of what is left to train, with so many jobs at once."""
    whole = total(found)
    span = whole.time(together)
    ranged = whole.left and span is not None and span.least != span.most
    return whole.words(together, "--retry-failed") + (", as early stopping has it" if ranged else "")
