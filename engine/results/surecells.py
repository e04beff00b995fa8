"""The cells that say how sure a row is: its interval, each repeat's value, and how it compares with the first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import TypeAlias

from engine.results.boardrows import LeaderboardRow, Rows, Ties
from engine.results.figures import NAMED, interval_over, known_samples, share_interval
from engine.results.intervals import Interval
from engine.results.metrics import METRICS, known
from engine.results.numbers import number, probability
from engine.results.ordering import Places, Singles
from engine.results.significance import Tie

# The figure whose certainty a board shows; the interval of any other is had by the suffixes below.
FIGURE = "test_accuracy"
COLUMNS = (
    *(f"{FIGURE}_low", f"{FIGURE}_high", f"{FIGURE}_interval_method", f"{FIGURE}_values"),
    *("tied_with_first", "tie_method", "tie_p"),
)
MARK = "~"

Texts: TypeAlias = tuple[str, str, str]


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


def column_cells(rows: Rows, places: Sequence[Places], dataset: str) -> list[Sequence[str]]:
    """The cells of `COLUMNS`, a column at once."""
    decimals, figures, ids = METRICS[FIGURE].decimals, rows.pool.figure(FIGURE), rows.pool.ids
    if isinstance(places, Singles):
        values = ["nan" if text == "" else text for text in map(number, places.of(figures), repeat(decimals))]
    else:
        values = [_values([figures[place] for place in group], decimals) for group in places]
    intervals: Iterable[Texts] = _interval_texts(rows, places, dataset)
    ties = _tie_texts(rows.ties, [ids[group[0]] for group in places])
    low, high, methods = _turned(intervals)
    return [low, high, methods, values, *_turned(ties)]


def _turned(rows: Iterable[Texts]) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    first, second, third = zip(*rows, strict=True)
    return first, second, third


def _interval_texts(rows: Rows, places: Sequence[Places], dataset: str) -> Iterator[Texts]:
    """Low, high and method of each row; accuracies repeat, so that each is worked out once."""
    figures, wrong = rows.pool.figure(FIGURE), rows.pool.figure("misclassified")
    named, decimals = NAMED.get(dataset), METRICS[FIGURE].decimals
    made: dict[tuple[float | None, int | None], Texts] = {}
    for group in places:
        if len(group) > 1:
            yield _texts(interval_over([figures[place] for place in group]), decimals)
            continue
        accuracy = figures[group[0]]
        key = accuracy, named or known_samples([wrong[group[0]]], [accuracy])
        if key not in made:
            made[key] = _texts(share_interval(accuracy, key[1] or rows.samples()), decimals)
        yield made[key]


def _texts(interval: Interval | None, decimals: int) -> Texts:
    return _low(interval, decimals), _high(interval, decimals), _method(interval)


def _tie_texts(ties: Ties | None, first_jobs: Sequence[str]) -> Iterable[Texts]:
    """The verdict, its method and its p for each row; of very many rows few were compared."""
    if ties is None:
        return repeat(("", "", ""), len(first_jobs))
    made: dict[int, Texts] = {}
    found = map(ties.of, first_jobs)
    return [made.get(id(tie)) or made.setdefault(id(tie), _of_tie(tie)) for tie in found]


def _of_tie(tie: Tie) -> Texts:
    return tied_word(tie), tie.method, probability(tie.corrected)
