"""Rows as cells and as CSV. One function makes the cells, so that table, CSV and Markdown cannot disagree."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from operator import itemgetter

from engine.plan.jobs import Configuration, Value
from engine.results import surecells
from engine.results.boardrows import PAGE, LeaderboardRow, Rows
from engine.results.figures import best_of, figure_of
from engine.results.leaderboard import Board
from engine.results.metrics import METRICS
from engine.results.numbers import number
from engine.results.ordering import Places, Singles
from engine.results.pools import Pool
from engine.results.rows import EpochRow
from engine.text import visible

# A spreadsheet runs a cell that begins so; the apostrophe itself is among them so that escaping can be undone.
RISKY = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")
FIGURE_COLUMNS = ("test_accuracy", "test_loss", "val_accuracy")
TEXT_COLUMNS = ("dataset", "experiments", "job_ids", "seeds")
LEADING = ("rank", "dataset", "experiments", "n")
MIDDLE = (
    "test_accuracy",
    "test_accuracy_std",
    *surecells.COLUMNS,
    *(column for name in FIGURE_COLUMNS[1:] for column in (name, f"{name}_std")),
    "epochs_trained",
    "seconds",
    "parameters",
)
TRAILING = ("seeds", "job_ids")


def columns(boards: Sequence[Board]) -> tuple[str, ...]:
    """The columns of the CSV: rank, dataset, experiments, n; each figure with its standard deviation; epochs_trained,
    seconds, parameters; every setting but the data set; seeds and job_ids.

    After the test accuracy stand its 95% interval and each repeat's value; then how the row compares with the first by
    the figure that the board is ranked by, `tie_p` corrected by Holm.
    """
    settings: dict[str, None] = {}
    for board in boards:
        for config in board.rows.configs():
            if config.keys() != settings.keys():
                settings |= dict.fromkeys(config)
    settings.pop("dataset", None)
    return (*LEADING, *MIDDLE, *settings, *TRAILING)


def cell(row: LeaderboardRow, column: str) -> str:
    """What stands in a column, as text; empty where there is no figure. Accuracies are fractions, times seconds."""
    return cell_maker(column)(row)


def cell_maker(column: str) -> Callable[[LeaderboardRow], str]:
    """The function that makes the cells of one column: the column is looked up once, however many rows follow."""
    if column in OWN_CELLS:
        return OWN_CELLS[column]
    made = surecells.maker(column)
    if made is not None:
        return made
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
    """CSV (RFC 4180, ending in CRLF) in pieces of whole lines, a header first; the columns are those of `columns`."""
    names = columns(boards)
    settings = names[len(LEADING) + len(MIDDLE) : -len(TRAILING)]
    yield _lines([names])
    for board in boards:
        configs = board.rows.configs()
        made = [SettingCells(is_words(configs, name)) for name in settings]
        for start in range(0, len(board.rows), PAGE):
            page = slice(start, start + PAGE)
            values = _values(configs[page], settings)
            written = [map(cells.__getitem__, column) for cells, column in zip(made, values, strict=True)]
            before, after = _columns(board, board.rows[page])
            yield _lines(zip(*before, *written, *after, strict=True))


def _values(configs: Sequence[Configuration], names: Sequence[str]) -> Sequence[Sequence[Value | None]]:
    """The values of each setting, a column a setting; None where a configuration has no such setting."""
    try:
        # Taken all at once where all have all of them, which is quickest; of one name alone it would be no tuple.
        rows = map(itemgetter(*names), configs) if len(names) > 1 else iter(())
        columns: list[Sequence[Value | None]] = list(zip(*rows, strict=True))
    except KeyError:
        columns = []
    return columns or [[config.get(name) for config in configs] for name in names]


def _columns(board: Board, rows: Rows) -> tuple[list[Iterable[str]], list[Iterable[str]]]:
    """The cells of the columns before the settings and of those behind them: as `cell` makes them, a column at once."""
    pool, places = rows.pool, rows.places
    figures = {name: _figure_cells(rows, places, name) for name in (*FIGURE_COLUMNS, "epochs_trained", "seconds")}
    parameters = pool.figure("parameters")
    before: list[Iterable[str]] = [
        ["" if rank is None else str(rank) for rank in rows.ranks],
        repeat(csv_escape(visible(board.dataset)), len(rows)),
        _experiment_cells(pool, places),
        [str(len(group)) for group in places],
        *figures["test_accuracy"],
        *surecells.column_cells(rows, places, board.dataset),
        *(cells for name in FIGURE_COLUMNS[1:] for cells in figures[name]),
        figures["epochs_trained"][0],
        figures["seconds"][0],
        ["" if (value := parameters[group[0]]) is None else str(value) for group in places],
    ]
    ids, seeds = pool.ids, pool.seeds
    after: list[Iterable[str]] = [
        [csv_escape(" ".join(str(seeds[place]) for place in group)) for group in places],
        [csv_escape(" ".join([ids[place] for place in group])) for group in places],
    ]
    return before, after


def _figure_cells(rows: Rows, places: Sequence[Places], name: str) -> tuple[list[str], Iterable[str]]:
    """The cells of a figure's means and of its standard deviations."""
    values, decimals = rows.pool.figure(name), METRICS[name].decimals
    if isinstance(places, Singles):
        return [number(value, decimals) for value in places.of(values)], repeat("", len(rows))
    found = [figure_of([values[place] for place in group]) for group in places]
    return [number(each.mean, decimals) for each in found], [number(each.std, decimals) for each in found]


def _experiment_cells(pool: Pool, places: Sequence[Places]) -> Iterator[str]:
    told = iter(pool.experiments([place for group in places for place in group]))
    written: dict[tuple[str, ...], str] = {}
    for group in places:
        names = next(told) if len(group) == 1 else tuple(dict.fromkeys(n for _ in group for n in next(told)))
        if names not in written:
            written[names] = csv_escape(visible(", ".join(names)))
        yield written[names]


def _lines(rows: Iterable[Iterable[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def is_words(configs: Sequence[Configuration], name: str) -> bool:
    """Whether a column holds words, which are escaped, rather than numbers, which stay numbers."""
    if name in TEXT_COLUMNS:
        return True
    return isinstance(next((config[name] for config in configs if name in config), None), str)


def history_csv(history: Sequence[EpochRow]) -> Iterator[str]:
    """Lines of CSV: epoch, every metric as Python writes it (shortest that reads back the same), seconds."""
    names = tuple(dict.fromkeys(name for row in history for name in row.metrics))
    yield _lines([("epoch", *names, "seconds")])
    for row in history:
        figures = [_exact(row.metrics.get(name)) for name in names]
        yield _lines([(str(row.epoch), *figures, _exact(row.seconds))])


def _exact(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else repr(float(value))
