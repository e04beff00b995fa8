"""`engine report EXPERIMENT`: an experiment written up as one Markdown file."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.reporting import Report
from engine.cli.store_option import StoreOption, open_store
from engine.cli.streams import data_lines, words
from engine.cli.sweeps import sweep_of
from engine.errors import EnvironmentFault
from engine.results.leaderboard import one_of
from engine.results.metrics import METRICS


def report(
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="What to write up.")],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="PATH|-", help="Where to; a file there is replaced.")
    ] = "-",
    metric: Annotated[str, typer.Option("--metric", metavar="METRIC", help="The figure to rank by.")] = "test_accuracy",
    store: StoreOption = None,
) -> None:
    """Write an experiment up: what was tried, what came out, what is still wrong, and how to do it again.

    One Markdown file: leaderboard, curves, confusion, the hardest digits, main effects, environment, and the command
    that repeats it.
    """
    metric = one_of(metric, METRICS, "--metric")
    session = open_store(store)
    lines = (line + "\n" for line in Report(session, sweep_of(session, store, experiment), metric).lines())
    if output == "-":
        data_lines(lines)
        return
    _write(Path(output), lines)
    words(f"wrote {output}")


def _write(path: Path, lines: Iterable[str]) -> None:
    """Aside, then renamed, so that a reader never finds a part of it. Raises EnvironmentFault."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.writelines(lines)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise EnvironmentFault(f"the report cannot be written: {error.strerror}", where=str(path)) from None
