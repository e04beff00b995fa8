"""Rows as JSON: fractions, not percent; null for NaN and for what is absent."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.results.boardrows import LeaderboardRow
from engine.results.csvtext import FIGURE_COLUMNS
from engine.results.estimate import Span
from engine.results.figures import Figure
from engine.results.intervals import Interval
from engine.results.leaderboard import Board, chosen_by
from engine.results.rows import EpochRow
from engine.results.significance import Tie

VERSION = 1


def plain(value: Any) -> Any:
    """The same for JSON, with null where there is NaN or infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def spread_document(figure: Figure) -> dict[str, Any]:
    """`{"mean", "std", "values"}`."""
    return {"mean": figure.mean, "std": figure.std, "values": list(figure.values)}


def figure_document(figure: Figure, interval: Interval | None) -> dict[str, Any]:
    """`{"mean", "std", "values", "ci95", "ci95_method"}`."""
    return {
        **spread_document(figure),
        "ci95": None if interval is None else [plain(interval.low), plain(interval.high)],
        "ci95_method": None if interval is None else interval.method,
    }


def row_document(row: LeaderboardRow) -> dict[str, Any]:
    """One row as JSON has it; `epochs` and `seconds` are means over its jobs.

    `ci95` is that of the test accuracy. `tied_with_first` and `tie` speak of the figure that the board is ranked by:
    null for the first row itself, and where there is no test; `method` says then why. The digests are those of a data
    set and of code that are a person's own.
    """
    figures = {name: figure_document(row.figure(name), row.interval(name)) for name in FIGURE_COLUMNS}
    return {
        "rank": row.rank,
        "experiments": list(row.experiments),
        "config": dict(row.config),
        "differs": dict(row.differs),
        "data_sha256": row.jobs[0].data_state or None,
        "code_sha256": row.jobs[0].code_state or None,
        "n": row.n,
        **figures,
        "ci95": figures["test_accuracy"]["ci95"],
        "ci95_method": figures["test_accuracy"]["ci95_method"],
        "tied_with_first": None if row.tie is None else row.tie.tied,
        "tie": _tie_document(row.tie),
        "epochs": row.figure("epochs_trained").mean,
        "seconds": row.figure("seconds").mean,
        "parameters": row.parameters,
        "seeds": [job.seed for job in row.jobs],
        "job_ids": list(row.job_ids),
    }


def _tie_document(tie: Tie | None) -> dict[str, Any] | None:
    if tie is None:
        return None
    return {"method": tie.method, "p": tie.p, "p_holm": tie.corrected, "comparisons": tie.comparisons}


def leaderboard_document(boards: Sequence[Board], rank_by: str = "test_accuracy") -> dict[str, Any]:
    """The rows of every board, one after the other; a row's data set stands in its `config`.

    `rank_by` is what was asked for, which where there is no board only the asker knows.

    `chosen_by` is "test" where the board was ranked by a figure of the test that it reports, which flatters the first.
    """
    rank_by = boards[0].rank_by if boards else rank_by
    rows = [row_document(row) for board in boards for row in board.rows]
    return {"version": VERSION, "rank_by": rank_by, "chosen_by": chosen_by(rank_by), "rows": rows}


def time_document(measured: int, span: Span | None) -> dict[str, Any]:
    """How long what is left takes, in seconds, and for how many of its jobs that is known; null where for none."""
    return {
        "measured": measured,
        "seconds": None if span is None else span.likely,
        "seconds_least": None if span is None else span.least,
        "seconds_most": None if span is None else span.most,
    }


def history_document(history: Sequence[EpochRow]) -> dict[str, list[float | None]]:
    """`{metric: [per epoch]}`, seconds included; null where an epoch lacks it."""
    names = tuple(dict.fromkeys(name for row in history for name in row.metrics))
    document: dict[str, list[float | None]] = {
        name: [plain(row.metrics.get(name)) for row in history] for name in names
    }
    return document | {"epoch": [row.epoch for row in history], "seconds": [plain(row.seconds) for row in history]}
