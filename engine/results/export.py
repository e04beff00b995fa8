"""Rows as CSV, JSON and Markdown. One function makes the cells, so that table, CSV and Markdown cannot disagree."""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.plan.jobs import Value
from engine.results.figures import Figure, best_of
from engine.results.leaderboard import Board, LeaderboardRow
from engine.results.metrics import METRICS
from engine.results.rows import EpochRow
from engine.text import visible

VERSION = 1
# A spreadsheet runs a cell that begins so; the apostrophe itself is among them so that escaping can be undone.
RISKY = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")
FIGURE_COLUMNS = ("test_accuracy", "test_loss", "val_accuracy")
TEXT_COLUMNS = ("dataset", "experiments", "job_ids", "seeds")
LEADING = ("rank", "dataset", "experiments", "n")
MIDDLE = (
    *(column for name in FIGURE_COLUMNS for column in (name, f"{name}_std")),
    "epochs_trained",
    "seconds",
    "parameters",
)
TRAILING = ("seeds", "job_ids")
MARKDOWN = re.compile(r"([\\`*_\[\]<>|~#&!])")


def columns(boards: Sequence[Board]) -> tuple[str, ...]:
    """The columns of the CSV: rank, dataset, experiments, n; each figure with its standard deviation; epochs_trained,
    seconds, parameters; every setting but the data set; seeds and job_ids.
    """
    settings: dict[str, None] = {}
    for board in boards:
        for row in board.rows:
            if row.config.keys() != settings.keys():
                settings |= dict.fromkeys(row.config)
    settings.pop("dataset", None)
    return (*LEADING, *MIDDLE, *settings, *TRAILING)


def cell(row: LeaderboardRow, column: str) -> str:
    """What stands in a column, as text; empty where there is no figure. Accuracies are fractions, times seconds."""
    return cell_maker(column)(row)


def cell_maker(column: str) -> Callable[[LeaderboardRow], str]:
    """The function that makes the cells of one column: the column is looked up once, however many rows follow."""
    if column in OWN_CELLS:
        return OWN_CELLS[column]
    metric = column.removesuffix("_std").removesuffix("_best")
    if metric not in METRICS:
        return lambda row: setting(row.config.get(column))
    decimals = METRICS[metric].decimals
    if column in METRICS:
        return lambda row: number(row.figure(metric).mean, decimals)
    if column.endswith("_best"):
        return lambda row: number(best_of(row.figure(metric), metric), decimals)
    return lambda row: number(row.figure(metric).std, decimals)


OWN_CELLS: dict[str, Callable[[LeaderboardRow], str]] = {
    "rank": lambda row: "" if row.rank is None else str(row.rank),
    "n": lambda row: str(row.n),
    "experiments": lambda row: visible(", ".join(row.experiments)),
    "seed": lambda row: " ".join(str(job.seed) for job in row.jobs),
    "seeds": lambda row: " ".join(str(job.seed) for job in row.jobs),
    "job_ids": lambda row: " ".join(row.job_ids),
    "parameters": lambda row: "" if row.parameters is None else str(row.parameters),
}


def number(value: float | None, decimals: int) -> str:
    """Fixed decimals, so that a column can be read downward; empty for None, NaN and infinity."""
    return f"{value:.{decimals}f}" if value is not None and math.isfinite(value) else ""


