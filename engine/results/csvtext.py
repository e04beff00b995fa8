"""A board, or the history of a job, as CSV (RFC 4180)."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, repeat

from engine.plan.jobs import Value
from engine.results import surecells
from engine.results.boardrows import PAGE, Rows
from engine.results.cells import is_words, setting
from engine.results.figures import figure_of, settled
from engine.results.leaderboard import MANY, Board
from engine.results.metrics import METRICS
from engine.results.numbers import number
from engine.results.ordering import Places, Singles
from engine.results.pools import Pool
from engine.results.rows import EpochRow
from engine.results.states import CODE, DATA, SHOWN
from engine.text import visible

# A spreadsheet runs a cell that begins so; the apostrophe itself is among them so that escaping can be undone.
RISKY = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")
FIGURE_COLUMNS = ("test_accuracy", "test_loss", "val_accuracy")
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
    seconds, parameters; every setting but the data set; seeds and job_ids. Beside the settings `data` tells which state
    of the data set, and `code` which one of the model's code, where there are several.

    After the test accuracy stand its 95% interval and each repeat's value; then how the row compares with the first by
    the figure that the board is ranked by, `tie_p` corrected by Holm.
    """
    settings = dict.fromkeys(name for board in boards for name in (*board.rows[0].config, *board.fields))
    settings |= {DATA: None} if any(board.state for board in boards) else {}
    return (*LEADING, *MIDDLE, *(name for name in settings if name not in ("dataset", "seed")), *TRAILING)


def leaderboard_csv(boards: Sequence[Board]) -> Iterator[str]:
    """CSV in pieces of whole lines, each ending in CRLF, a header first; the columns are those of `columns`."""
    names = columns(boards)
    settings = names[len(LEADING) + len(MIDDLE) : -len(TRAILING)]
    yield _lines([map(written, names)])
    for board in boards:
        told = SettingColumns(board, settings)
        for start in range(0, len(board.rows), PAGE):
            page = slice(start, start + PAGE)
            before, after = _columns(board, board.rows[page])
            yield _lines(zip(*before, *told.cells(page), *after, strict=True))


def written(text: str) -> str:
    """A cell of text: in quotes where it holds what would end it, and never a formula to a spreadsheet.

    An apostrophe goes before a risky first character.
    """
    buffer = io.StringIO()
    csv.writer(buffer).writerow(["'" + text if text.startswith(RISKY) else text, ""])
    return buffer.getvalue().removesuffix(",\r\n")


class Written(dict[str, str]):
    """The cells of a column that repeats few texts: each is written once."""

    def __missing__(self, text: str) -> str:
        self[text] = cell = written(text)
        return cell


class SettingCells(dict[Value | None, str]):
    """The cells of a column of settings: it repeats few values, all of one type, so each is written once."""

    def __init__(self, words: bool) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, value: Value | None) -> str:
        text = setting(value)
        self[value] = cell = written(text) if self._words else text
        return cell


class SettingColumns:
    """The cells of a board's settings. Neighbours in which its rows are all alike stand as one text."""

    def __init__(self, board: Board, names: Sequence[str]) -> None:
        self._configs = board.rows.configs()
        self._codes = board.rows.codes() if CODE in names else ()
        self._parts: list[str | tuple[str, SettingCells]] = []
        for differs, neighbours in groupby(names, {*board.fields, CODE}.__contains__):
            made = [(name, SettingCells(is_words(self._configs, name))) for name in neighbours]
            first = {**self._configs[0], DATA: board.rows[0].jobs[0].data_state[:SHOWN]}
            self._parts += made if differs else [",".join(cells[first.get(name)] for name, cells in made)]

    def cells(self, page: slice) -> Iterator[Iterable[str]]:
        """The columns of these rows, in the order of the names."""
        configs = self._configs[page]
        for part in self._parts:
            if isinstance(part, str):
                yield repeat(part, len(configs))
            else:
                name, cells = part
                yield self._codes[page] if name == CODE else [cells[config.get(name)] for config in configs]


def _columns(board: Board, rows: Rows) -> tuple[list[Iterable[str]], list[Iterable[str]]]:
    """The cells of the columns before the settings and of those behind them: as `cell` makes them, a column at once."""
    pool, places = rows.pool, rows.places
    figures = {name: _figure_cells(rows, places, name) for name in (*FIGURE_COLUMNS, "epochs_trained", "seconds")}
    parameters, texts = pool.figure("parameters"), Written()
    before: list[Iterable[str]] = [
        ["" if rank is None else str(rank) for rank in rows.ranks],
        repeat(written(visible(board.dataset)), len(rows)),
        _experiment_cells(pool, places),
        [str(len(group)) for group in places],
        *figures["test_accuracy"],
        *(map(texts.__getitem__, column) for column in surecells.column_cells(rows, places, board.dataset)),
        *(cells for name in FIGURE_COLUMNS[1:] for cells in figures[name]),
        figures["epochs_trained"][0],
        figures["seconds"][0],
        ["" if (value := parameters[group[0]]) is None else str(value) for group in places],
    ]
    ids, seeds = pool.ids, pool.seeds
    after: list[Iterable[str]] = [
        [" ".join([str(seeds[place]) for place in group]) for group in places],
        [" ".join([ids[place] for place in group]) for group in places],
    ]
    return before, after


def _figure_cells(rows: Rows, places: Sequence[Places], name: str) -> tuple[list[str], Iterable[str]]:
    """The cells of a figure's means and of its standard deviations."""
    values, decimals = rows.pool.figure(name), METRICS[name].decimals
    if isinstance(places, Singles):
        means = _settled(places.of(values), rows.pool.count)
        return [number(mean, decimals) for mean in means], repeat("", len(rows))
    found = [figure_of([values[place] for place in group]) for group in places]
    return [number(each.mean, decimals) for each in found], [number(each.std, decimals) for each in found]


def _settled(values: Sequence[float | None], jobs: int) -> Sequence[float | None]:
    """The means of single figures; of a board of very many jobs made by NumPy, to which None is no number."""
    if jobs <= MANY:
        return [value if value is None else settled(value) for value in values]
    from engine.results.grouping import settled_column  # noqa: PLC0415 - NumPy: 0.1 s

    return settled_column(values)


def _experiment_cells(pool: Pool, places: Sequence[Places]) -> Iterator[str]:
    told = iter(pool.experiments([place for group in places for place in group]))
    made: dict[tuple[str, ...], str] = {}
    for group in places:
        names = next(told) if len(group) == 1 else tuple(dict.fromkeys(n for _ in group for n in next(told)))
        if names not in made:
            made[names] = written(visible(", ".join(names)))
        yield made[names]


def _lines(rows: Iterable[Iterable[str]]) -> str:
    return "".join([f"{line}\r\n" for line in map(",".join, rows)])


def history_csv(history: Sequence[EpochRow]) -> Iterator[str]:
    """Lines of CSV: epoch, every metric as Python writes it (shortest that reads back the same), seconds."""
    names = tuple(dict.fromkeys(name for row in history for name in row.metrics))
    yield _lines([("epoch", *names, "seconds")])
    for row in history:
        figures = [_exact(row.metrics.get(name)) for name in names]
        yield _lines([(str(row.epoch), *figures, _exact(row.seconds))])


def _exact(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else repr(float(value))
