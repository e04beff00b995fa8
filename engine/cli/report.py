"""`engine report EXPERIMENT`: an experiment written up as one Markdown file."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.files import write_whole
from engine.cli.reporting import Report
from engine.cli.store_option import StoreOption, open_store
from engine.cli.streams import data_lines, words
from engine.cli.sweeps import sweep_of
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
    write_whole(Path(output), lines, "report")
    words(f"wrote {output}")
