"""The cells that say how sure a row is: its interval, each repeat's value, and how it compares with the first."""

from collections.abc import Callable, Iterable, Sequence

from engine.results.boardrows import LeaderboardRow, Rows, Ties
from engine.results.figures import NAMED, interval_over, known_samples, share_interval
from engine.results.intervals import Interval
from engine.results.metrics import METRICS, known
from engine.results.numbers import number, probability
from engine.results.ordering import Places
from engine.results.significance import Tie

# The figure whose certainty a board shows; the interval of any other is had by the suffixes below.
FIGURE = "test_accuracy"
COLUMNS = (
    *(f"{FIGURE}_low", f"{FIGURE}_high", f"{FIGURE}_interval_method", f"{FIGURE}_values"),
    *("tied_with_first", "tie_method", "tie_p"),
)
MARK = "~"


def _values(figures: Iterable[float | None], decimals: int) -> str:
    return " ".join(number(value, decimals) if value is not None and known(value) else "nan" for value in figures)


def tied_word(tie: Tie | None) -> str:
    """`true` or `false`; empty where nothing was tested."""
    return "" if tie is None or tie.tied is None else str(tie.tied).lower()


OF_TIES: dict[str, Callable[[LeaderboardRow], str]] = {
    "tie": lambda row: MARK if row.tie is not None and row.tie.tied else "",
    "tied_with_first": lambda row: tied_word(row.tie),
    "tie_method": lambda row: row.tie.method if row.tie is not None else "",
    "tie_p": lambda row: probability(row.tie.corrected if row.tie is not None else None),
}
OF_FIGURES: dict[str, Callable[[LeaderboardRow, str, int], str]] = {
    "_low": lambda row, name, decimals: _low(row.interval(name), decimals),
    "_high": lambda row, name, decimals: _high(row.interval(name), decimals),
    "_interval_method": lambda row, name, _: _method(row.interval(name)),
    "_interval": lambda row, name, decimals: _both(row.interval(name), decimals),
    "_values": lambda row, name, decimals: _values(row.figure(name).values, decimals),
}


def _low(interval: Interval | None, decimals: int) -> str:
    return number(interval.low if interval is not None else None, decimals)


def _high(interval: Interval | None, decimals: int) -> str:
    return number(interval.high if interval is not None else None, decimals)


def _method(interval: Interval | None) -> str:
    return interval.method if interval is not None else ""


def _both(interval: Interval | None, decimals: int) -> str:
    return f"{_low(interval, decimals)}..{_high(interval, decimals)}" if interval is not None else ""


def maker(column: str) -> Callable[[LeaderboardRow], str] | None:
    """The function that makes the cells of a column; None where it is none of these."""
    if column in OF_TIES:
        return OF_TIES[column]
    for suffix, made in OF_FIGURES.items():
        metric = column.removesuffix(suffix)
        if metric != column and metric in METRICS:
            decimals = METRICS[metric].decimals
            return lambda row: made(row, metric, decimals)
    return None


def column_cells(rows: Rows, places: Sequence[Places], dataset: str) -> list[Iterable[str]]:
    """The cells of `COLUMNS`, a column at once."""
    decimals, pool = METRICS[FIGURE].decimals, rows.pool
    figures = pool.figure(FIGURE)
    intervals = _intervals(rows, places, dataset)
    found = [[figures[place] for place in group] for group in places]
    ids = pool.ids
    ties = _ties(rows.ties, [ids[group[0]] for group in places])
    return [
        [_low(each, decimals) for each in intervals],
        [_high(each, decimals) for each in intervals],
        [_method(each) for each in intervals],
        [_values(each, decimals) for each in found],
        [tied_word(tie) for tie in ties],
        ["" if tie is None else tie.method for tie in ties],
        [probability(tie.corrected if tie is not None else None) for tie in ties],
    ]


def _intervals(rows: Rows, places: Sequence[Places], dataset: str) -> Sequence[Interval | None]:
    figures, wrong = rows.pool.figure(FIGURE), rows.pool.figure("misclassified")
    known_count = NAMED.get(dataset)
    found: list[Interval | None] = []
    made: dict[tuple[float, int | None], Interval | None] = {}
    for group in places:
        if len(group) > 1:
            found.append(interval_over([figures[place] for place in group]))
            continue
        accuracy = figures[group[0]]
        if accuracy is None or not known(accuracy):
            found.append(None)
            continue
        count = known_count or known_samples([wrong[group[0]]], [accuracy]) or rows.samples()
        if (accuracy, count) not in made:
            made[accuracy, count] = share_interval(accuracy, count)
        found.append(made[accuracy, count])
    return found


def _ties(ties: Ties | None, first_jobs: Sequence[str]) -> Sequence[Tie | None]:
    return [None] * len(first_jobs) if ties is None else [ties.of(name) for name in first_jobs]