def setting(value: Value | None) -> str:
    """A setting's value as the queue file has it, without quotes."""
    if value is None:
        return ""
    if isinstance(value, str):
        return visible(value)
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def csv_escape(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula: an apostrophe goes before a risky first character."""
    return "'" + text if text.startswith(RISKY) else text


class SettingCells(dict[Value | None, str]):
    """The cells of a column of settings: it repeats few values, all of one type, so each is written out once."""

    def __init__(self, words: bool) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, value: Value | None) -> str:
        text = csv_escape(setting(value)) if self._words else setting(value)
        self[value] = text
        return text


def leaderboard_csv(boards: Sequence[Board]) -> Iterator[str]:
    """Lines of CSV (RFC 4180, ending in CRLF), a header first; the columns are those of `columns`."""
    names = columns(boards)
    ends = len(names) - len(TRAILING)
    settings = names[len(MIDDLE) + len(LEADING) : ends]
    yield _line(names)
    for board in boards:
        made = [SettingCells(_is_words(board, name)) for name in settings]
        before, after = ([_csv_maker(name) for name in part] for part in ((*LEADING, *MIDDLE), TRAILING))
        for row in board.rows:
            values = map(row.config.get, settings)
            yield _line(
                [make(row) for make in before]
                + [cells[value] for cells, value in zip(made, values, strict=True)]
                + [make(row) for make in after]
            )


def _csv_maker(name: str) -> Callable[[LeaderboardRow], str]:
    make = cell_maker(name)
    return (lambda row: csv_escape(make(row))) if name in TEXT_COLUMNS else make


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def leaderboard_markdown(boards: Sequence[Board], names: Mapping[str, Sequence[str]]) -> str:
    """A table for each board; `names` gives its columns by data set."""
    parts = []
    for board in boards:
        lines = [f"### {markdown_escape(visible(board.dataset))}", ""]
        head = names[board.dataset]
        lines.append("| " + " | ".join(markdown_escape(name) for name in head) + " |")
        lines.append("|" + "|".join(":---" if _is_words(board, name) else "---:" for name in head) + "|")
        for row in board.rows:
            lines.append("| " + " | ".join(markdown_escape(cell(row, name)) for name in head) + " |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _is_words(board: Board, name: str) -> bool:
    """Whether a column holds words, which are escaped, rather than numbers, which stay numbers."""
    if name in TEXT_COLUMNS:
        return True
    return isinstance(next((row.config[name] for row in board.rows if name in row.config), None), str)


def markdown_escape(text: str) -> str:
    """The same text in Markdown, where nothing in it marks anything up."""
    return MARKDOWN.sub(r"\\\1", text)


def plain(value: Any) -> Any:
    """The same for JSON, with null where there is NaN or infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def figure_document(figure: Figure) -> dict[str, Any]:
    """`{"mean", "std", "values"}`."""
    return {"mean": figure.mean, "std": figure.std, "values": list(figure.values)}


def row_document(row: LeaderboardRow) -> dict[str, Any]:
    """One row as JSON has it; `epochs` and `seconds` are means over its jobs."""
    return {
        "rank": row.rank,
        "experiments": list(row.experiments),
        "config": dict(row.config),
        "differs": dict(row.differs),
        "n": row.n,
        **{name: figure_document(row.figure(name)) for name in FIGURE_COLUMNS},
        "epochs": row.figure("epochs_trained").mean,
        "seconds": row.figure("seconds").mean,
        "parameters": row.parameters,
        "seeds": [job.seed for job in row.jobs],
        "job_ids": list(row.job_ids),
    }


def leaderboard_document(boards: Sequence[Board]) -> dict[str, Any]:
    """The rows of every board, one after the other; a row's data set stands in its `config`."""
    return {"version": VERSION, "rows": [row_document(row) for board in boards for row in board.rows]}


def history_csv(history: Sequence[EpochRow]) -> Iterator[str]:
    """Lines of CSV: epoch, every metric as Python writes it (shortest that reads back the same), seconds."""
    names = tuple(dict.fromkeys(name for row in history for name in row.metrics))
    yield _line(("epoch", *names, "seconds"))
    for row in history:
        figures = [_exact(row.metrics.get(name)) for name in names]
        yield _line((str(row.epoch), *figures, _exact(row.seconds)))


def _exact(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else repr(float(value))


def history_document(history: Sequence[EpochRow]) -> dict[str, list[float | None]]:
    """`{metric: [per epoch]}`, seconds included; null where an epoch lacks it."""
    names = tuple(dict.fromkeys(name for row in history for name in row.metrics))
    document: dict[str, list[float | None]] = {
        name: [plain(row.metrics.get(name)) for row in history] for name in names
    }
    return document | {"epoch": [row.epoch for row in history], "seconds": [plain(row.seconds) for row in history]}
